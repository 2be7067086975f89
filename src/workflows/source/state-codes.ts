import { INSTANCE_STATE_NAMES, type InstanceState } from "../../domain/instance-state.ts";

/** States as numbers, of which a million can be kept. 0 is an instance that is not known. */
const STATES = INSTANCE_STATE_NAMES;

/** An instance that the run does not want. */
export const UNWANTED = STATES.length + 1;
/** How many numbers there are. */
export const STATE_COUNT = UNWANTED + 1;

/** The number of a state. */
function codeOf(state: InstanceState): number {
  return STATES.indexOf(state) + 1;
}

/** The state of a number; undefined for an instance that the run does not want. */
export function stateOf(code: number): InstanceState | undefined {
  return STATES[code - 1];
}

export const WAITING = codeOf("waiting");
export const READY = codeOf("ready");
export const RUNNING = codeOf("running");
export const RETRYING = codeOf("retrying");
export const DONE = codeOf("done");
export const REUSED = codeOf("reused");
export const FAILED = codeOf("failed");
export const KILLED = codeOf("killed");
export const SKIPPED = codeOf("skipped");
export const BLOCKED = codeOf("blocked");

/** Added to the number of an instance that has run in this run, or follows one that has. */
export const IS_NEW = 16;
/** The state alone. */
export const STATE_MASK = 15;

/** Whether the instance stays in this state. */
export function isFinal(code: number): boolean {
  const state = code & STATE_MASK;
  return state >= DONE && state !== UNWANTED;
}
