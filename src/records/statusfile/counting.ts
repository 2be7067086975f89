/**
 * Whether of two lines with the outcome of one task the later one counts, as it does when a run is resumed: a success stays against
 * a later failure, otherwise the later line counts.
 */
export function laterCounts(hasEarlierFailed: boolean, hasLaterFailed: boolean): boolean {
  return hasEarlierFailed || !hasLaterFailed;
}
