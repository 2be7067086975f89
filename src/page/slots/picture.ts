import type { TimelineDocument } from "../../web/api/answers.ts";
import { bytesOf, paintCells } from "./cells.ts";

/** A timeline, and its cells as an image that is stretched to where it is seen. */
export interface Picture extends Omit<TimelineDocument, "cells"> {
  readonly cells: Uint8Array;
  readonly image: HTMLCanvasElement;
}

/** Makes the image of a timeline: one pixel for each cell, so that drawing it again is a single stretched copy. */
export function pictureOf(document_: TimelineDocument, palette: Uint32Array): Picture {
  const { px, lanes } = document_;
  const cells = bytesOf(document_.cells);
  const image = document.createElement("canvas");
  image.width = Math.max(1, px);
  image.height = Math.max(1, lanes.length);
  const context = image.getContext("2d");
  if (context !== null) {
    const data = context.createImageData(image.width, image.height);
    paintCells(cells, palette, new Uint32Array(data.data.buffer));
    context.putImageData(data, 0, 0);
  }
  return { ...document_, cells, image };
}

/** The cell of a lane at a time; 0, which shows nothing, outside. */
export function cellAt({ cells, px, from, to }: Picture, lane: number, at: number): number {
  const x = Math.floor(((at - from) / (to - from)) * px);
  return x < 0 || x >= px ? 0 : (cells[lane * px + x] ?? 0);
}
