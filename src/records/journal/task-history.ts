import { closeSync } from "node:fs";
import type { Ending } from "../../domain/ending.ts";
import type { Engine } from "../../domain/engine.ts";
import type { CommandOutcome, TaskResult } from "../../domain/result.ts";
import type { Barrier, Task } from "../../domain/task.ts";
import { openOwnFile } from "../../files/own-file.ts";
import { linesWith } from "../ledger/find-lines.ts";
import type { JournalEntry, TaskFinished } from "./entry.ts";
import { checkJournal } from "./read.ts";
import { entryOf } from "./schema.ts";

/**
 * How a start of a task came to its end.
 *
 * - `under-way`: nothing is known of an end.
 * - `finished`: it brought the task's outcome.
 * - `failed`: it has failed, and the task was to be tried again.
 * - `lost`: its engine has gone, with what it held.
 * - `returned`: its engine gave it back and had not started it.
 * - `interrupted`: it was cut short, by the end of the run or of its engine.
 */
type AttemptEnd = "under-way" | "finished" | "failed" | "lost" | "returned" | "interrupted";

/** How a start of a task ended, as far as it is known. */
export type AttemptOutcome = Omit<CommandOutcome, "pid"> & { readonly pid?: number | undefined };

/** One start of a task. Times are Unix times in seconds. */
export interface RecordedAttempt {
  readonly attempt: number;
  /** Rank; undefined where only the status file tells of it. */
  readonly engine?: number | undefined;
  /** Host of the engine; empty where the journal does not tell. */
  readonly node: string;
  readonly slot?: number | undefined;
  /** Undefined where only the status file tells of it. */
  readonly assigned?: number | undefined;
  readonly start?: number | undefined;
  readonly end: AttemptEnd;
  /** When that was; undefined while it is under way. */
  readonly ended?: number | undefined;
  readonly result?: AttemptOutcome | undefined;
  /** Seconds that the next try was to wait for; of one that has failed. */
  readonly delay?: number | undefined;
  /** When somebody had it stopped. */
  readonly stopped?: number | undefined;
  /** Why its engine has gone. */
  readonly reason?: string | undefined;
  /** What its engine reported when the task had been given up there. */
  readonly late?: AttemptOutcome | undefined;
}

/** What a journal tells of a task, of all runs that went on in it. */
export interface TaskHistory {
  readonly task?: Task | undefined;
  /** In order. */
  readonly attempts: readonly RecordedAttempt[];
  /** It was done in an earlier run, and so was not run. */
  readonly skipped?: { readonly time: number; readonly ending: Ending } | undefined;
  /** It was not run, or not again, since no engine had what it needs: when that was decided, and why, as its record has it. */
  readonly unmet?: { readonly time: number; readonly why: string } | undefined;
  /** No task has this number, but a barrier. */
  readonly barrier?: BarrierHistory | undefined;
}

/** What became of a barrier, and when. `failed`: it is a check barrier, a task before it has failed, and so it has ended the run. */
export interface BarrierHistory {
  readonly barrier: Barrier;
  readonly state: "met" | "passed" | "failed";
  readonly time: number;
}

/** What is read of all tasks: which engines there were, and what became of them. */
const OF_ALL = [
  '"e":"engine-joined"',
  '"e":"engine-left"',
  '"e":"engine-lost"',
  '"e":"run-started"',
  '"e":"run-ended"',
];

/**
 * Reads what a journal tells of one task; the lines of others are passed over.
 *
 * @throws UserError as `checkJournal` does.
 */
export function taskHistory(path: string, id: number): TaskHistory {
  checkJournal(path);
  const fold = new HistoryFold(id);
  const fd = openOwnFile(path);
  try {
    for (const line of linesWith(fd, [`"id":${id},`, ...OF_ALL])) {
      const entry = entryIn(line);
      if (entry !== undefined) fold.take(entry);
    }
  } finally {
    closeSync(fd);
  }
  return fold.history;
}

/** What is torn or damaged tells nothing. */
function entryIn(line: Buffer): JournalEntry | undefined {
  try {
    return entryOf(JSON.parse(line.toString("utf8")));
  } catch {
    return undefined;
  }
}

/** Folds the entries of a journal into the history of one task. */
class HistoryFold {
  readonly #id: number;
  readonly #attempts: RecordedAttempt[] = [];
  #unmet: TaskHistory["unmet"];
  #engines = new Map<number, Engine>();
  #task: Task | undefined;
  #skipped: TaskHistory["skipped"];
  #barrier: TaskHistory["barrier"];

  constructor(id: number) {
    this.#id = id;
  }

