import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  clampTop,
  LABEL_ROOM,
  laneAt,
  laneLabels,
  laneLayout,
  lanesInSight,
  lastTop,
  sideFor,
  topFor,
} from "../../../../src/page/slots/lane-layout.ts";
import { busyOf, cellsIn, laneSums } from "../../../../src/page/slots/lane-table.ts";
import { lanesFor } from "../../../../src/page/slots/lanes-shown.ts";
import { CELL } from "../../../../src/web/api/answers.ts";

test("every lane in sight can be pointed at, and only those", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 100, max: 900 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lanes, room, scrolled) => {
        const layout = laneLayout(lanes, room);
        const top = clampTop(Math.floor(scrolled * layout.all), layout);
        expect(top).toBeLessThanOrEqual(lastTop(layout));
        const { first, end } = lanesInSight(top, layout);
        expect(laneAt(0, top, layout)).toBe(first);
        expect(laneAt(layout.height - 1e-6, top, layout)).toBe(end - 1);
        expect(end).toBeLessThanOrEqual(lanes);
      },
    ),
  );
});

test("256 slots are in sight at once on a usual screen", () => {
  const layout = laneLayout(256, 600);
  expect(layout.height).toBe(layout.all);
});

test("a lane is scrolled to when it is out of sight, and only then", () => {
  const layout = laneLayout(1000, 400);
  expect(topFor(0, 0, layout)).toBe(0);
  expect(topFor(999, 0, layout)).toBe(lastTop(layout));
  expect(topFor(10, 0, layout)).toBe(0);
});

test("names beside lanes never lie on each other", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 2, max: 28 }),
      (nodes, slots, lane) => {
        const lanes = Array.from({ length: nodes * slots }, (_, i) => ({
          node: `n${Math.floor(i / slots)}`,
          slot: i % slots,
        }));
        const labels = laneLabels(lanes, { first: 0, end: lanes.length }, lane);
        expect(labels.length).toBeGreaterThan(0);
        labels.slice(1).forEach(({ at }, i) => {
          expect((at - (labels[i]?.at ?? 0)) * lane).toBeGreaterThanOrEqual(LABEL_ROOM);
        });
      },
    ),
  );
});

test("a node has one name for all its slots where they have no room for one each", () => {
  const lanes = [0, 1, 2, 3].map((slot) => ({ node: slot < 2 ? "a" : "b", slot }));
  expect(laneLabels(lanes, { first: 0, end: 4 }, 8)).toEqual([
    { name: "a", at: 0.5 },
    { name: "b", at: 2.5 },
  ]);
  expect(laneLabels(lanes, { first: 0, end: 4 }, 20).map(({ name }) => name)).toEqual(["a 0", "a 1", "b 2", "b 3"]);
});

test("names have as much room as they need, within bounds", () => {
  expect(sideFor(3, 1000)).toBe(48);
  expect(sideFor(8, 1000)).toBe(76);
  expect(sideFor(40, 390)).toBe(80);
});

test("lanes are nodes while there are many slots, until one looks closely", () => {
  const whole = { from: 0, to: 1000 };
  expect(lanesFor(256, whole, whole)).toBe("slot");
  expect(lanesFor(512, whole, whole)).toBe("node");
  expect(lanesFor(512, { from: 0, to: 100 }, whole)).toBe("slot");
  expect(lanesFor(20_000, { from: 0, to: 1 }, whole)).toBe("node");
});

test("the table adds up the cells that are seen, of each lane its own", () => {
  const picture = { from: 100, to: 108, px: 8 };
  const cell = (state: number, share: number): number => (state << 4) | share;
  const cells = Uint8Array.of(
    ...[0, 0, cell(CELL.idle, 0), cell(CELL.succeeded, 15), cell(CELL.failed, 15), cell(CELL.cut, 0), 0, 0],
    ...Array.from({ length: 8 }, () => cell(CELL.running, 15)),
  );
  expect(laneSums(cells, 0, picture, picture)).toEqual({ busy: 0.5, there: 4, idle: 2, failed: 1, cut: 1 });
  expect(laneSums(cells, 0, picture, { from: 103, to: 105 })).toEqual({
    busy: 1,
    there: 2,
    idle: 0,
    failed: 1,
    cut: 0,
  });
  expect(laneSums(cells, 0, picture, { from: 106, to: 108 }).busy).toBeUndefined();
  const both = [laneSums(cells, 0, picture, picture), laneSums(cells, 1, picture, picture)];
  expect(busyOf(both)).toBeCloseTo(1 - 2 / 12);
  expect(busyOf([])).toBeUndefined();
});

test("a span that lies beside the picture has no cells", () => {
  const { first, end } = cellsIn({ from: 0, to: 10, px: 10 }, { from: 50, to: 60 });
  expect(end - first).toBe(0);
});
