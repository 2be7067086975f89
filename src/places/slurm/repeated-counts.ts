import { MOST_NODES } from "./node-names.ts";

/** More processors than Slurm lets a machine have. */
const LARGEST = 1_000_000;
const COUNT = /^([0-9]{1,7})(?:\(x([0-9]{1,6})\))?$/;

/**
 * Counts as Slurm writes one for each node: `40,128(x3)` for 40, 128, 128, 128.
 *
 * @returns undefined when they are not written so, and for a count of more than a million or more than 100,000 counts.
 */
export function parseRepeatedCounts(text: string): number[] | undefined {
  const counts: number[] = [];
  for (const item of text.split(",")) {
    const [, count, times = "1"] = COUNT.exec(item) ?? [];
    if (count === undefined || Number(count) > LARGEST || Number(times) === 0) return undefined;
    if (counts.length + Number(times) > MOST_NODES) return undefined;
    for (let i = 0; i < Number(times); i++) counts.push(Number(count));
  }
  return counts;
}
