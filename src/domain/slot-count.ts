/** Slots on one node beyond this are taken for a slip of the finger; each costs memory and file descriptors. */
export const MOST_SLOTS = 100_000;

/** 7 / 0.07 is a little less than 100 in floating point. */
const ROUNDING = 1e-9;

/** How many tasks so many cores suffice for. @param coresPerTask may be a fraction. */
export function slotsFor(cores: number, coresPerTask: number): number {
  return Math.floor(cores / coresPerTask + ROUNDING);
}
