/** What stands above the lists: name and state of the run, its bar, its numbers and how they have changed. */

import type { RunView, Series } from "../../domain/watch.ts";
import { doneOf, waitingOf } from "../../domain/task-tally.ts";
import { plural } from "../../domain/plural.ts";
import { wrap } from "../../domain/wrap.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { columnsOf, formatRate } from "../terminal/text.ts";
import { joined, type Line, lineColumns, span, spread, type Style, textOf } from "./line.ts";
import { isLost, type MonitorState, runNow } from "./state.ts";
import { formatAge, formatCount, formatSpan } from "./words.ts";
import { clean, cut } from "./width.ts";

/** Columns below which only name, state and time stand in the header. */
const WHOLE_HEADER = 60;
/** Columns of a name that still tells something. */
const LEAST_NAME = 6;
/** Columns of a sparkline. */
const SPARKS = 12;
const BLOCKS = "▁▂▃▄▅▆▇█";

/** Name, state, time, when the run will have ended, its host, and how old all of this is; the last ones where there is room. */
export function headerLine(state: MonitorState, columns: number): Line {
  const { view, frozen } = state;
  const isWide = columns >= WHOLE_HEADER;
  const phase = phaseWords(state);
  const clockTime = formatClock((view.ended ?? runNow(state)) - view.started);
  const room = columns - columnsOf(phase.text) - 3;
  const time = room - clockTime.length - 1 >= LEAST_NAME ? ` ${clockTime}` : "";
  const most = isWide ? Math.floor(columns / 3) : Math.max(LEAST_NAME, room - time.length);
  const name = cut(clean(view.jobId, most), most);
  const left: Line = [span(` ${name}  `, "bold"), phase, span(time), ...(frozen ? [span("  FROZEN", "warn")] : [])];
  const eta = etaWithin(state, columns - lineColumns(left) - 3);
  const withEta = eta === "" ? left : [...left, span(`   ${eta}`)];
  if (!isWide) return withEta;
  const host = cut(clean(view.host, 24), 24);
  return spread(withEta, [span(`${host}  `, "dim"), linkSpan(state), span(" ")], columns);
}

