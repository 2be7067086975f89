/** An id, and the place that it has in a list. */
export interface IdMark {
  readonly index: number;
  readonly id: number;
}

/** Rows that a guess aims to come before: a page that begins a bit early has the place in it, too. */
const EARLY = 20;

/**
 * The id from which on a list is to be asked for, so that the row of this place is among those that come: above `low`, and below `high`. Tasks
 * that are filtered need not be spread evenly: each other round halves what is left.
 */
export function guessId(index: number, low: IdMark, high: IdMark, round: number): number {
  const share = (index - low.index) / Math.max(1, high.index - low.index);
  const even = low.id + (high.id - low.id) * share;
  const density = (high.id - low.id) / Math.max(1, high.index - low.index);
  const wanted = round % 2 === 0 ? Math.round(even - EARLY * density) : Math.floor((low.id + high.id) / 2);
  return Math.max(low.id + 1, Math.min(high.id - 1, wanted));
}
