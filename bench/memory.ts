import { median } from "./statistics.ts";
import type { MemorySample } from "./watch.ts";

export const MEGABYTE = 1_000_000;
export const MEBIBYTE = 1_048_576;

/** Memory counts as flat when its end is at most this many times its middle: collectors of garbage breathe. */
export const MOST_GROWTH = 1.15;

/** The last quarter of the samples over the second one; the first is left out, since programs grow while they start. */
export function growth(samples: readonly MemorySample[]): number {
  const quarter = Math.floor(samples.length / 4);
  const resident = samples.map((sample) => sample.resident);
  return median(resident.slice(-quarter)) / median(resident.slice(quarter, 2 * quarter));
}
