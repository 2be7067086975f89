import { UserError } from "../domain/errors.ts";
import type { IdRange } from "../domain/run-results.ts";

/** No list of tasks is larger. */
const MOST = 1_000_000_000;

/** The ids that a word names: a number, or a range such as `10-20`. @throws UserError `bad-task-number`. */
export function idRange(word: string): IdRange {
  const range = readIdRange(word);
  if (range !== undefined) return range;
  throw new UserError("bad-task-number", `${word}: name tasks by their numbers, from 0, or by ranges such as 10-20`);
}

/** The same; undefined for a word that names none. */
export function readIdRange(word: string): IdRange | undefined {
  const [, first = "", last = first] = /^([0-9]+)(?:-([0-9]+))?$/.exec(word) ?? [];
  const range = { from: Number(first), to: Number(last) };
  return first !== "" && range.to <= MOST && range.from <= range.to ? range : undefined;
}
