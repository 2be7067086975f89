import type { StatusLine } from "./status-file.ts";

/**
 * Pairs expected lines with actual ones, in any order, comparing only the columns that are expected.
 *
 * @returns what does not fit, for people; nothing when every line has its partner.
 */
export function statusMismatches(expected: readonly Partial<StatusLine>[], actual: readonly StatusLine[]): string[] {
  const left = [...actual];
  const missing: string[] = [];
  for (const wanted of expected) {
    const index = left.findIndex((line) => fits(wanted, line));
    if (index < 0) missing.push(`no line with ${JSON.stringify(wanted)}`);
    else left.splice(index, 1);
  }
  return [...missing, ...left.map((line) => `not expected: ${JSON.stringify(line)}`)];
}

function fits(wanted: Partial<StatusLine>, line: StatusLine): boolean {
  return Object.entries(wanted).every(([column, value]) =>
    Object.entries(line).some(([c, v]) => c === column && v === value),
  );
}
