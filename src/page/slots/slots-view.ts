import { drawSlots, FOOT, HEAD, type Scene, xOf } from "./draw-slots.ts";
import { clampTop, type LaneLayout, laneAt, laneLayout } from "./lane-layout.ts";
import type { Picture } from "./picture.ts";
import type { SlotsColours } from "./slots-colours.ts";
import { pan, type Span, zoomAround } from "./viewport.ts";

/** The lane and the time that are pointed at. */
export interface Point {
  readonly lane: number;
  readonly at: number;
}

/**
 * The slots picture as it is drawn: what is there is stretched to what is seen, once for each frame in which something has changed. It knows
 * nothing of the server: whoever made it is told which span is seen and brings pictures.
 */
export class SlotsView {
  readonly #canvas: HTMLCanvasElement;
  readonly #moved: (seen: Span) => void;
  #colours: SlotsColours;
  #pictures: readonly Picture[] = [];
  #whole: Span = { from: 0, to: 1 };
  #seen: Span = { from: 0, to: 1 };
  #layout: LaneLayout = laneLayout(0, 1);
  #width = 0;
  #room = 1;
  #top = 0;
  #side = 0;
  #point: Point | undefined;
  #frame = 0;

  /** @param moved is called when somebody has moved to another span */
  constructor(canvas: HTMLCanvasElement, colours: SlotsColours, moved: (seen: Span) => void) {
    this.#canvas = canvas;
    this.#colours = colours;
    this.#moved = moved;
  }

  get seen(): Span {
    return this.#seen;
  }
  get layout(): LaneLayout {
    return this.#layout;
  }
  get point(): Point | undefined {
    return this.#point;
  }
  /** The picture whose lanes are shown. */
  get picture(): Picture | undefined {
    return this.#pictures.at(-1);
  }
  /** Pixels beside the lanes. */
  get side(): number {
    return this.#side;
  }

  show(pictures: readonly Picture[], colours: SlotsColours): void {
    this.#colours = colours;
    const lanes = pictures.at(-1)?.lanes.length;
    // Pictures of other lanes have no place beside those that are shown.
    this.#pictures = pictures.filter((each) => each.lanes.length === lanes);
    this.#measure();
  }

  /** What there is in all, and what is to be seen of it. */
  look(whole: Span, seen: Span): void {
    this.#whole = whole;
    this.#seen = seen;
    this.draw();
  }

  /** @param side pixels beside the lanes */
  resize(width: number, side: number, room: number): void {
    this.#width = width;
    this.#side = side;
    this.#room = room;
    this.#measure();
  }

  scroll(top: number): void {
    this.#top = clampTop(top, this.#layout);
    this.draw();
  }

  /** Zooms by a factor around a place of the canvas. */
  zoom(factor: number, x: number): void {
    this.#go(zoomAround(this.#seen, this.#whole, this.timeAt(x), factor));
  }

  /** Moves so that what was at one place is at another. */
  drag(pixels: number): void {
    const length = this.#seen.to - this.#seen.from;
    this.#go(pan(this.#seen, this.#whole, (-pixels / Math.max(1, this.#width - this.side)) * length));
  }

  go(seen: Span): void {
    this.#go(seen);
  }

  pointTo(point: Point | undefined): void {
    this.#point = point;
    this.draw();
  }

  /** What is at a place of the canvas; undefined beside the lanes. */
  pointAt(x: number, y: number): Point | undefined {
    if (x < this.side || x > this.#width || y < HEAD || y >= HEAD + this.#layout.height) return undefined;
    const lane = laneAt(y - HEAD, this.#top, this.#layout);
    return lane === undefined ? undefined : { lane, at: this.timeAt(x) };
  }

  /** Where a point is on the canvas. */
  placeOf({ lane, at }: Point): { readonly x: number; readonly y: number } {
    const scene = { seen: this.#seen, width: this.#width, side: this.side };
    return { x: xOf(at, scene), y: HEAD + (lane + 0.5) * this.#layout.lane - this.#top };
  }

  timeAt(x: number): number {
    const share = (x - this.side) / Math.max(1, this.#width - this.side);
    return this.#seen.from + share * (this.#seen.to - this.#seen.from);
  }

  /** Draws in the next frame. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
  }

  #go(seen: Span): void {
    if (seen.from === this.#seen.from && seen.to === this.#seen.to) return;
    this.#seen = seen;
    this.draw();
    this.#moved(seen);
  }

  #measure(): void {
    this.#layout = laneLayout(this.#pictures.at(-1)?.lanes.length ?? 0, this.#room);
    this.#top = clampTop(this.#top, this.#layout);
    this.draw();
  }

  #drawNow(): void {
    const canvas = this.#canvas;
    const ratio = Math.max(1, devicePixelRatio);
    const [width, height] = [this.#width, HEAD + this.#layout.height + FOOT];
    if (width === 0) return;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const ctx = canvas.getContext("2d", { alpha: false });
    if (ctx === null) return;
    const scene: Scene = {
      pictures: this.#pictures,
      seen: this.#seen,
      top: this.#top,
      layout: this.#layout,
      width,
      side: this.side,
      point: this.#point,
    };
    drawSlots(ctx, scene, this.#colours, ratio);
  }
}
