import type { Counts } from "../../records/state/counts.ts";
import { columnsOf, formatClock, formatRate } from "./text.ts";

/** What a progress line is made of. */
export interface ProgressView {
  readonly counts: Counts;
  /** Unix time in seconds. */
  readonly now: number;
  /** Tasks per second of late; undefined when nothing has finished yet. */
  readonly rate: number | undefined;
}

const SEPARATOR = "  ";
const RED = "\u001b[31m";
const DEFAULT_COLOUR = "\u001b[39m";
/** Narrower than this a bar says less than the numbers beside it; wider than this it says no more. */
const BAR = { narrowest: 12, widest: 50 };

/** A piece of the line; the pieces with the highest `rank` go first when room is short. */
interface Part {
  readonly text: string;
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

/** The line for a log or a pipe. */
export function plainLine(view: ProgressView): string {
  return `disbatch: ${lineParts(view, false)
    .map((part) => part.text)
    .join(", ")}`;
}

function lineParts({ counts, now, rate }: ProgressView, short: boolean): Part[] {
  const { total, done, failed } = counts;
  const elapsed = formatClock(now - (counts.started ?? now));
  const parts: Part[] = [];
  if (counts.phase === "draining" || counts.phase === "terminating") parts.push({ text: counts.phase, rank: 2 });
  else if (counts.enginesJoined === 0) parts.push({ text: "starting", rank: 2 });
  parts.push({ text: total === undefined ? `${done} done` : `${done}/${total} done`, rank: 0 });
  if (total !== undefined && total > 0 && short) parts.push({ text: `${Math.floor((100 * done) / total)}%`, rank: 7 });
  if (failed > 0) parts.push({ text: `${failed} failed`, rank: 1, red: true });
  parts.push({ text: `${counts.running} running`, rank: 3 });
  if (rate !== undefined) parts.push({ text: formatRate(rate), rank: 5 });
  parts.push({ text: short ? elapsed : `${elapsed} elapsed`, rank: 6 });
  const left = secondsLeft(counts, rate);
  if (left !== undefined) parts.push({ text: `ETA ${formatClock(left)}`, rank: 4 });
  return parts;
}

/** Undefined when nobody can tell: the end is unknown, nothing has finished, or no new tasks are started any more. */
function secondsLeft(counts: Counts, rate: number | undefined): number | undefined {
  if (counts.total === undefined || rate === undefined || rate <= 0 || counts.phase !== "running") return undefined;
  const left = counts.total - counts.done;
  const seconds = left / rate;
  // After a year an estimate is no news.
  return left > 0 && seconds < 366 * 86_400 ? seconds : undefined;
}

function fitParts(parts: readonly Part[], width: number): readonly Part[] {
  let kept = parts;
  while (kept.length > 1 && columnsOf(kept.map((part) => part.text).join(SEPARATOR)) > width) {
    const dropped = Math.max(...kept.map((part) => part.rank));
    kept = kept.filter((part) => part.rank !== dropped);
  }
  return kept;
}

/** `[=====     ] ` in at most `room` columns; nothing when that is too few, or the end is unknown. */
function bar({ total, done }: Counts, room: number): string {
  const size = Math.min(room, BAR.widest);
  if (total === undefined || total === 0 || size < BAR.narrowest) return "";
  const inner = size - 2;
  const filled = Math.min(inner, Math.floor((inner * done) / total));
  return `[${"=".repeat(filled)}${" ".repeat(inner - filled)}] `;
}

function paintRed(text: string): string {
  return RED + text + DEFAULT_COLOUR;
}
