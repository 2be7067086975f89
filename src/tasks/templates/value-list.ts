/** Values in their order; they need not be in memory. */
export interface ValueList {
  readonly length: number;
  /** The value of this index, from 0; bytes as text. */
  at(index: number): string;
  /** Bytes of the longest value, at the most. */
  readonly longest: number;
  /** All values are numbers, so that nobody has to look through them for anything else. */
  readonly isNumeric: boolean;
}

/** Bytes that a character of a string takes in UTF-8, at the most. */
const MOST_BYTES = 3;

/** Values that are in memory. */
export function valuesOf(values: readonly string[]): ValueList {
  return {
    length: values.length,
    at: (index) => values[index] ?? "",
    longest: values.reduce((most, { length }) => Math.max(most, length), 0) * MOST_BYTES,
    isNumeric: false,
  };
}

/** Lists behind one another. */
export function joined(lists: readonly ValueList[]): ValueList {
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only;
  const ends: number[] = [];
  for (const { length } of lists) ends.push((ends.at(-1) ?? 0) + length);
  return {
    length: ends.at(-1) ?? 0,
    at: (index) => {
      const which = listAt(ends, index);
      return lists[which]?.at(index - (ends[which - 1] ?? 0)) ?? "";
    },
    longest: lists.reduce((most, { longest }) => Math.max(most, longest), 0),
    isNumeric: lists.every(({ isNumeric }) => isNumeric),
  };
}

/** Which list has the value of that index. @param ends of the lists, ascending. */
function listAt(ends: readonly number[], index: number): number {
  let from = 0;
  let to = ends.length - 1;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (index < (ends[middle] ?? 0)) to = middle;
    else from = middle + 1;
  }
  return from;
}
