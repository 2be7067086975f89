import type { FinishedTask } from "../../domain/finished-task.ts";
import type { KnownResults } from "../../domain/run-results.ts";
import { barrierOf, taskOf } from "../finished/finished-of.ts";
import { parseRecord } from "../statusfile/parse.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import { endingOf } from "../statusfile/return-code.ts";
import type { StatusText } from "../statusfile/status-text.ts";
import type { RunState } from "./run-state.ts";
import { CHUNK_TASKS, STATE } from "./task-chunk.ts";
import type { TaskInquiries } from "./task-inquiries.ts";

/** First letters of the lines of barriers. */
const BARRIER_FLAGS: ReadonlySet<number | undefined> = new Set(["B", "C"].map((flag) => flag.charCodeAt(0)));

/** Finds what came of tasks: in the table of a run's state, and in its status file. */
export class ResultsOnRecord implements KnownResults {
  readonly #state: RunState;
  readonly #file: StatusText;
  readonly #tasks: Pick<TaskInquiries, "recordsOf">;
  /** The lines of barriers up to `#read`, by id. */
  readonly #barriers = new Map<number, StatusRecord>();
  #read = 0;

  constructor(state: RunState, file: StatusText, tasks: Pick<TaskInquiries, "recordsOf">) {
    this.#state = state;
    this.#file = file;
    this.#tasks = tasks;
  }

  get knownEnd(): number {
    return this.#state.table.largestId + 1;
  }

  isFinished(id: number): boolean {
    switch (this.#state.table.stateOf(id)) {
      case STATE.succeeded:
      case STATE.failed:
      case STATE.skipped:
        return true;
      case STATE.barrier:
        return id <= this.#state.lastBarrier;
      default:
        return false;
    }
  }

  async finished(ids: readonly number[]): Promise<ReadonlyMap<number, FinishedTask>> {
    const { table, lastBarrier, checkFailed } = this.#state;
    const found = new Map<number, FinishedTask>();
    const ended = ids.filter((id) => this.isFinished(id));
    for (const [id, record] of await this.#tasks.recordsOf(ended)) {
      const isSkipped = table.stateOf(id) === STATE.skipped;
      const attempts = isSkipped ? undefined : table.chunkOf(id)?.attempt[id % CHUNK_TASKS];
      const ending = endingOf(record.returnCode, record.pid);
      found.set(
        id,
        taskOf({ ...record, kind: isSkipped ? "skipped" : "task" }, ending, { attempts, usage: table.usageOf(id) }),
      );
    }
    const barriers = ended.filter((id) => table.stateOf(id) === STATE.barrier);
    if (barriers.some((id) => !this.#barriers.has(id))) await this.#findBarriers();
    for (const id of barriers) {
      const record = this.#barriers.get(id);
      if (record !== undefined) found.set(id, barrierOf(record, !(checkFailed && id === lastBarrier)));
    }
    return found;
  }

  async #findBarriers(): Promise<void> {
    for await (const { bytes, offset } of this.#file.blocks(this.#read, this.#file.size)) {
      for (let at = 0; at < bytes.length;) {
        const end = bytes.indexOf(0x0a, at);
        const record = BARRIER_FLAGS.has(bytes[at]) ? parseRecord(bytes.subarray(at, end)) : undefined;
        if (record !== undefined) this.#barriers.set(record.id, record);
        at = end + 1;
      }
      this.#read = offset + bytes.length;
    }
  }
}
