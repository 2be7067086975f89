import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { whyNoValue } from "../document/axis-values.ts";
import { dayOf } from "../document/dates.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";

/** Values that an identifier may have, as text, each once. */
export interface ValueList {
  readonly values: readonly string[];
  /** Whole numbers at even distances, as they were said. */
  readonly range: { readonly from: number; readonly to: number; readonly step: number } | undefined;
  readonly path: Path;
}

/** Values of a range that are written one by one elsewhere; a longer one is refused. */
const LONGEST_RANGE = 1_000_000;

/** A list of values. Undefined, with mistakes, for anything else. */
export function readValues({ value, path }: Placed, foreign: ForeignTree): ValueList | undefined {
  if (!Array.isArray(value)) {
    foreign.refuse(path, "must be a list of values");
    return undefined;
  }
  const before = foreign.mistakes.count;
  const values = new Set<string>();
  for (const [i, one] of value.entries()) {
    const where = [...path, i];
    const text = foreign.text({ value: one, path: where });
    const wrong = text === undefined ? undefined : whyNoValue(text);
    if (wrong !== undefined) foreign.refuse(where, wrong);
    if (text === undefined) continue;
    if (values.has(text)) foreign.note([], where, `${quoteWord(text)} stands in the list twice, and counts once`);
    values.add(text);
  }
  return foreign.mistakes.count > before ? undefined : { values: [...values], range: undefined, path };
}

/** What stands in `autofill_values`: a list, or `STOP`, `START:STOP` or `START:STOP:STEP` without the last number. */
export function readAutofill(placed: Placed, foreign: ForeignTree): ValueList | undefined {
  const { value, path } = placed;
  if (typeof value !== "string") return readValues(placed, foreign);
  const parts = /^(?:([0-9]+):)?([0-9]+)(?::([0-9]+))?$/.exec(value);
  const [, from = "0", stop = "", by = "1"] = parts ?? [];
  const [start, end, step] = [Number(from), Number(stop), Number(by)];
  if (parts === null || (parts[1] === undefined && parts[3] !== undefined) || !Number.isSafeInteger(end)) {
    const hint = 'a range is "STOP", "START:STOP" or "START:STOP:STEP", in digits';
    foreign.refuse(path, `${quoteWord(value)} is no range`, hint);
    return undefined;
  }
  const count = step === 0 ? 0 : Math.max(0, Math.ceil((end - start) / step));
  if (count === 0) {
    const why =
      step === 0 ? "its step is 0" : "it ends where it begins, or before, and Stolos takes its letters for values";
    foreign.refuse(path, `${quoteWord(value)} has no values: ${why}`);
    return undefined;
  }
  if (count > LONGEST_RANGE) {
    foreign.refuse(path, `${quoteWord(value)} has ${count} values, and more than ${LONGEST_RANGE} are refused`);
    return undefined;
  }
  const last = start + step * (count - 1);
  if (asDay(start) !== undefined && last > start && !isRowOfDays(start, last)) {
    foreign.note([], path, `${quoteWord(value)} counts whole numbers, as Stolos does: some of them are no days`);
  }
  const values = Array.from({ length: count }, (_, i) => String(start + step * i));
  return { values, range: { from: start, to: last, step }, path };
}

function isRowOfDays(from: number, to: number): boolean {
  const [first, last] = [asDay(from), asDay(to)];
  return first !== undefined && last !== undefined && last - first === to - from;
}

/** The day that a number looks like, such as 20150128. */
function asDay(number: number): number | undefined {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(String(number)) ?? [];
  return year === undefined ? undefined : dayOf(`${year}-${month}-${day}`);
}
