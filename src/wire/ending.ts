import * as v from "valibot";
import { type Ending, hadProcess } from "../domain/ending.ts";
import { MOST_RECORDED } from "../domain/result.ts";

const MOST_EXIT_CODE = 255;
/** Signals have numbers up to 64; a record's own numbers begin at 100. */
const MOST_SIGNAL = 99;
/** The largest errno that Linux has. */
const MOST_ERRNO = 4095;

/**
 * An ending, as an engine reports it; only the driver gives tasks up. It is checked by hand, since one stands in every
 * result: a schema of variants takes several times as long.
 */
export const EndingSchema = v.custom<Ending>(isReportedEnding, "Invalid ending");

/** Whether an outcome has a process id if it had a process, and only then: records tell endings apart by it. */
export function hasPidOfItsEnding({ pid, ending }: { readonly pid: number; readonly ending: Ending }): boolean {
  return pid >= 0 === hadProcess(ending);
}

/** An ending, as a driver tells it: also of tasks that had none of their own. */
export const KnownEndingSchema = v.custom<Ending>(
  (value) => isReportedEnding(value) || isOf(value, "given-up") || isOf(value, "stopped") || isOf(value, "unmet"),
  "Invalid ending",
);

function isOf(value: unknown, type: Ending["type"]): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === type;
}

function isReportedEnding(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  switch (value.type) {
    case "exited":
      return "code" in value && isWithin(value.code, 0, MOST_EXIT_CODE);
    case "signalled":
      return "signal" in value && isWithin(value.signal, 1, MOST_SIGNAL);
    case "not-started":
      return "errno" in value && isWithin(value.errno, 1, MOST_ERRNO);
    case "timed-out":
      return true;
    case "out-of-memory":
      return "used" in value && isSize(value.used) && "limit" in value && isSize(value.limit);
    default:
      return false;
  }
}

function isSize(value: unknown): boolean {
  return isWithin(value, 0, MOST_RECORDED);
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
