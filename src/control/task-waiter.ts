import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../domain/errors.ts";
import { EXIT } from "../domain/exit-codes.ts";
import type { FinishedTask } from "../domain/finished-task.ts";
import { rangeWords, tidyRanges } from "../domain/id-ranges.ts";
import { IdSet } from "../domain/id-set.ts";
import type { IdRange, KnownResults } from "../domain/run-results.ts";
import { afterItsDeath } from "../run/files/recover-command.ts";
import { filesByContact, isTaken } from "../run/files/run-files.ts";
import { hasDied, lockHolder } from "../run/files/run-lock.ts";
import type { DriverLine } from "./driver-line.ts";
import { IS_OVER, pauseBeforeCall, untilClosed } from "./patience.ts";
import { reachRun } from "./reach-run.ts";

/** A run that was lost touch with is called again for so long, in milliseconds, where nobody knows whether its driver lives. */
const PATIENCE_MS = 60_000;
/** Tasks that are looked up at once. */
const AT_ONCE = 256;
/** Ranges of ids that are named when the run has ended without them. */
const MOST_NAMED = 10;

/** What the records of a run say that is over. */
export interface ResultsOfPast extends KnownResults {
  /** All that the run had to do is done. */
  readonly isDone: boolean;
  close(): Promise<void>;
}

export interface TaskWaiterOptions {
  /** Path of the run's contact file. */
  readonly contact: string;
  /** The words that start this program. */
  readonly words: readonly string[];
  /** Undefined for all tasks, until the run ends. */
  readonly ranges: readonly IdRange[] | undefined;
  readonly records: () => Promise<ResultsOfPast>;
  /** Told once of each task, in the order in which they finish. */
  readonly take: (finished: FinishedTask) => void;
}

/** Waits for tasks of a run, from wherever it can be called; of one that is over its records tell. */
export class TaskWaiter {
  readonly #options: TaskWaiterOptions;
  readonly #ranges: readonly IdRange[] | undefined;
  readonly #seen = new IdSet();
  #largestSeen = -1;
  #line: DriverLine | undefined;
  #isStopped = false;

  constructor(options: TaskWaiterOptions) {
    this.#options = options;
    this.#ranges = options.ranges === undefined ? undefined : tidyRanges(options.ranges);
  }

