import type { RunEvent } from "../../domain/events.ts";
import { isSuccess } from "../../domain/ending.ts";
import { NO_LEAK } from "../../domain/result.ts";
import { unknownTask } from "../../domain/task.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { RunState } from "../state/run-state.ts";
import { BarrierSpans } from "./barrier-spans.ts";
import { STATE } from "../state/task-chunk.ts";

/** Told of the outcome of a task, before the state is. */
export type OnOutcome = (id: number, failed: boolean, skipped: boolean) => void;

/** What a journal says of one run. */
export class JournalFold {
  readonly state = new RunState();
  readonly barriers = new BarrierSpans();
  jobId: string | undefined;
  taskFile: string | undefined;
  /** Where its driver was, when that is known. */
  driver: { readonly host: string; readonly pid: number } | undefined;
  /** Time of the latest entry, Unix time in seconds. */
  time = 0;
  /** Whether anything has been told. */
  isBegun = false;
  onOutcome: OnOutcome | undefined;

  take(entry: JournalEntry): void {
    this.isBegun = true;
    if (entry.time > this.time) this.time = entry.time;
    const event = this.#eventOf(entry);
    if (event === undefined) return;
    if (event.type === "barrier-passed") this.barriers.add(event);
    this.state.handle(event);
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
        if (type === "task-finished") this.onOutcome?.(result.taskId, !isSuccess(result.ending), false);
        return { type, time, task: table.open.get(result.taskId) ?? unknownTask(result.taskId), result };
      }
      case "task-skipped": {
        if (this.#hasOutcome(entry.taskId)) return undefined;
        const { ending } = entry;
        this.onOutcome?.(entry.taskId, !isSuccess(ending), true);
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
    return hasOutcome(this.state.table.stateOf(id));
  }
}

/** Whether the task of this state, one of `STATE`, has its outcome. */
export function hasOutcome(state: number): boolean {
  return state === STATE.succeeded || state === STATE.failed || state === STATE.skipped;
}
