/**
 * Counts on by one, in place: the last place first, each from 0 to less than its count.
 *
 * @returns false when all have been counted.
 */
export function countOn(steps: number[] | Float64Array, counts: readonly number[]): boolean {
  let last = counts.length - 1;
  while (last >= 0 && (steps[last] ?? 0) + 1 === counts[last]) steps[last--] = 0;
  if (last < 0) return false;
  steps[last] = (steps[last] ?? 0) + 1;
  return true;
}
