import { closeSync } from "node:fs";
import { COLUMN, readInteger } from "../../records/statusfile/columns.ts";
import { parseCommand } from "../../records/statusfile/command.ts";
import { statusChunks, StatusLineReader } from "../../records/statusfile/line-reader.ts";
import { openStatusFile } from "../../records/statusfile/open-status-file.ts";
import { endingOf, UNMET_CODE } from "../../records/statusfile/return-code.ts";
import type { Instance } from "../graph/instance.ts";
import { templateIn } from "../graph/instance-name.ts";
import type { PastRun } from "./history.ts";

/**
 * What came of an instance in earlier runs.
 *
 * - `done`: it has succeeded, or somebody has said so, and its template was then what it is now.
 * - `changed`: it has succeeded, and its template was another one then.
 */
export type PastState = "done" | "changed" | "failed" | "killed";

/** Numbers of these, of which there may be a million; 0 where nothing came of it. */
const STATES = [undefined, "done", "changed", "failed", "killed"] as const;
const [, DONE, CHANGED, FAILED, KILLED] = [0, 1, 2, 3, 4] as const;
const NOTHING = 0;
/** Somebody has said that it is to run: nothing counts that came of it before. */
const UNDONE = STATES.length;

export interface PastOptions {
  /** Path of the status file. */
  readonly status: string;
  /** The runs whose outcomes count, in order. */
  readonly runs: readonly PastRun[];
  /** Bytes of the status file that are theirs; all that are there where it is left out. */
  readonly end?: number | undefined;
  /** The instance of this name, as far as there is one now. */
  readonly find: (name: string) => Instance | undefined;
  /** Whether the template of this name was in that run what it is now. */
  readonly isSame: (run: PastRun, template: string) => boolean;
}

/** Which run an outcome is of. */
interface Stamp {
  readonly run: number;
  /** What needs the instance is to be made anew after it. */
  readonly isFollowed: boolean;
}

/** What came of some instances: a few bytes for each. */
class Outcomes {
  codes = new Uint8Array(0);
  /** Number of the run in which each was done last. */
  made = new Int32Array(0);
  /** Number of the run in which each ran last, so that what needs it follows. */
  ran = new Int32Array(0);

  note(index: number, code: number, { run, isFollowed }: Stamp): void {
    if (this.codes.length <= index) this.#grow(Math.max(64, this.codes.length * 2, index + 1));
    this.codes[index] = code;
    if (code === DONE || code === CHANGED) this.made[index] = run;
    if (isFollowed) this.ran[index] = run;
  }

  #grow(length: number): void {
    const { codes, made, ran } = this;
    this.codes = new Uint8Array(length);
    this.codes.set(codes);
    this.made = new Int32Array(length);
    this.made.set(made);
    this.ran = new Int32Array(length);
    this.ran.set(ran);
  }
}

/** What came of instances in earlier runs: a few bytes for each, and a text only for those which there are not, or not yet. */
export class Past {
  /** By template. */
  readonly #outcomes: (Outcomes | undefined)[] = [];
  /** Places of those without a number among their outcomes. */
  readonly #strangers = new Map<string, number>();
  readonly #ofStrangers = new Outcomes();
  /** By the name of a template: the run in which an instance of it ran last. */
  readonly #ran = new Map<string, number>();

