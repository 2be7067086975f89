import { closeSync } from "node:fs";
import { COLUMN, readInteger } from "../../records/statusfile/columns.ts";
import { parseCommand } from "../../records/statusfile/command.ts";
import { statusChunks, StatusLineReader } from "../../records/statusfile/line-reader.ts";
import { openStatusFile } from "../../records/statusfile/open-status-file.ts";
import { endingOf, UNMET_CODE } from "../../records/statusfile/return-code.ts";
import type { Instance } from "../graph/instance.ts";
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
/** What is known of an instance whose mark as done was taken away. */
const NOTHING = 0;

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

/** What came of instances in earlier runs: a byte for each, and a text only for those which there are not, or not yet. */
export class Past {
  readonly #codes: (Uint8Array | undefined)[] = [];
  readonly #strangers = new Map<string, number>();

  /** Takes a note, which counts more than those before. */
  note(name: string, instance: Instance | undefined, code: number): void {
    if (instance === undefined) {
      this.#strangers.set(name, code);
      return;
    }
    const { template, index } = instance;
    let codes = this.#codes[template];
    if (codes === undefined || codes.length <= index) {
      const longer = new Uint8Array(Math.max(64, (codes?.length ?? 0) * 2, index + 1));
      longer.set(codes ?? []);
      codes = longer;
      this.#codes[template] = codes;
    }
    codes[index] = code;
  }

  /** Nothing is known of it any more. */
  forget({ template, index }: Instance): void {
    const codes = this.#codes[template];
    if (codes !== undefined && index < codes.length) codes[index] = NOTHING;
  }

  /** What came of it. @param name of the instance; asked only where it is not known by its number. */
  stateOf(template: number, index: number, name: () => string): PastState | undefined {
    const code = this.#codes[template]?.[index] ?? NOTHING;
    if (code !== NOTHING || this.#strangers.size === 0) return STATES[code];
    return STATES[this.#strangers.get(name()) ?? NOTHING];
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

/** Runs in their order, by the places of their rows in the status file. */
class Timeline {
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
  const noteDone = (run: PastRun, name: string): void => {
    const template = templateIn(name);
    let isNow = same.get(template);
    if (isNow === undefined) {
      isNow = isSame(run, template);
      same.set(template, isNow);
    }
    past.note(name, find(name), isNow ? DONE : CHANGED);
  };
  const timeline = new Timeline(runs, (run) => {
    for (const { done, instances } of run.marks) {
      for (const name of instances) {
        if (done) noteDone(run, name);
        else past.note(name, find(name), NOTHING);
      }
    }
    same.clear();
  });
  eachRow(status, end, ({ name, returnCode, pid, offset }) => {
    const run = timeline.goTo(offset);
    if (run === undefined) return;
    if (returnCode === 0) return noteDone(run, name);
    past.note(name, find(name), endingOf(returnCode, pid).type === "stopped" ? KILLED : FAILED);
  });
  timeline.end();
  return past;
}

/** A task's name is that of its template, and then the values of its axes in brackets. */
export function templateIn(name: string): string {
  const bracket = name.indexOf("[");
  return bracket < 0 ? name : name.slice(0, bracket);
}

interface Row {
  readonly name: string;
  readonly returnCode: number;
  readonly pid: number;
  /** Where the line begins, in bytes. */
  readonly offset: number;
}

/** The outcomes in a status file before `end`, in order; none where there is no such file. */
function eachRow(path: string, end: number, take: (row: Row) => void): void {
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
        take({ name, returnCode, pid: readInteger(bytes, starts, COLUMN.pid), offset });
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