  get history(): TaskHistory {
    const [task, attempts, unmet, skipped] = [this.#task, this.#attempts, this.#unmet, this.#skipped];
    return { task, attempts, unmet, skipped, barrier: this.#barrier };
  }

  take(entry: JournalEntry): void {
    switch (entry.type) {
      case "run-started":
        this.#close({ end: "interrupted", ended: entry.time });
        this.#engines = new Map();
        this.#unmet = undefined;
        return;
      case "run-ended":
        return this.#close({ end: "interrupted", ended: entry.time });
      case "engine-joined":
        this.#engines.set(entry.engine.rank, entry.engine);
        return;
      case "engine-left":
      case "engine-lost":
        return this.#close({ end: "lost", ended: entry.time, reason: entry.reason }, entry.engine);
      case "task-assigned":
        if (entry.task.id === this.#id) this.#assigned(entry);
        return;
      case "task-started":
        if (entry.taskId === this.#id) this.#close({ slot: entry.slot, start: entry.start }, entry.engine);
        return;
      case "task-finished":
        if (entry.result.taskId === this.#id) this.#finished(entry);
        return;
      case "task-retrying":
        if (entry.result.taskId === this.#id) this.#ended("failed", entry.time, entry.result, entry.delay);
        return;
      case "task-interrupted":
        if (entry.result.taskId === this.#id) this.#ended("interrupted", entry.time, entry.result);
        return;
      case "task-stopping":
        if (entry.taskId === this.#id) this.#close({ stopped: entry.time }, entry.engine);
        return;
      case "task-returned":
        if (entry.taskId === this.#id) this.#close({ end: "returned", ended: entry.time }, entry.engine);
        return;
      case "task-superseded":
        if (entry.result.taskId === this.#id) this.#late(entry.result);
        return;
      case "task-skipped":
        if (entry.taskId === this.#id) this.#skipped = { time: entry.time, ending: entry.ending };
        return;
      case "barrier-met":
        this.#atBarrier(entry, "met");
        return;
      case "barrier-passed":
        this.#atBarrier(entry, entry.failed ? "failed" : "passed");
        return;
      default:
    }
  }

  #assigned({ task, attempt, engine, time }: Extract<JournalEntry, { readonly type: "task-assigned" }>): void {
    this.#task = task;
    this.#unmet = undefined;
    this.#close({ end: "lost", ended: time });
    const node = this.#engines.get(engine)?.node ?? "";
    this.#attempts.push({ attempt, engine, node, assigned: time, end: "under-way" });
  }

  /** Adds something to the attempt that is under way, if that is on this engine. */
  #close(more: Partial<RecordedAttempt>, engine?: number): void {
    const last = this.#attempts.at(-1);
    if (last?.end !== "under-way" || (engine !== undefined && last.engine !== engine)) return;
    this.#attempts[this.#attempts.length - 1] = { ...last, ...more };
  }

  /** A task that no engine could ever run was never started: its outcome is all there is of it. */
  #finished({ time, result, task }: TaskFinished): void {
    if (result.ending.type === "unmet") {
      this.#task = task ?? this.#task;
      this.#unmet = { time, why: result.error.snippet };
    } else this.#ended("finished", time, result);
  }

  #ended(end: AttemptEnd, time: number, result: TaskResult, delay?: number): void {
    const { node, slot, start } = result;
    const more = { end, ended: time, result, node, slot: slot < 0 ? undefined : slot, start, delay };
    if (this.#attempts.at(-1)?.end === "failed") this.#endAfterFailure(end, time, result);
    else this.#close(more);
  }

  /** Somebody has had the task stopped while it waited, or the run has ended: its last try stands for it. */
  #endAfterFailure(end: AttemptEnd, time: number, result: TaskResult): void {
    const last = this.#attempts.at(-1);
    if (last === undefined || last.attempt !== result.attempt) return;
    // A run that ended then has cut no try short.
    if (end === "finished") this.#attempts[this.#attempts.length - 1] = { ...last, end, ended: time, delay: undefined };
  }

  #atBarrier({ barrier, time }: Omit<BarrierHistory, "state">, state: BarrierHistory["state"]): void {
    if (barrier.id === this.#id) this.#barrier = { barrier, state, time };
  }

  #late(result: TaskResult): void {
    const at = this.#attempts.findLastIndex(
      ({ attempt, engine }) => attempt === result.attempt && engine === result.engine,
    );
    const attempt = this.#attempts[at];
    if (attempt !== undefined) this.#attempts[at] = { ...attempt, late: result };
  }
}