/** When the run will have ended, within so many columns; without its tail, or not at all, where it has no room. */
function etaWithin(state: MonitorState, columns: number): string {
  const eta = etaOf(state);
  return [eta, eta.replace(/ \(.*$/, "")].find(({ length }) => length <= columns) ?? "";
}

/** When the run will have ended, in a line of its own where the first line has no room for it; none where it has. */
export function etaLines(state: MonitorState, columns: number): Line[] {
  const eta = etaOf(state);
  if (eta === "" || textOf(headerLine(state, columns)).includes("ETA")) return [];
  return wrap(eta, columns - 1).map((line) => [span(` ${line}`)]);
}

/** Nobody knows when a run ends of which nothing is heard. */
function etaOf(state: MonitorState): string {
  return isLost(state) ? "" : etaWords(state.view, runNow(state));
}

function phaseWords(state: MonitorState): { readonly text: string; readonly style: Style } {
  const { view, link } = state;
  if (isLost(state)) return span("LOST", "bad");
  const isWhole = view.reason === undefined || view.reason === "done";
  if (view.phase === "ended" || link.state === "over") {
    return isWhole ? span("ENDED", "good") : span("ENDED EARLY", "warn");
  }
  if (view.phase === "running") return span("RUNNING", "good");
  return span(view.phase.toUpperCase(), view.phase === "draining" ? "warn" : "bad");
}

/** When the run will have ended: `ETA 0:38 to 0:55 (tail: 3 slow)`. */
export function etaWords({ phase, estimate }: RunView, now: number): string {
  if (phase === "ended" || estimate === undefined) return "";
  const from = formatClock(Math.max(0, estimate.earliest - now));
  const to = formatClock(Math.max(0, estimate.latest - now));
  const tail = estimate.slow > 0 ? ` (tail: ${estimate.slow} slow)` : "";
  return from === to ? `ETA ${from}${tail}` : `ETA ${from} to ${to}${tail}`;
}

function linkSpan({ link, clock }: MonitorState): { readonly text: string; readonly style: Style } {
  if (link.state === "over") return span("○ over", "dim");
  if (link.state === "lost") return span(`● no answer for ${formatAge(clock - link.since)}`, "bad");
  return span("● live", "good");
}

/** How much is done, as a bar across the screen. */
export function barLine({ tasks }: RunView, columns: number): Line {
  const done = doneOf(tasks);
  const { total } = tasks;
  const isKnown = total !== undefined && total > 0;
  const percent = isKnown ? `  ${Math.floor((Math.min(done, total) / total) * 100)}%` : "";
  const words =
    total === undefined ? `${formatCount(done)} so far` : `${formatCount(done)}/${formatCount(total)}${percent}`;
  const cells = columns - words.length - 4;
  if (!isKnown || cells < 4) return [span(` ${words}`)];
  const share = (n: number): number => (n <= 0 ? 0 : Math.max(1, Math.round((Math.min(n, total) / total) * cells)));
  const failed = Math.min(share(tasks.failed + tasks.skippedFailed), cells);
  const running = Math.min(share(tasks.running), cells - failed);
  const succeeded = tasks.succeeded + tasks.skipped - tasks.skippedFailed;
  const room = cells - failed - running;
  const good = done >= total ? room : Math.min(Math.floor((succeeded / total) * cells), room);
  return [
    span(" "),
    span("█".repeat(Math.max(0, good)), "good"),
    span("▒".repeat(running), "busy"),
    span("✗".repeat(failed), "bad"),
    span("░".repeat(Math.max(0, cells - Math.max(0, good) - running - failed)), "dim"),
    span(`  ${words}`),
  ];
}

/** The numbers of the run, the most important first. @param isShort whether there is little room for them. */
export function countParts(state: MonitorState, isShort = false): Line[] {
  const { tasks, slots, kinds, barriers, engines, phase } = state.view;
  const waiting = waitingOf(tasks);
  const lost = engines.filter((engine) => engine.state === "lost").length;
  const silent = engines.filter((engine) => engine.state === "silent").length;
  const parts: Line[] = [
    [span("✔ ", "good"), span(formatCount(tasks.succeeded))],
    [
      span("✗ ", tasks.failed > 0 ? "bad" : "dim"),
      span(formatCount(tasks.failed), tasks.failed > 0 ? "bad" : "plain"),
      span(kinds.length > 0 && !isShort ? ` in ${plural(kinds.length, "kind")}` : ""),
    ],
    isLost(state)
      ? [span("▶ ", "dim"), span(`${formatCount(tasks.running)} ran${isShort ? "" : " when last heard of"}`)]
      : [
          span("▶ ", "busy"),
          span(`${formatCount(tasks.running)}/${isShort ? slots.total : plural(slots.total, "slot")}`),
        ],
  ];
  if (waiting !== undefined) {
    const words = phase === "ended" ? " not run" : isShort ? "" : " waiting";
    if (phase !== "ended" || waiting > 0) parts.push([span("◌ ", "dim"), span(`${formatCount(waiting)}${words}`)]);
  }
  if (tasks.retrying > 0) parts.push([span(`${formatCount(tasks.retrying)} retrying`, "warn")]);
  if (tasks.skipped > 0) parts.push([span(`${formatCount(tasks.skipped)} skipped`)]);
  if (tasks.interrupted > 0) parts.push([span(`${formatCount(tasks.interrupted)} interrupted`, "warn")]);
  if (barriers.waiting !== undefined) parts.push([span(`at barrier, line ${barriers.waiting.line}`, "warn")]);
  else if (barriers.passed > 0) parts.push([span(`${plural(barriers.passed, "barrier")} passed`)]);
  if (silent > 0) parts.push([span(`${silent} out of touch`, "warn")]);
  parts.push([span(isShort ? `${lost} lost` : `${plural(lost, "engine")} lost`, lost > 0 ? "bad" : "plain")]);
  return parts;
}

/** The numbers in one line, as many as fit. */
export function countsLine(state: MonitorState, columns: number): Line {
  return joined(countParts(state, columns < WHOLE_HEADER), columns);
}

/** How many tasks ended, how busy the slots were, and how long tasks took. */
export function sparksLine(state: MonitorState, columns: number): Line {
  const { view } = state;
  const series = chooseSeries(view);
  const parts: Line[] = [];
  if (series !== undefined && !isLost(state)) {
    const rates = series.succeeded.map((n, i) => (n + (series.failed[i] ?? 0)) / series.step);
    const busy = series.busy.map((seconds, i) => seconds / Math.max(series.offered[i] ?? 0, Number.EPSILON));
    const rate = rates.at(-2) ?? rates.at(-1) ?? 0;
    const share = Math.min(1, busy.at(-2) ?? busy.at(-1) ?? 0);
    parts.push([
      span("rate "),
      span(sparks(rates, Math.max(...rates)), "busy"),
      span(rate > 0 ? ` ${formatRate(rate)}` : " 0/s"),
    ]);
    parts.push([span("busy "), span(sparks(busy, 1), "busy"), span(` ${Math.round(share * 100)}%`)]);
  }
  const { count, p50, p95, longest } = view.durations;
  if (count > 0) {
    parts.push([span(`time p50 ${formatSpan(p50)}  p95 ${formatSpan(p95)}  max ${formatSpan(longest)}`)]);
  }
  return joined(parts, columns, "    ");
}

/** The coarsest series that the run has been long enough for. */
function chooseSeries({ series, now, started }: RunView): Series | undefined {
  return series.findLast(({ step }) => step * SPARKS <= now - started) ?? series[0];
}

function sparks(values: readonly number[], most: number): string {
  return values
    .slice(-SPARKS)
    .map(
      (value) =>
        BLOCKS[
          Math.max(
            0,
            Math.min(BLOCKS.length - 1, Math.round((value / Math.max(most, Number.EPSILON)) * (BLOCKS.length - 1))),
          )
        ],
    )
    .join("");
}
