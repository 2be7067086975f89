import { TASK_STATES, type TaskState } from "../../domain/watch.ts";

/** Tasks of a chunk, a power of two. */
export const CHUNK_TASKS = 4096;

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
  barrier: 8,
} as const satisfies Record<TaskState | "unseen" | "barrier", number>;

/** The state is in these bits of its column. */
export const STATE_BITS = 0x0f;
/** Set beside the state when the command never had a process; its return code means something else then. */
export const NO_PROCESS = 0x10;

/** The name of a state; what is unseen waits. */
export function stateName(state: number): TaskState {
  return TASK_STATES[state - 1] ?? "waiting";
}

/** The columns of tasks whose ids follow one another. A table grows by chunks, so that growing copies nothing. */
export class TaskChunk {
  /** One of `STATE`, and `NO_PROCESS`. */
  readonly state = new Uint8Array(CHUNK_TASKS);
  readonly attempt = new Uint16Array(CHUNK_TASKS);
  // Of these columns 0 stands for none, and numbers count from 1.
  readonly kind = new Uint16Array(CHUNK_TASKS);
  readonly engine = new Uint16Array(CHUNK_TASKS);
  readonly slot = new Uint16Array(CHUNK_TASKS);
  readonly node = new Uint16Array(CHUNK_TASKS);
  /** Where the line begins in the status file, in bytes, plus 1. */
  readonly offset = new Float64Array(CHUNK_TASKS);
  /** Of tasks that have ended. */
  readonly code = new Int32Array(CHUNK_TASKS);
  /** Unix time in seconds; 0 when the task has not been started, or nobody knows when. */
  readonly start = new Float64Array(CHUNK_TASKS);
  /** Seconds, of tasks that have ended. */
  readonly duration = new Float32Array(CHUNK_TASKS);
}
