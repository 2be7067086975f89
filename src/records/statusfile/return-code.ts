import {
  type Ending,
  exited,
  GIVEN_UP,
  outOfMemory,
  signalled,
  STOPPED,
  TIMED_OUT,
  UNMET,
} from "../../domain/ending.ts";
import { OVER_MEMORY, OVER_TIME, readShare } from "../../domain/limits.ts";

/** Return codes that disBatch's status files do not have: of what had no process, and no signal has such a number. */
const GIVEN_UP_CODE = -100;
const STOPPED_CODE = -102;
/** A task with this code has not been run, and is no outcome for a resume. */
export const UNMET_CODE = -103;
/** What timeout(1) exits with when it has ended its command. */
const TIMED_OUT_CODE = 124;
/** What shells show of a command that KILL has ended, as the kernel does when memory is short. */
const OUT_OF_MEMORY_CODE = 137;

/** The number by which records tell an ending: the exit code, minus the signal's number, or the errno. Success alone is 0. */
export function returnCodeOf(ending: Ending): number {
  switch (ending.type) {
    case "exited":
      return ending.code;
    case "signalled":
      return -ending.signal;
    case "not-started":
      return ending.errno;
    case "timed-out":
      return TIMED_OUT_CODE;
    case "out-of-memory":
      return OUT_OF_MEMORY_CODE;
    case "given-up":
      return GIVEN_UP_CODE;
    case "stopped":
      return STOPPED_CODE;
    case "unmet":
      return UNMET_CODE;
    default:
      return ending satisfies never;
  }
}

/**
 * The ending that a record tells. An errno looks like an exit code; the process id beside it tells them apart. A task that was
 * ended at its limits looks like one that has exited with the same number. Whatever a file says, `returnCodeOf` gives it again.
 *
 * @param pid process id in the same record; below 0 for what had no process.
 */
export function endingOf(returnCode: number, pid: number): Ending {
  if (pid < 0 && returnCode === GIVEN_UP_CODE) return GIVEN_UP;
  if (pid < 0 && returnCode === STOPPED_CODE) return STOPPED;
  if (pid < 0 && returnCode === UNMET_CODE) return UNMET;
  if (pid < 0 && returnCode > 0) return { type: "not-started", errno: returnCode };
  return returnCode < 0 ? signalled(-returnCode) : exited(returnCode);
}

/**
 * The ending that a record tells together with what it has of the error output, whose last line says at which limit of its own a task
 * was ended. For people: a task can write such a line itself.
 *
 * @param error the beginning and the end of its error output.
 */
export function endingToldBy(returnCode: number, pid: number, error: string): Ending {
  if (returnCode === TIMED_OUT_CODE || returnCode === OUT_OF_MEMORY_CODE) {
    const last = error.slice(error.lastIndexOf("\n") + 1);
    if (returnCode === TIMED_OUT_CODE && last.includes(OVER_TIME)) return TIMED_OUT;
    const at = last.indexOf(OVER_MEMORY);
    const share = at < 0 ? undefined : readShare(last.slice(at + OVER_MEMORY.length));
    if (returnCode === OUT_OF_MEMORY_CODE && share !== undefined) return outOfMemory(share.used, share.limit);
  }
  return endingOf(returnCode, pid);
}
