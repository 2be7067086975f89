/** Bins for each doubling. */
const PER_DOUBLING = 8;
/** The shortest duration with a bin of its own, about a millisecond, is 2 to the power of this; the longest is more than half a year. */
const SHORTEST_POWER = -10;
const LONGEST_POWER = 24;
/** Bins of durations. The first and the last hold what is beyond. */
export const DURATION_BINS = (LONGEST_POWER - SHORTEST_POWER) * PER_DOUBLING;

/** Bits of a number of single precision: eight of the exponent stand above these of the mantissa. */
const MANTISSA_BITS = 23;
const EXPONENT_OF_ONE = 127;
/** Bits of the mantissa that tell bins apart: edges are exact to a four hundredth. */
const TELLING_BITS = 8;
const TELLING = 2 ** TELLING_BITS;

/** Where bins begin within a doubling, as parts of it. */
const EDGES = Array.from({ length: PER_DOUBLING }, (_, i) => Math.round((2 ** (i / PER_DOUBLING) - 1) * TELLING));
/** Bins within a doubling by the first bits of the mantissa. */
const BIN_OF = Uint8Array.from({ length: TELLING }, (_, bits) => EDGES.findLastIndex((edge) => edge <= bits));

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

/** The bin of a duration, without computing a logarithm. @param seconds what is no positive number counts as 0. */
export function durationBin(seconds: number): number {
  if (!(seconds > 0)) return 0;
  single[0] = seconds;
  const pattern = bits[0] ?? 0;
  const doubling = (pattern >>> MANTISSA_BITS) - EXPONENT_OF_ONE - SHORTEST_POWER;
  if (doubling < 0) return 0;
  if (doubling >= LONGEST_POWER - SHORTEST_POWER) return DURATION_BINS - 1;
  return doubling * PER_DOUBLING + (BIN_OF[(pattern >>> (MANTISSA_BITS - TELLING_BITS)) & (TELLING - 1)] ?? 0);
}

/** Where a bin begins, in seconds. The first one reaches down to 0. */
export function binEdge(bin: number): number {
  const power = SHORTEST_POWER + Math.floor(bin / PER_DOUBLING);
  return 2 ** power * (1 + (EDGES[bin % PER_DOUBLING] ?? 0) / TELLING);
}

/** The duration that this share of tasks did not exceed, to a few percent; 0 when there are none. @param counts tasks by bins. @param longest of these tasks. */
export function binQuantile(counts: ArrayLike<number>, share: number, longest = Infinity): number {
  let count = 0;
  for (let bin = 0; bin < counts.length; bin++) count += counts[bin] ?? 0;
  if (count === 0) return 0;
  const wanted = Math.max(1, Math.ceil(share * count));
  if (wanted === count && Number.isFinite(longest)) return longest;
  let seen = 0;
  let bin = -1;
  while (seen < wanted) seen += counts[++bin] ?? 0;
  // Within the first bin nothing is told apart.
  return bin === 0 ? 0 : Math.min(Math.sqrt(binEdge(bin) * binEdge(bin + 1)), longest);
}
