import type { RunEvent, RunRecord } from "../../domain/events.ts";
import type { FinishedTask } from "../../domain/finished-task.ts";
import { type DriverProcess, outcomeRecord, recordOf } from "../statusfile/record-of.ts";
import { barrierOf, taskOf } from "./finished-of.ts";

/** Of a task of an earlier run. */
const NOTHING_MORE = { attempts: undefined, usage: undefined };

/** Whoever wants to know what comes of tasks. What it throws is a bug, and ends the run. */
export type FinishListener = (finished: FinishedTask) => void;

/**
 * Tells programs what came of each task, and which barriers have been passed, once the records of the run have it. It costs
 * nothing while nobody listens.
 */
export class FinishedTasks implements RunRecord {
  readonly #ledgers: readonly Pick<RunRecord, "commit">[];
  readonly #driver: DriverProcess;
  readonly #listeners = new Set<FinishListener>();
  #untold: FinishedTask[] = [];

  /** @param ledgers of the run, which come first. */
  constructor(ledgers: readonly Pick<RunRecord, "commit">[], driver: DriverProcess) {
    this.#ledgers = ledgers;
    this.#driver = driver;
  }

  /** Tells of all that finishes from now on. @returns what ends that. */
  listen(listener: FinishListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  handle(event: RunEvent): void {
    if (this.#listeners.size === 0) return;
    const finished = this.#finishedBy(event);
    if (finished !== undefined) this.#untold.push(finished);
  }

  /** @throws LedgerError when the records could not be written; then nobody is told. */
  commit(): void {
    if (this.#untold.length === 0) return;
    for (const ledger of this.#ledgers) ledger.commit();
    const told = this.#untold;
    this.#untold = [];
    for (const finished of told) for (const listener of this.#listeners) listener(finished);
  }

  async close(): Promise<void> {}

  #finishedBy(event: RunEvent): FinishedTask | undefined {
    switch (event.type) {
      case "task-finished": {
        const { task, result } = event;
        const { ending, attempt: attempts, usage } = result;
        return taskOf(outcomeRecord("task", task, task.repeatIndex, result), ending, { attempts, usage });
      }
      case "task-skipped": {
        const { task, previous } = event.skipped;
        return taskOf(outcomeRecord("skipped", task, task.repeatIndex, previous), previous.ending, NOTHING_MORE);
      }
      case "barrier-passed": {
        const record = recordOf(event, this.#driver);
        return record === undefined ? undefined : barrierOf(record, !event.failed);
      }
      default:
        return undefined;
    }
  }
}
