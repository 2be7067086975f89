import type { ValueList } from "./value-list.ts";

/** `FROM..TO` and `FROM..TO..STEP`, in whole numbers. */
const RANGE = /^(-?[0-9]+)\.\.(-?[0-9]+)(?:\.\.(-?[0-9]+))?$/;
/** What is meant as one, and is none. */
const LIKE_RANGE = /^[+-]?[0-9][0-9.]*\.\./;
const PADDED = /^-?0[0-9]/;

/** A range; or why a text that looks like one is none. */
export type ReadRange =
  | { readonly type: "range"; readonly values: ValueList }
  | { readonly type: "mistake"; readonly why: string };

/**
 * Reads a range as bash reads `{FROM..TO..STEP}`: it goes down where FROM is the larger number, and the sign of STEP does not matter.
 * All values have the same width where one end begins with a zero.
 *
 * @returns undefined for any other text.
 */
export function readRange(text: string): ReadRange | undefined {
  const match = RANGE.exec(text);
  if (match === null)
    return LIKE_RANGE.test(text) ? mistake("a range is FROM..TO or FROM..TO..STEP, in whole numbers") : undefined;
  const [, first = "", last = "", by = "1"] = match;
  const [from, to, step] = [Number(first), Number(last), Math.abs(Number(by))];
  if (![from, to, step, to - from].every((number) => Number.isSafeInteger(number))) {
    return mistake(`its numbers go up to ${Number.MAX_SAFE_INTEGER}`);
  }
  if (step === 0) return mistake("its step is 0");
  const width = PADDED.test(first) || PADDED.test(last) ? Math.max(first.length, last.length) : 0;
  const direction = to < from ? -step : step;
  const values = {
    length: Math.floor(Math.abs(to - from) / step) + 1,
    at: (index: number) => padded(from + direction * index, width),
    longest: Math.max(first.length, last.length),
    isNumeric: true,
  };
  return { type: "range", values };
}

function mistake(why: string): ReadRange {
  return { type: "mistake", why };
}

function padded(number: number, width: number): string {
  const sign = number < 0 ? "-" : "";
  // A zero with a sign is none.
  return sign + String(Math.abs(number)).padStart(width - sign.length, "0");
}
