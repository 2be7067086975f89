import type { InstanceState } from "../../domain/instance-state.ts";
import type { Condition } from "../document/workflow.ts";
import { BLOCKED, FAILED, IS_NEW, KILLED, SKIPPED, STATE_MASK } from "./state-codes.ts";

/** How instances have ended that something needs: bits, so that those of many are one number. 0: all are done, and none ran. */
const END_FAILED = 1;
const END_KILLED = 2;
export const END_BLOCKED = 4;
const END_SKIPPED = 8;
/** One has run in this run, or follows one that has. */
export const END_NEW = 16;
/** One has failed that may. */
const END_ALLOWED = 32;

/** What needs one of these and is to succeed only after success never runs. */
export const END_BAD = END_FAILED | END_KILLED | END_BLOCKED;

/** Whether none of these has failed, or was not run. One that may fail has ended well. */
export function hasEndedWell(ends: number): boolean {
  return (ends & (END_BAD | END_SKIPPED)) === 0;
}

/** The bit of an instance in this final state. @param code with `IS_NEW`. */
export function endOf(code: number, allowFailure: boolean): number {
  const isNew = (code & IS_NEW) === 0 ? 0 : END_NEW;
  switch (code & STATE_MASK) {
    case FAILED:
      return isNew | (allowFailure ? END_ALLOWED : END_FAILED);
    case KILLED:
      return isNew | END_KILLED;
    case BLOCKED:
      return isNew | END_BLOCKED;
    case SKIPPED:
      return isNew | END_SKIPPED;
    default:
      return isNew;
  }
}

/** What an alternative has come to: `open` as long as that depends on what has not ended. */
export type Verdict = "open" | "met" | "bad" | "skipped";

/** The rule of conditions. @param ends of all that has ended. @param allEnded nothing is missing. */
export function verdictOf(condition: Condition, ends: number, allEnded: boolean): Verdict {
  const isBad = (ends & END_BAD) !== 0;
  if (condition === "success" && isBad) return "bad";
  if (!allEnded) return "open";
  switch (condition) {
    case "success":
      return (ends & END_SKIPPED) === 0 ? "met" : "skipped";
    case "failure":
      return isBad ? "met" : "skipped";
    case "always":
      return "met";
    default:
      return condition satisfies never;
  }
}

/** The worst of these ends, as a state. */
export function worstState(ends: number): InstanceState {
  if ((ends & (END_FAILED | END_ALLOWED)) !== 0) return "failed";
  if ((ends & END_KILLED) !== 0) return "killed";
  if ((ends & END_BLOCKED) !== 0) return "blocked";
  return (ends & END_SKIPPED) === 0 ? "done" : "skipped";
}
