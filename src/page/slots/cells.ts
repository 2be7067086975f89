/** Cells of a timeline, as they come and as they look. Pure. */

import { CELL } from "../../web/api/answers.ts";
import { mix, pixelOf, type Rgb } from "../charts/colours.ts";

/** Bytes of a Base64 text. What is no Base64 gives none. */
export function bytesOf(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return new Uint8Array(0);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export type CellName = keyof typeof CELL;

const NAMES: readonly CellName[] = ["none", "idle", "succeeded", "failed", "running", "cut"];

/** What a cell shows. A state that this page does not know shows nothing. */
export function cellName(cell: number): CellName {
  return NAMES.find((name) => CELL[name] === cell >> 4) ?? "none";
}

/** How much of a cell's time had a task: 0 to 1. */
export function cellShare(cell: number): number {
  return (cell & 15) / 15;
}

/** Colours of the states of cells in a theme. */
export type CellColours = Readonly<Record<CellName, Rgb>>;

/**
 * The pixel of each of the 256 cells there can be. The more of its time had a task, the fuller its colour; one that failed is seen however
 * short it was.
 */
export function paletteOf(colours: CellColours): Uint32Array {
  const palette = new Uint32Array(256);
  for (let cell = 0; cell < palette.length; cell++) palette[cell] = pixelOf(colourOf(cell, colours));
  return palette;
}

/** The colour of a cell. */
export function colourOf(cell: number, colours: CellColours): Rgb {
  const name = cellName(cell);
  if (name === "none" || name === "idle") return colours[name];
  const least = name === "failed" || name === "cut" ? 0.7 : 0.3;
  return mix(colours.idle, colours[name], least + (1 - least) * cellShare(cell));
}

/** Pixels of cells. There is room for all of them in `target`, or the rest is left out. */
export function paintCells(cells: Uint8Array, palette: Uint32Array, target: Uint32Array): void {
  const count = Math.min(cells.length, target.length);
  for (let i = 0; i < count; i++) target[i] = palette[cells[i] ?? 0] ?? 0;
}