  /**
   * Resolves when all that is waited for has finished; without ids, when the run has ended and all is done.
   *
   * @param line of the run, when it has been called already.
   * @throws UserError as `reachRun` does; `unknown-task`; `run-ended` (exit code 3) when the run has ended without them.
   */
  async wait(line?: DriverLine): Promise<void> {
    let lostAt: number | undefined;
    for (let calls = 0; ; calls++) {
      try {
        await this.#ask(calls === 0 && line !== undefined ? line : await this.#call());
        return;
      } catch (error) {
        if (this.#isStopped) return;
        if (!(error instanceof UserError)) throw error;
        if (IS_OVER.has(error.code)) return this.#readOfEnded();
        const isUnreachable = error.code === "run-unreachable";
        if ((error.code === "connection-lost" || isUnreachable) && this.#hasDied()) return this.#readOfDead(error);
        const isLost = error.code === "connection-lost" || (lostAt !== undefined && isUnreachable);
        if (!isLost) throw error;
        lostAt ??= Date.now();
        if (Date.now() - lostAt > PATIENCE_MS) throw error;
      }
      await delay(pauseBeforeCall(calls));
    }
  }

  /** Waits for nothing any more: `wait` resolves. */
  stop(): void {
    this.#isStopped = true;
    void this.#line?.close();
  }

  async #call(): Promise<DriverLine> {
    const { line } = await reachRun(this.#options.contact, this.#options.words);
    try {
      await line.greet();
      return line;
    } catch (error) {
      void line.close();
      throw error;
    }
  }

  async #ask(line: DriverLine): Promise<void> {
    const ids = this.#ranges;
    this.#line = line;
    try {
      await line.inquire(
        { type: "wait", ids: ids === undefined ? undefined : [...ids] },
        "all-finished",
        ({ tasks }) => {
          for (const task of tasks) this.#take(task);
        },
      );
      if (this.#missing().length > 0) throw new UserError("run-ended", "the run does not say what came of them");
    } finally {
      await line.close();
    }
  }

  #take(task: FinishedTask): void {
    if (this.#seen.has(task.id)) return;
    this.#seen.add(task.id);
    this.#largestSeen = Math.max(this.#largestSeen, task.id);
    this.#options.take(task);
  }

  #hasDied(): boolean {
    const holder = lockHolder(filesByContact(this.#options.contact).lock);
    return holder !== undefined && hasDied(holder, hostname());
  }

  /** Tells what is on record of a run whose driver has died. @throws UserError unless that is all that is waited for. */
  async #readOfDead(cause: UserError): Promise<void> {
    await this.#readRecords(() => {
      if (this.#ranges !== undefined && this.#missing().length === 0) return;
      const { contact, words } = this.#options;
      const advice = afterItsDeath(words, filesByContact(contact).prefix);
      const isSaid = cause.code === "run-unreachable";
      const message = isSaid ? cause.message : `${cause.message}; its driver has died; ${advice}`;
      throw new UserError(cause.code, message, { cause });
    });
  }

  async #readOfEnded(): Promise<void> {
    await untilClosed(() => !isTaken(this.#options.contact));
    await this.#readRecords((records) => this.#refuseMissing(records));
  }

  async #readRecords(refuse: (records: ResultsOfPast) => void): Promise<void> {
    const records = await this.#options.records();
    try {
      for (const ids of this.#unseen(records)) {
        const found = await records.finished(ids);
        for (const id of ids) {
          const task = found.get(id);
          if (task !== undefined) this.#take(task);
        }
      }
      refuse(records);
    } finally {
      await records.close();
    }
  }

  /** Ids that have finished by the records and have not been told of, a few at a time. */
  *#unseen(records: KnownResults): Generator<number[], void, void> {
    let ids: number[] = [];
    for (const { from, to } of this.#ranges ?? [{ from: 0, to: records.knownEnd - 1 }]) {
      for (let id = from; id <= to && id < records.knownEnd; id++) {
        if (!this.#seen.has(id) && records.isFinished(id)) ids.push(id);
        if (ids.length < AT_ONCE) continue;
        yield ids;
        ids = [];
      }
    }
    yield ids;
  }

  /** The run is over, and these have not finished. */
  #refuseMissing({ isDone }: ResultsOfPast): void {
    const missing = this.#missing();
    if (missing.length > 0) {
      const named = rangeWords(missing.slice(0, MOST_NAMED));
      const which = `${named}${missing.length > MOST_NAMED ? " and others" : ""}`;
      if (isDone) throw new UserError("unknown-task", `the run, which has ended, had no such task: ${which}`);
      throw new UserError("run-ended", `the run has ended without an outcome of ${which}`, {
        exitCode: EXIT.unfinished,
      });
    }
    if (this.#ranges !== undefined || isDone) return;
    throw new UserError("run-ended", "the run has ended before all was done", { exitCode: EXIT.unfinished });
  }

  /** Ids that were asked for and not told of. */
  #missing(): IdRange[] {
    const missing: { from: number; to: number }[] = [];
    for (const { from, to } of this.#ranges ?? []) {
      for (let id = from; id <= to && missing.length <= MOST_NAMED; id++) {
        if (this.#seen.has(id)) continue;
        // There may be a billion of them.
        const end = id > this.#largestSeen ? to : id;
        const last = missing.at(-1);
        if (last?.to === id - 1) last.to = end;
        else missing.push({ from: id, to: end });
        id = end;
      }
    }
    return missing;
  }
}
