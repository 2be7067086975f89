import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BOX_HEIGHT, BOX_WIDTH, fitting, graphLayout } from "../../../../src/page/graph/graph-layout.ts";
import {
  chosenTemplates,
  countOf,
  countsText,
  sortedTemplates,
  stateParts,
} from "../../../../src/page/graph/template-counts.ts";

const tally = (name: string, counts: Record<string, number>) => ({ name, counts, isGrowing: false });

test("a bar begins with what is done and ends with what is to come, and leaves out states of which there is none", () => {
  const counts = { waiting: 5, running: 2, failed: 1, done: 9, skipped: 0 };
  expect(stateParts(counts).map(({ name }) => name)).toEqual(["done", "failed", "running", "waiting"]);
  expect(countsText(counts)).toBe("9 done, 1 failed, 2 running, 5 waiting");
  expect(countsText({})).toBe("no instances yet");
});

test("the list is sorted by name, by counts, or as the document has it", () => {
  const all = [tally("b10", { done: 1, failed: 2 }), tally("b9", { done: 7, ready: 50 }), tally("a", { killed: 5 })];
  const names = (by: string, descending = false): string[] =>
    sortedTemplates(all, by, descending).map(({ name }) => name);
  expect(names("name")).toEqual(["a", "b9", "b10"]);
  expect(names("failed", true)).toEqual(["a", "b10", "b9"]);
  expect(names("done", true)).toEqual(["b9", "b10", "a"]);
  expect(names("document")).toEqual(["b10", "b9", "a"]);
  expect(names("constructor", true)).toEqual(["a", "b9", "b10"]);
  expect(countOf(tally("x", { done: 1, ready: 3 }), "done")).toBe(1);
});

test("the list has the templates of a box alone, whatever their names, or those with a text", () => {
  const all = ["make", "test", "tidy"].map((name) => tally(name, {}));
  const names = (text: string, box?: { readonly templates: readonly string[] }): string[] =>
    chosenTemplates(all, text, box).map(({ name }) => name);
  expect(names("", { templates: ["make", "tidy"] })).toEqual(["make", "tidy"]);
  expect(names("T")).toEqual(["test", "tidy"]);
  expect(names("t", { templates: ["make", "tidy"] })).toEqual(["tidy"]);
});

test("no two boxes lie on each other, all lie within the graph, and edges end at boxes that are there", () => {
  const box = fc.record({ column: fc.nat(12), row: fc.nat(15) });
  fc.assert(
    fc.property(
      fc.uniqueArray(box, { minLength: 1, maxLength: 200, selector: ({ column, row }) => `${column} ${row}` }),
      (places) => {
        const boxes = places.map((place, i) => ({
          ...place,
          id: String(i),
          templates: [],
          counts: {},
          isGrowing: false,
        }));
        const layout = graphLayout({ boxes, edges: [{ from: "0", to: "nowhere" }] });
        expect(layout.edges).toEqual([]);
        const seen = [...layout.places.values()];
        for (const { x, y } of seen) {
          expect(x + BOX_WIDTH).toBeLessThanOrEqual(layout.width);
          expect(y + BOX_HEIGHT).toBeLessThanOrEqual(layout.height);
        }
        expect(new Set(seen.map(({ x, y }) => `${x} ${y}`)).size).toBe(boxes.length);
      },
    ),
  );
});

test("an edge that skips columns goes between rows, where no box stands", () => {
  const box = (id: string, column: number, row: number) => ({
    id,
    column,
    row,
    templates: [id],
    counts: {},
    isGrowing: false,
  });
  const boxes = [box("a", 0, 1), box("b", 1, 0), box("c", 1, 1), box("d", 2, 0)];
  const { edges, places } = graphLayout({ boxes, edges: [{ from: "a", to: "d" }] });
  const level = Number(/ (\S+)H/.exec(edges[0]?.path ?? "")?.[1]);
  const [above, below] = [places.get("b")?.y ?? 0, places.get("c")?.y ?? 0];
  expect(level).toBeGreaterThan(above + BOX_HEIGHT);
  expect(level).toBeLessThan(below);
});

test("a graph fits its room as long as it can be read", () => {
  expect(fitting({ width: 500 }, 1000)).toBe(1);
  expect(fitting({ width: 1250 }, 1000)).toBe(0.8);
  expect(fitting({ width: 9000 }, 1000)).toBe(0.6);
});
