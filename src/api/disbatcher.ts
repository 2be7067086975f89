import type { RunEvent } from "../domain/events.ts";
import type { FinishedTask } from "../domain/finished-task.ts";
import type { TermFields } from "../domain/terms/fields.ts";
import type { BegunRun } from "./begun-run.ts";
import { DisBatchError } from "./errors.ts";
import type { MissedEvents } from "./missed-events.ts";
import type { Outcome } from "./outcome.ts";
import { Session } from "./session.ts";
import type { DisBatcherSettings } from "./settings.ts";
import type { SubmittedLines } from "./submitted-lines.ts";

/**
 * A run inside this program, to which tasks are submitted while it goes on. It begins when it is made, and ends after `done()` or
 * `stop()`; until then it keeps the program from ending.
 */
export class DisBatcher implements AsyncDisposable {
  readonly #session: Session;
  /** How many results `waitOneTask` has handed out. */
  #handedOut = 0;
  /** The program has been, or will be, told how the run ends. */
  #isAsked = false;

  /** Begins a run. @throws TypeError and DisBatchError for its settings; whatever else keeps it from beginning rejects `begun`. */
  constructor(settings: DisBatcherSettings = {}) {
    this.#session = new Session(settings);
  }

  /** Resolves when the run has begun. What is submitted before that is held until then. @throws DisBatchError when it cannot begin. */
  get begun(): Promise<BegunRun> {
    return this.#session.begun;
  }

  /**
   * Adds a task, or several lines of a task file: all of them or none. When this returns, what has begun has them in its records.
   *
   * @param terms of all tasks of these lines: they count more than the settings, and less than what stands at the end of a line.
   * @throws DisBatchError `task-file-refused` for a mistake, `bad-terms`, `list-ended` after `done()` and `stop()`, `run-ended`.
   */
  submit(lines: string, terms?: TermFields): SubmittedLines {
    return this.#session.submit(lines, terms === undefined ? {} : { terms: this.#session.termsOf(terms) });
  }

  /**
   * What comes of a task, or of a barrier when it is passed, however long ago that was.
   *
   * @throws DisBatchError `unknown-task` for an id that has not been given, `run-ended` when the result will never come.
   */
  result(id: number): Promise<FinishedTask> {
    try {
      this.#refuseUnknown(id);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#session.results.of(id);
  }

  /** What comes of these tasks, by id, when all have finished. @throws DisBatchError as `result` does. */
  async syncTasks(ids: Iterable<number>): Promise<Map<number, FinishedTask>> {
    if (typeof ids !== "object" || ids === null || !(Symbol.iterator in ids)) throw new TypeError("ids must be a list");
    const wanted = [...ids];
    for (const id of wanted) this.#refuseUnknown(id);
    const results = await this.#session.results.all(wanted);
    return new Map(results.map((result) => [result.id, result]));
  }

  /**
   * The next result that this has not given before, in the order of finishing.
   *
   * @returns undefined when the run has ended, and all have been given.
   * @throws DisBatchError as `done` does, when all have been given.
   */
  async waitOneTask(): Promise<FinishedTask | undefined> {
    const [result] = await this.#session.results.from(this.#handedOut++, 1);
    return result;
  }

  /** All results in the order of finishing, from the first on, until the run has ended. @throws DisBatchError as `done` does, at the end. */
  results(): AsyncGenerator<FinishedTask, void, void> {
    return this.#session.results.inOrder();
  }

  /**
   * All that happens from now on, until the run has ended. Of a reader that is slow 10,000 events wait at most; then the oldest are
   * dropped, and an `events-missed` tells how many.
   */
  events(): AsyncIterableIterator<RunEvent | MissedEvents> {
    return this.#session.events.open();
  }

  /**
   * There are no more tasks: waits for all that there are.
   *
   * @returns what came of the run, when it has come to its own end, or to the one that `stop` or the signal have asked for.
   * @throws DisBatchError when the run could not begin, or has failed: `no-engines`, `record-failed`, with its `outcome`.
   */
  done(): Promise<Outcome> {
    this.#isAsked = true;
    return this.#session.end();
  }

  /**
   * Ends the run early: nothing more starts, and what runs may finish. With `now` what runs is ended, too.
   *
   * @returns what `done` does.
   */
  stop(how: { readonly now?: boolean | undefined } = {}): Promise<Outcome> {
    if (typeof how !== "object" || how === null)
      return Promise.reject(new TypeError("stop takes { now: true }, or nothing"));
    const { now = false } = how;
    if (typeof now !== "boolean") return Promise.reject(new TypeError("now must be true or false"));
    this.#isAsked = true;
    return this.#session.stop(now);
  }

  /** Waits as `done` does; what the run has failed by is thrown unless `done` or `stop` have been called before. */
  async [Symbol.asyncDispose](): Promise<void> {
    const isNews = !this.#isAsked;
    await this.done().catch((error: unknown) => {
      if (isNews) throw error;
    });
  }

  #refuseUnknown(id: number): void {
    if (typeof id !== "number") throw new TypeError("the id of a task must be a number");
    if (Number.isInteger(id) && id >= 0 && id < this.#session.list.ids) return;
    throw new DisBatchError("unknown-task", `there is no task ${id}: nothing of that id has been submitted`);
  }
}
