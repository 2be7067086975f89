import { columnsOf, shorten } from "../terminal/text.ts";
import type { ReportedDurations } from "./report.ts";
import { span } from "./words.ts";

/** Bars of a histogram, at most. */
const MOST_BARS = 10;
/** Columns of the longest bar, at most. */
const LONGEST_BAR = 60;
const INDENT = "  ";

/** How long tasks took: a line of quantiles, and a small histogram whose bars are as wide in ratio. */
export function durationBars(durations: ReportedDurations, width: number): string[] {
  const { p50, p95, longest, total, histogram } = durations;
  const quantiles = [`p50 ${span(p50)}`, `p95 ${span(p95)}`, `longest ${span(longest)}`];
  const head = [...quantiles, `all ${span(total)}`].join("  ");
  const lines = [shorten(INDENT + head, width)];
  if (durations.count > 1) lines.push(...bars(barsOf(histogram), width));
  return lines;
}

interface Bar {
  readonly to: number;
  count: number;
}

/** Neighbouring buckets together, as few of them as give no more than so many bars. */
function barsOf(histogram: ReportedDurations["histogram"]): Bar[] {
  const first = histogram[0];
  const last = histogram.at(-1);
  if (first === undefined || last === undefined) return [];
  // The shortest bucket begins at 0, which has no ratio to anything.
  const begin = first.from === 0 ? first.to : first.from;
  const doublings = Math.max(1, Math.ceil((Math.log2(last.to / begin) - 1e-6) / MOST_BARS));
  const made: Bar[] = [];
  for (let to = begin; made.length === 0 || (made.at(-1)?.to ?? 0) < last.to * (1 - 1e-9);) {
    to *= 2 ** doublings;
    made.push({ to, count: 0 });
  }
  for (const { to, count } of histogram) {
    const bar = made.find((one) => to <= one.to * (1 + 1e-9)) ?? made.at(-1);
    if (bar !== undefined) bar.count += count;
  }
  return made;
}

function bars(made: readonly Bar[], width: number): string[] {
  const most = Math.max(...made.map(({ count }) => count));
  const labels = made.map(({ to }) => `up to ${span(to)}`);
  const counts = made.map(({ count }) => String(count));
  const labelWidth = Math.max(...labels.map(columnsOf));
  const countWidth = Math.max(...counts.map((count) => count.length));
  const room = Math.max(1, Math.min(LONGEST_BAR, width - labelWidth - countWidth - 6));
  return made.map(({ count }, i) => {
    const bar = count === 0 ? "" : "#".repeat(Math.max(1, Math.round((room * count) / most)));
    const line = `${INDENT}${(labels[i] ?? "").padStart(labelWidth)}  ${(counts[i] ?? "").padStart(countWidth)}  ${bar}`;
    return shorten(line.trimEnd(), width);
  });
}
