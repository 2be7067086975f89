/**
 * How one run of a command ended.
 *
 * - `exited`: by itself, with this exit code, 0 to 255.
 * - `signalled`: killed by the signal of this number.
 * - `not-started`: the system refused to start it, with this errno; it never had a process.
 * - `timed-out`: it was ended because it had run for longer than it was allowed to.
 * - `out-of-memory`: it was ended because it held more memory than it was allowed to, both in bytes.
 * - `given-up`: engines died running it, and it is not tried again.
 * - `stopped`: somebody has stopped it before it was started, or how it ended after that was never heard of.
 * - `unmet`: it needs more than any engine of the run has, and was never started. It counts as not done when the run is resumed.
 */
export type Ending =
  | { readonly type: "exited"; readonly code: number }
  | { readonly type: "signalled"; readonly signal: number }
  | { readonly type: "not-started"; readonly errno: number }
  | { readonly type: "timed-out" }
  | { readonly type: "out-of-memory"; readonly used: number; readonly limit: number }
  | { readonly type: "given-up" }
  | { readonly type: "stopped" }
  | { readonly type: "unmet" };

/** The ending of a command that did what it was to do. */
export const SUCCESS: Ending = { type: "exited", code: 0 };
/** The ending of a command that ran for longer than it was allowed to. */
export const TIMED_OUT: Ending = { type: "timed-out" };
/** The ending of a task that engines died running. */
export const GIVEN_UP: Ending = { type: "given-up" };
/** The ending of a task that somebody has stopped, and of which no other ending is known. */
export const STOPPED: Ending = { type: "stopped" };
/** The ending of a task that needs more than any engine of the run has. */
export const UNMET: Ending = { type: "unmet" };

/** The ending of a command that exited with this code. Success is always the same object: most tasks end so. */
export function exited(code: number): Ending {
  return code === 0 ? SUCCESS : { type: "exited", code };
}

/** The ending of a command that the signal of this number killed. */
export function signalled(signal: number): Ending {
  return { type: "signalled", signal };
}

/** The ending of a command that held more memory than it was allowed to. Bytes. */
export function outOfMemory(used: number, limit: number): Ending {
  return { type: "out-of-memory", used, limit };
}

/** Whether the command exited with code 0; every other ending is a failure. */
export function isSuccess(ending: Ending): boolean {
  return ending.type === "exited" && ending.code === 0;
}

/** Whether the command was ended at a limit of its own. */
export function isAtLimit(ending: Ending): boolean {
  return ending.type === "timed-out" || ending.type === "out-of-memory";
}

/** Whether the command ever had a process. */
export function hadProcess(ending: Ending): boolean {
  const { type } = ending;
  return type !== "not-started" && type !== "given-up" && type !== "stopped" && type !== "unmet";
}
