import { Breather } from "../../domain/breather.ts";
import type { Diagnostic } from "../../domain/errors.ts";
import type { RunEvent } from "../../domain/events.ts";
import { NO_LEAK } from "../../domain/result.ts";
import { unknownTask } from "../../domain/task.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { readJournal } from "../journal/read.ts";
import { RunState } from "../state/run-state.ts";
import { STATE } from "../state/task-chunk.ts";

/** What a journal says of the last run in it. */
export interface JournaledState {
  readonly state: RunState;
  readonly jobId: string | undefined;
  readonly taskFile: string | undefined;
  /** Where its driver was, when that is known. */
  readonly driver: { readonly host: string; readonly pid: number } | undefined;
  /** Time of the latest entry, Unix time in seconds. */
  readonly time: number;
}

/** Entries that are read before anybody looks at the clock. */
const BATCH = 64;

/**
 * Reads a journal, and gives way to others meanwhile.
 *
 * @throws UserError as `readJournal` does.
 */
export async function foldJournal(path: string, onWarning: (warning: Diagnostic) => void): Promise<JournaledState> {
  const breather = new Breather();
  let fold = new JournalFold();
  let entries = 0;
  for (const entry of readJournal(path, onWarning)) {
    if (entry.type === "run-started") fold = new JournalFold();
    fold.take(entry);
    if (++entries % BATCH === 0 && breather.isDue) await breather.rest();
  }
  return fold;
}

class JournalFold implements JournaledState {
  readonly state = new RunState();
  jobId: string | undefined;
  taskFile: string | undefined;
  driver: { readonly host: string; readonly pid: number } | undefined;
  time = 0;

  take(entry: JournalEntry): void {
    if (entry.time > this.time) this.time = entry.time;
    const event = this.#eventOf(entry);
    if (event !== undefined) this.state.handle(event);
  }

  /** @returns undefined for what is no news. */
  #eventOf(entry: JournalEntry): RunEvent | undefined {
    const { table } = this.state;
    switch (entry.type) {
      case "run-started":
        this.jobId = entry.jobId;
        this.taskFile = entry.taskFile;
        return entry;
      case "run-recovered":
        this.driver = { host: entry.host, pid: entry.pid };
        return entry;
      case "task-assigned":
        return this.#hasOutcome(entry.task.id) ? undefined : entry;
      case "task-started": {
        const { taskId, ...started } = entry;
        const task = table.open.get(taskId);
        return task === undefined ? undefined : { ...started, task };
      }
      case "task-retrying": {
        const { taskId } = entry.result;
        return this.#hasOutcome(taskId) ? undefined : { ...entry, task: table.open.get(taskId) ?? unknownTask(taskId) };
      }
      case "task-finished":
      case "task-interrupted": {
        const { type, time, result } = entry;
        if (this.#hasOutcome(result.taskId)) return undefined;
        return { type, time, task: table.open.get(result.taskId) ?? unknownTask(result.taskId), result };
      }
      case "task-skipped": {
        if (this.#hasOutcome(entry.taskId)) return undefined;
        const { ending } = entry;
        const outcome = { pid: -1, ending, start: 0, finish: 0, output: NO_LEAK, error: NO_LEAK, node: "" };
        const skipped = { kind: "skipped", task: unknownTask(entry.taskId) } as const;
        return {
          type: "task-skipped",
          time: entry.time,
          skipped: { ...skipped, previous: { ...outcome, alreadyRecorded: true } },
        };
      }
      case "barrier-passed":
        return entry.barrier.id <= this.state.lastBarrier ? undefined : entry;
      default:
        return entry;
    }
  }

  #hasOutcome(id: number): boolean {
    const state = this.state.table.stateOf(id);
    return state === STATE.succeeded || state === STATE.failed || state === STATE.skipped;
  }
}
