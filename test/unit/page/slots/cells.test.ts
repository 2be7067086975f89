import { expect, test } from "vitest";
import { mix, pixelOf, rgbOf } from "../../../../src/page/charts/colours.ts";
import {
  bytesOf,
  type CellColours,
  cellName,
  cellShare,
  colourOf,
  paintCells,
  paletteOf,
} from "../../../../src/page/slots/cells.ts";
import { CELL } from "../../../../src/web/api/answers.ts";

const COLOURS: CellColours = {
  none: [255, 255, 255],
  idle: [200, 200, 200],
  succeeded: [0, 160, 0],
  failed: [200, 0, 0],
  running: [0, 0, 200],
  cut: [200, 150, 0],
};

test("cells come as Base64, and what is none gives none", () => {
  const cells = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(bytesOf(Buffer.from(cells).toString("base64"))).toEqual(cells);
  expect(bytesOf("?")).toHaveLength(0);
});

test("each cell has its state and its share", () => {
  for (const name of ["none", "idle", "succeeded", "failed", "running", "cut"] as const) {
    expect(cellName((CELL[name] << 4) | 15)).toBe(name);
  }
  expect(cellName(15 << 4)).toBe("none");
  expect([cellShare(0x20), cellShare(0x2f)]).toEqual([0, 1]);
});

test("the more of its time had a task, the fuller the colour; a short failure is seen all the same", () => {
  expect(colourOf((CELL.succeeded << 4) | 15, COLOURS)).toEqual(COLOURS.succeeded);
  const [, , pale] = colourOf(CELL.succeeded << 4, COLOURS);
  const [, , fuller] = colourOf((CELL.succeeded << 4) | 8, COLOURS);
  expect(pale).toBeGreaterThan(fuller);
  const [, green] = colourOf(CELL.failed << 4, COLOURS);
  expect(green).toBeLessThan(80);
});

test("cells become pixels, as many as there is room for", () => {
  const palette = paletteOf(COLOURS);
  const target = new Uint32Array(3);
  paintCells(Uint8Array.of(0, CELL.idle << 4, (CELL.failed << 4) | 15, 1), palette, target);
  expect([...target]).toEqual([pixelOf(COLOURS.none), pixelOf(COLOURS.idle), pixelOf(COLOURS.failed)]);
  expect(pixelOf([1, 2, 3])).toBe(0xff_03_02_01);
});

test("colours of CSS are read, and those that cannot be are grey", () => {
  expect(rgbOf(" #3fa35a ")).toEqual([0x3f, 0xa3, 0x5a]);
  expect(rgbOf("#fa0")).toEqual([0xff, 0xaa, 0]);
  expect(rgbOf("rebeccapurple")).toEqual([128, 128, 128]);
  expect(mix([0, 0, 0], [200, 100, 50], 0.5)).toEqual([100, 50, 25]);
});