  /** Takes a note, which counts more than those before. */
  note(name: string, instance: Instance | undefined, code: number, stamp: Stamp): void {
    if (stamp.isFollowed) this.#ran.set(templateIn(name), stamp.run);
    if (instance === undefined) {
      const place = this.#strangers.get(name) ?? this.#strangers.size;
      this.#strangers.set(name, place);
      this.#ofStrangers.note(place, code, stamp);
      return;
    }
    (this.#outcomes[instance.template] ??= new Outcomes()).note(instance.index, code, stamp);
  }

  /** Nothing counts any more that came of it. */
  forget({ template, index }: Instance): void {
    (this.#outcomes[template] ??= new Outcomes()).note(index, UNDONE, { run: 0, isFollowed: false });
  }

  /** What came of it. @param name of the instance; asked only where it is not known by its number. */
  stateOf(template: number, index: number, name: () => string): PastState | undefined {
    return STATES[this.#codeOf(template, index, name)];
  }

  /** Somebody has said that it is to run. @param name as for `stateOf`. */
  isUndone(template: number, index: number, name: () => string): boolean {
    return this.#codeOf(template, index, name) === UNDONE;
  }

  #codeOf(template: number, index: number, name: () => string): number {
    const code = this.#outcomes[template]?.codes[index] ?? NOTHING;
    return code === NOTHING ? (this.#stranger("codes", name) ?? NOTHING) : code;
  }

  /** Number of the run in which it was done last, or of the run after which somebody said so; 0 for none. @param name as for `stateOf`. */
  madeIn(template: number, index: number, name: () => string): number {
    const run = this.#outcomes[template]?.made[index] ?? 0;
    return run === 0 ? (this.#stranger("made", name) ?? 0) : run;
  }

  /** Number of the last run in which it ran, so that what needs it is to follow; 0 for none. @param name as for `stateOf`. */
  ranIn(template: number, index: number, name: () => string): number {
    const run = this.#outcomes[template]?.ran[index] ?? 0;
    return run === 0 ? (this.#stranger("ran", name) ?? 0) : run;
  }

  /** The same of all instances of the template of this name. */
  anyRanIn(template: string): number {
    return this.#ran.get(template) ?? 0;
  }

  #stranger(what: "codes" | "made" | "ran", name: () => string): number | undefined {
    if (this.#strangers.size === 0) return undefined;
    const place = this.#strangers.get(name());
    return place === undefined ? undefined : this.#ofStrangers[what][place];
  }
}

/** Nothing came of anything. */
export const NO_PAST = new Past();

/**
 * Reads when these instances have succeeded last: the number of the run; missing for those that never have.
 *
 * @param wanted their names.
 * @throws UserError `status-file-unreadable`.
 */
export function lastSuccesses(
  { status, runs, end = Infinity }: Pick<PastOptions, "status" | "runs" | "end">,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const timeline = new Timeline(runs, () => undefined);
  eachRow(status, end, ({ name, returnCode, offset }) => {
    const run = timeline.goTo(offset);
    if (run !== undefined && returnCode === 0 && wanted.has(name)) found.set(name, run.run);
  });
  return found;
}

/** Names of instances that a run has not run, but taken over. @throws UserError `status-file-unreadable`. */
export function reusedIn({ status, runs, end = Infinity }: Pick<PastOptions, "status" | "runs" | "end">): Set<string> {
  const reused = new Set<string>();
  const timeline = new Timeline(runs, () => undefined);
  eachRow(status, end, ({ name, offset, isTakenOver }) => {
    if (timeline.goTo(offset) !== undefined && isTakenOver) reused.add(name);
  });
  return reused;
}

/** Runs in their order, by the places of their rows in the status file. */
export class Timeline {
  readonly #runs: readonly PastRun[];
  readonly #over: (run: PastRun) => void;
  #at = 0;

  /** @param over told of each run when its last row has been seen. */
  constructor(runs: readonly PastRun[], over: (run: PastRun) => void) {
    this.#runs = runs;
    this.#over = over;
  }

  /** The run that a row belongs to; undefined for a row before all of them. @param offset that does not become less. */
  goTo(offset: number): PastRun | undefined {
    for (let next = this.#runs[this.#at + 1]; next !== undefined && next.statusFrom <= offset;) {
      this.#leave();
      next = this.#runs[this.#at + 1];
    }
    const run = this.#runs[this.#at];
    return run === undefined || offset < run.statusFrom ? undefined : run;
  }

  /** There are no more rows. */
  end(): void {
    while (this.#at < this.#runs.length) this.#leave();
  }

  #leave(): void {
    const run = this.#runs[this.#at++];
    if (run !== undefined) this.#over(run);
  }
}

/**
 * Reads what came of instances: the last that the status file or a mark says counts.
 *
 * @throws UserError `status-file-unreadable`.
 */
export function readPast({ status, runs, end = Infinity, find, isSame }: PastOptions): Past {
  const past = new Past();
  const same = new Map<string, boolean>();
  const noteDone = (run: PastRun, name: string, isFollowed: boolean): void => {
    const template = templateIn(name);
    let isNow = same.get(template);
    if (isNow === undefined) {
      isNow = isSame(run, template);
      same.set(template, isNow);
    }
    past.note(name, find(name), isNow ? DONE : CHANGED, { run: run.run, isFollowed });
  };
  const timeline = new Timeline(runs, (run) => {
    for (const { done, instances } of run.marks) {
      for (const name of instances) {
        if (done) noteDone(run, name, false);
        else past.note(name, find(name), UNDONE, { run: run.run, isFollowed: false });
      }
    }
    same.clear();
  });
  eachRow(status, end, ({ name, returnCode, pid, offset, isTakenOver }) => {
    const run = timeline.goTo(offset);
    if (run === undefined) return;
    // What was reused has not run: nothing follows it.
    const isFollowed = !run.only && !isTakenOver;
    if (returnCode === 0) return noteDone(run, name, isFollowed);
    const code = endingOf(returnCode, pid).type === "stopped" ? KILLED : FAILED;
    past.note(name, find(name), code, { run: run.run, isFollowed });
  });
  timeline.end();
  return past;
}

/** An outcome in the status file. */
interface Row {
  /** Name of the instance. */
  readonly name: string;
  readonly returnCode: number;
  readonly pid: number;
  /** Where the line begins, in bytes. */
  readonly offset: number;
  /** An earlier run had it, and this one takes it over. */
  readonly isTakenOver: boolean;
  /** The line, and where its columns begin, until the next row. */
  readonly bytes: Buffer;
  readonly starts: Int32Array;
}

/** The outcomes in a status file before `end`, in order; none where there is no such file. */
export function eachRow(path: string, end: number, take: (row: Row) => void): void {
  const fd = openThere(path);
  if (fd === undefined) return;
  try {
    const reader = new StatusLineReader();
    for (const chunk of statusChunks(fd, path)) {
      if (chunk.offset >= end) return;
      reader.read(chunk, ({ bytes, starts, kind, offset }) => {
        if (offset >= end || (kind !== "task" && kind !== "skipped")) return;
        const returnCode = readInteger(bytes, starts, COLUMN.returnCode);
        // It never ran.
        if (returnCode === UNMET_CODE) return;
        const from = starts[COLUMN.command] ?? 0;
        const name = parseCommand(bytes.toString("utf8", from, (starts[COLUMN.command + 1] ?? 0) - 1));
        const pid = readInteger(bytes, starts, COLUMN.pid);
        take({ name, returnCode, pid, offset, isTakenOver: kind === "skipped", bytes, starts });
      });
    }
  } finally {
    closeSync(fd);
  }
}

function openThere(path: string): number | undefined {
  try {
    return openStatusFile(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "status-file-missing") return undefined;
    throw error;
  }
}
