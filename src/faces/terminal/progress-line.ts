import type { Counts } from "../../records/state/counts.ts";
import type { Estimate } from "../../domain/watch.ts";
import { holdUp } from "./hold-up.ts";
import type { SlowTask } from "./slow-task.ts";
import { printable } from "../../domain/printable.ts";
import { plural } from "../../domain/plural.ts";
import { formatClock } from "../../domain/clock-text.ts";
import { columnsOf, formatDuration, formatRate } from "./text.ts";

/** What a progress line is made of. */
export interface ProgressView {
  readonly counts: Counts;
  /** Unix time in seconds. */
  readonly now: number;
  /** Tasks per second of late; undefined when nothing has finished yet. */
  readonly rate: number | undefined;
  /** When the run will have ended, when anybody can tell. */
  readonly estimate: Estimate | undefined;
  /** The task that has run clearly longer than the others. */
  readonly slowest: SlowTask | undefined;
}

/** A range that is at most this share of its middle is shown as one time. */
const NARROW = 0.15;
const SEPARATOR = "  ";
const RED = "\u001b[31m";
const DEFAULT_COLOUR = "\u001b[39m";
/** Narrower than this a bar says less than the numbers beside it; wider than this it says no more. */
const BAR = { narrowest: 12, widest: 50 };

/** A piece of the line; the pieces with the highest `rank` go first when room is short. */
interface Part {
  readonly text: string;
  /** What stands for `text` while there is room for everything. */
  readonly long?: string | undefined;
  readonly rank: number;
  readonly red?: boolean;
}

/** The line for a terminal: never longer than `width` columns, with a bar when there is room. */
export function progressLine(view: ProgressView, width: number, colour: boolean): string {
  const parts = fitParts(lineParts(view, true), width);
  const text = parts.map((part) => part.text).join(SEPARATOR);
  if (text.length > width) return text.slice(0, width);
  const line = parts.map((part) => (colour && part.red === true ? paintRed(part.text) : part.text)).join(SEPARATOR);
  return bar(view.counts, width - text.length - 1) + line;
}

/** What a log or a pipe is told of the slowest task. */
export function slowestLine({ id, node, seconds, usual }: SlowTask): string {
  const where = printable(node);
  return `disbatch: task ${id} has run for ${formatDuration(seconds)} on ${where}; 95 % of tasks took at most ${formatDuration(usual)}`;
}

/** The line for a log or a pipe. */
export function plainLine(view: ProgressView): string {
  return `disbatch: ${lineParts(view, false)
    .map(({ text, long }) => long ?? text)
    .join(", ")}`;
}

function lineParts({ counts, now, rate, estimate, slowest }: ProgressView, short: boolean): Part[] {
  const { expected: total, done, failed } = counts;
  const elapsed = formatClock(now - (counts.started ?? now));
  const parts: Part[] = [];
  if (counts.phase === "draining" || counts.phase === "terminating") parts.push({ text: counts.phase, rank: 2 });
  else if (counts.enginesJoined === 0) parts.push({ text: "starting", rank: 2 });
  parts.push({ text: total === undefined ? `${done} done` : `${done}/${total} done`, rank: 0 });
  if (total !== undefined && total > 0 && short) parts.push({ text: `${Math.floor((100 * done) / total)}%`, rank: 7 });
  if (failed > 0) parts.push({ text: `${failed} failed`, long: failures(counts), rank: 1, red: true });
  if (counts.retrying > 0) parts.push({ text: `${counts.retrying} to be tried again`, rank: 3.5 });
  parts.push({ text: `${counts.running} running`, rank: 3 });
  const held = holdUp(counts);
  if (held !== undefined) parts.push({ text: held, rank: 4.5 });
  if (rate !== undefined) parts.push({ text: formatRate(rate), rank: 5 });
  parts.push({ text: short ? elapsed : `${elapsed} elapsed`, rank: 6 });
  if (estimate !== undefined) parts.push({ ...etaTexts(estimate, now), rank: 4 });
  if (slowest !== undefined && short)
    parts.push({ text: `task ${slowest.id} runs ${formatClock(slowest.seconds)}`, rank: 8 });
  return parts;
}

/** `434 failed in 3 kinds`. One failure is of one kind anyway. */
function failures({ failed, kinds }: Counts): string | undefined {
  const list = kinds.list();
  if (failed < 2 || list.length === 0) return undefined;
  const isMore = list.at(-1)?.isOther === true;
  return `${failed} failed in ${isMore ? `more than ${list.length - 1} kinds` : plural(list.length, "kind")}`;
}

/** The range when it is wide, else its middle: as in `ETA 0:38 to 0:55`, or `ETA 0:46`. */
function etaTexts({ earliest, latest }: Estimate, now: number): { text: string; long?: string | undefined } {
  const [early, late] = [Math.max(0, earliest - now), Math.max(0, latest - now)];
  const middle = (early + late) / 2;
  const text = `ETA ${formatClock(middle)}`;
  if (late - early <= NARROW * middle) return { text };
  const [from, to] = [formatClock(early), formatClock(late)];
  return from === to ? { text } : { text, long: `ETA ${from} to ${to}` };
}

function fitParts(parts: readonly Part[], width: number): readonly Part[] {
  const long = parts.map((part) => ({ ...part, text: part.long ?? part.text }));
  let kept: readonly Part[] = long;
  const isTooLong = (): boolean => columnsOf(kept.map((part) => part.text).join(SEPARATOR)) > width;
  // The task is dropped before anything is said in short.
  if (isTooLong()) kept = long.filter(({ rank }) => rank < 8);
  if (isTooLong()) kept = parts.filter(({ rank }) => rank < 8);
  while (kept.length > 1 && isTooLong()) {
    const dropped = Math.max(...kept.map((part) => part.rank));
    kept = kept.filter((part) => part.rank !== dropped);
  }
  return kept;
}

/** `[=====     ] ` in at most `room` columns; nothing when that is too few, or the end is unknown. */
function bar({ expected: total, done }: Counts, room: number): string {
  const size = Math.min(room, BAR.widest);
  if (total === undefined || total === 0 || size < BAR.narrowest) return "";
  const inner = size - 2;
  const filled = Math.min(inner, Math.floor((inner * done) / total));
  return `[${"=".repeat(filled)}${" ".repeat(inner - filled)}] `;
}

function paintRed(text: string): string {
  return RED + text + DEFAULT_COLOUR;
}
