import { printable } from "../../domain/printable.ts";
import { gapMarks } from "../charts/marks.ts";
import { timeTicks } from "../charts/time-ticks.ts";
import { type LaneLayout, laneLabels, lanesInSight } from "./lane-layout.ts";
import type { Picture } from "./picture.ts";
import type { SlotsColours } from "./slots-colours.ts";
import type { Span } from "./viewport.ts";

/** Pixels above the lanes, for the names of gaps, and below, for times. */
export const HEAD = 20;
export const FOOT = 24;
/** Pixels between marks of time. */
const TICK_ROOM = 96;

/** What is drawn, all in pixels of CSS. */
export interface Scene {
  /** Pictures that are drawn one above the other: a later one covers what is below, and lanes are those of the last. */
  readonly pictures: readonly Picture[];
  readonly seen: Span;
  /** Pixels that have been scrolled past. */
  readonly top: number;
  readonly layout: LaneLayout;
  readonly width: number;
  /** Pixels beside the lanes, for their names. */
  readonly side: number;
  /** The lane and the time that are pointed at. */
  readonly point: { readonly lane: number; readonly at: number } | undefined;
}

/** Where a time is, in pixels. */
export function xOf(at: number, { seen, width, side }: Pick<Scene, "seen" | "width" | "side">): number {
  return side + ((at - seen.from) / (seen.to - seen.from)) * (width - side);
}

/** Draws the slots picture. `ratio`: pixels of the screen for each of CSS. */
export function drawSlots(ctx: CanvasRenderingContext2D, scene: Scene, colours: SlotsColours, ratio: number): void {
  const { width, side, layout, pictures } = scene;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.fillStyle = colours.back;
  ctx.fillRect(0, 0, width, HEAD + layout.height + FOOT);
  ctx.save();
  ctx.beginPath();
  ctx.rect(side, HEAD, width - side, layout.height);
  ctx.clip();
  ctx.imageSmoothingEnabled = false;
  for (const picture of pictures) drawCells(ctx, picture, scene);
  drawRules(ctx, scene, colours);
  ctx.restore();
  drawGaps(ctx, scene, colours);
  drawTimes(ctx, scene, colours);
  drawNames(ctx, scene, colours);
}

/** The part of a picture that is seen, stretched to where it belongs. */
function drawCells(ctx: CanvasRenderingContext2D, picture: Picture, scene: Scene): void {
  const { seen, top, layout } = scene;
  const { from, to, px, image } = picture;
  const begin = Math.max(from, seen.from);
  const end = Math.min(to, seen.to);
  if (!(end > begin)) return;
  const scale = px / (to - from);
  const sx = Math.floor((begin - from) * scale);
  const sw = Math.max(1, Math.min(px, Math.ceil((end - from) * scale)) - sx);
  const { first, end: last } = lanesInSight(top, layout);
  if (last <= first) return;
  const left = xOf(from + sx / scale, scene);
  const right = xOf(from + (sx + sw) / scale, scene);
  const y = HEAD + first * layout.lane - top;
  ctx.drawImage(image, sx, first, sw, last - first, left, y, right - left, (last - first) * layout.lane);
}

/** Lines between lanes, or between nodes where lanes are too low, and what is pointed at. */
function drawRules(ctx: CanvasRenderingContext2D, scene: Scene, { back, mark }: SlotsColours): void {
  const { top, layout, width, side, pictures, point } = scene;
  const lanes = pictures.at(-1)?.lanes ?? [];
  const { first, end } = lanesInSight(top, layout);
  const isEach = layout.lane >= 5;
  ctx.fillStyle = back;
  for (let i = first; i < end; i++) {
    const isLastOfNode = lanes[i]?.node !== lanes[i + 1]?.node;
    if (isEach || isLastOfNode) ctx.fillRect(side, HEAD + (i + 1) * layout.lane - top - 1, width - side, 1);
  }
  if (point === undefined) return;
  const x = xOf(point.at, scene);
  ctx.fillStyle = mark;
  ctx.globalAlpha = 0.55;
  ctx.fillRect(Math.round(x), HEAD, 1, layout.height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = mark;
  ctx.strokeRect(
    side + 0.5,
    HEAD + point.lane * layout.lane - top + 0.5,
    width - side - 1,
    Math.max(2, layout.lane - 2),
  );
}

/** Why slots were idle, above the lanes. */
function drawGaps(ctx: CanvasRenderingContext2D, scene: Scene, { gap, gapText, font }: SlotsColours): void {
  const { pictures, width, side, layout } = scene;
  ctx.font = `12px ${font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  let free = side;
  for (const { from, to, label } of gapMarks(pictures.at(-1)?.gaps ?? [])) {
    const left = Math.max(side, xOf(from, scene));
    const right = Math.min(width, xOf(to, scene));
    if (right - left < 1) continue;
    ctx.fillStyle = gap;
    ctx.fillRect(left, 2, right - left, HEAD - 4);
    ctx.fillStyle = gapText;
    ctx.fillRect(left, HEAD - 3, right - left, 2);
    ctx.fillRect(left, HEAD, 1, layout.height);
    ctx.fillRect(right - 1, HEAD, 1, layout.height);
    const wide = ctx.measureText(label).width;
    const at = Math.min(Math.max(left + 4, (left + right - wide) / 2), width - wide - 2);
    if (at < free) continue;
    ctx.fillText(label, at, HEAD / 2 - 1);
    free = at + wide + 8;
  }
}

function drawTimes(ctx: CanvasRenderingContext2D, scene: Scene, { line, dim, font }: SlotsColours): void {
  const { seen, width, side, layout } = scene;
  const y = HEAD + layout.height;
  ctx.font = `12px ${font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = line;
  ctx.fillRect(side, y, width - side, 1);
  for (const { at, label } of timeTicks(seen.from, seen.to, Math.max(1, Math.floor((width - side) / TICK_ROOM)))) {
    const x = xOf(at, scene);
    ctx.fillStyle = line;
    ctx.fillRect(Math.round(x), y, 1, 5);
    const half = ctx.measureText(label).width / 2;
    ctx.fillStyle = dim;
    ctx.fillText(label, Math.min(Math.max(x, side + half), width - half), y + 14);
  }
}

function drawNames(ctx: CanvasRenderingContext2D, scene: Scene, { dim, text, font }: SlotsColours): void {
  const { pictures, top, layout, side, point } = scene;
  const lanes = pictures.at(-1)?.lanes ?? [];
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, HEAD, side - 6, layout.height);
  ctx.clip();
  ctx.font = `12px ${font}`;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const { name, at } of laneLabels(lanes, lanesInSight(top, layout), layout.lane)) {
    ctx.fillStyle = point !== undefined && Math.abs(point.lane - at) < 1 ? text : dim;
    ctx.fillText(shortName(name), side - 8, HEAD + (at + 0.5) * layout.lane - top);
  }
  ctx.restore();
}

const NAME_LENGTH = 14;
const shortNames = new Map<string, string>();

/** A name that has room: its end tells lanes apart. */
export function shortName(name: string): string {
  const known = shortNames.get(name);
  if (known !== undefined) return known;
  const text = printable(name);
  const short = text.length > NAME_LENGTH ? `…${text.slice(1 - NAME_LENGTH)}` : text;
  if (shortNames.size > 5000) shortNames.clear();
  shortNames.set(name, short);
  return short;
}
