import { TASK_STATES, type TaskState } from "../../domain/watch.ts";

/**
 * Tasks of a chunk, a power of two: few, so that a run of few tasks, of which a test may make thousands, costs next to nothing; but
 * not so few that the views of its columns take more time and memory than what is in them.
 */
export const CHUNK_TASKS = 1024;

/**
 * The states of ids, as numbers: those of tasks, in the order of `TASK_STATES`; `unseen` when nothing has been said of the id, and
 * `barrier` when a barrier has it.
 */
export const STATE = {
  unseen: 0,
  waiting: 1,
  assigned: 2,
  running: 3,
  succeeded: 4,
  failed: 5,
  skipped: 6,
  interrupted: 7,
  retrying: 8,
  barrier: 9,
} as const satisfies Record<TaskState | "unseen" | "barrier", number>;

/** The state is in these bits of its column. */
export const STATE_BITS = 0x0f;
/** Set beside the state when the command never had a process; its return code means something else then. */
export const NO_PROCESS = 0x10;

/** The name of a state; what is unseen waits. */
export function stateName(state: number): TaskState {
  return TASK_STATES[state - 1] ?? "waiting";
}

/** Bytes of a task in all columns. */
const TASK_BYTES = 43;

/** The columns of tasks whose ids follow one another. A table grows by chunks, so that growing copies nothing. */
export class TaskChunk {
  readonly #bytes = new ArrayBuffer(CHUNK_TASKS * TASK_BYTES);
  // In the order of their sizes, since each column has to begin at a multiple of its own.
  /** Where the line begins in the status file, in bytes, plus 1; 0 when that is not known. */
  readonly offset = new Float64Array(this.#bytes, 0, CHUNK_TASKS);
  /** Unix time in seconds; 0 when the task has not been started, or nobody knows when. */
  readonly start = new Float64Array(this.#bytes, 8 * CHUNK_TASKS, CHUNK_TASKS);
  /** Seconds, of tasks that have ended. */
  readonly duration = new Float32Array(this.#bytes, 16 * CHUNK_TASKS, CHUNK_TASKS);
  /** Of tasks that have ended. */
  readonly code = new Int32Array(this.#bytes, 20 * CHUNK_TASKS, CHUNK_TASKS);
  /** Seconds of processor time, and the most bytes held; 0 where nobody has measured, or it was not worth a number. */
  readonly cpu = new Float32Array(this.#bytes, 24 * CHUNK_TASKS, CHUNK_TASKS);
  readonly peak = new Float32Array(this.#bytes, 28 * CHUNK_TASKS, CHUNK_TASKS);
  readonly attempt = new Uint16Array(this.#bytes, 32 * CHUNK_TASKS, CHUNK_TASKS);
  // Of these columns 0 stands for none, and numbers count from 1.
  readonly kind = new Uint16Array(this.#bytes, 34 * CHUNK_TASKS, CHUNK_TASKS);
  readonly engine = new Uint16Array(this.#bytes, 36 * CHUNK_TASKS, CHUNK_TASKS);
  readonly slot = new Uint16Array(this.#bytes, 38 * CHUNK_TASKS, CHUNK_TASKS);
  readonly node = new Uint16Array(this.#bytes, 40 * CHUNK_TASKS, CHUNK_TASKS);
  /** One of `STATE`, and `NO_PROCESS`. */
  readonly state = new Uint8Array(this.#bytes, 42 * CHUNK_TASKS, CHUNK_TASKS);
}
