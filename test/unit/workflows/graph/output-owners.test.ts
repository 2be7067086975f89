import * as fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { pathOf } from "../../../../src/workflows/document/path-of.ts";
import { readPath } from "../../../../src/workflows/document/path-text.ts";
import type { Template, TemplateFiles, Text } from "../../../../src/workflows/document/workflow.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { type ShortAxis, type ShortTask, workflow } from "../../../support/workflow.ts";

/** A normal path with places for axes, which stand in braces. */
function path(said: string): Text {
  const parts = said.split(/\{(\w+)\}/).map((part, i) => (i % 2 === 0 ? part : { axis: part }));
  const normal = readPath(
    parts.filter((part) => part !== ""),
    said,
  );
  if (!("path" in normal)) throw new Error(normal.message);
  return normal.path;
}

function files(outputs: readonly string[], more: Partial<TemplateFiles> = {}): Pick<Template, "files"> {
  const made = outputs.map((said, i) => ({ name: `o${i}`, path: path(said), isFolder: said.endsWith("/") }));
  const usual = { inputs: [], code: [], rule: "history", cacheEnv: [], isExternal: false } as const;
  return { files: { ...usual, outputs: made, ...more } };
}

function read(name: string, said: string): TemplateFiles["inputs"][number] {
  return { name, path: path(said), isFolder: said.endsWith("/") };
}

/** What is wrong when something is done: each mistake with its hint; or nothing. */
function mistakesOf(step: () => unknown): string[] {
  try {
    step();
    return [];
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "file-conflict") throw error;
    return error.diagnostics.map(({ message, hint }) => `${message} (${hint ?? ""})`);
  }
}

function mistakesIn(
  tasks: Readonly<Record<string, ShortTask>>,
  axes: Readonly<Record<string, ShortAxis>> = {},
): string[] {
  return mistakesOf(() => Graph.of(workflow(tasks, axes)));
}

const AXES = { a: ["1", "2", "3"], b: ["x", "y"] } as const;

test("outputs with all axes in their paths, or in other folders, are nobody else's", () => {
  const tasks = {
    one: { axes: ["a", "b"], ...files(["d/{a}/{b}.csv", "d/{a}/{b}.log", "e/{a}_{b}/"]) },
    two: { axes: ["a"], ...files(["d/{a}.csv", "f/{a}"]) },
    three: files(["d/sum.csv", "/d/1.csv", "e/all.txt"]),
  };
  expect(mistakesIn(tasks, AXES)).toEqual([]);
});

test("two tasks with one output, and an output in another one's folder, are told with what to do", () => {
  expect(mistakesIn({ a: files(["x"]), b: files(["x"]) })).toEqual([
    "a and b would both make x (give one of them another path)",
  ]);
  expect(mistakesIn({ a: files(["x/"]), b: files(["x/y/z"]) })).toEqual([
    "b would make x/y/z, in x, which a makes (give one of them another path)",
  ]);
  expect(mistakesIn({ a: files(["x/y"]), b: files(["x/"]) })).toEqual([
    "b would make x, and a x/y, which is in it (give one of them another path)",
  ]);
  expect(mistakesIn({ t: { axes: ["a", "b"], ...files(["d/{a}"]) } }, AXES)[0]).toBe(
    "t[a=1,b=x] and t[a=1,b=y] would both make d/1 (name all axes in the path)",
  );
});

test("values that make one path of two are found", () => {
  const axes = { a: ["x", "x_y"], b: ["z", "y_z"] };
  expect(mistakesIn({ t: { axes: ["a", "b"], ...files(["{a}_{b}"]) } }, axes)).toEqual([
    "t[a=x,b=y_z] and t[a=x_y,b=z] would both make x_y_z (name all axes in the path)",
  ]);
  const folders = { a: ["x", "./x"] };
  expect(mistakesIn({ t: { axes: ["a"], ...files(["{a}"]) } }, folders)).toEqual([
    "t[a=x] and t[a=./x] would both make x (name all axes in the path)",
  ]);
});

test("combinations that are excluded make nothing", () => {
  const task = { axes: ["a", "b"], exclude: [{ b: "y" }], ...files(["d/{a}"]) };
  expect(mistakesIn({ t: task }, AXES)).toEqual([]);
});

test("a generator that brings a file twice is refused, and brings nothing", () => {
  const axes = { g: { kind: "generated", by: "gen" }, b: ["x"] } as const;
  const graph = Graph.of(
    workflow({ gen: {}, t: { axes: ["g"], ...files(["d/{g}.csv"]) }, s: files(["d/sum.csv"]) }, axes),
  );
  expect(mistakesOf(() => graph.addValues(0, ["1", "2"]))).toEqual([]);
  expect(mistakesOf(() => graph.addValues(0, ["3", "sum"]))).toEqual([
    "s and t[g=sum] would both make d/sum.csv (give one of them another path)",
  ]);
  expect(graph.axisValues(0)).toEqual(["1", "2"]);
  expect(mistakesOf(() => graph.addValues(0, ["3", "./1"]))).toEqual([
    "t[g=1] and t[g=./1] would both make d/1.csv (name all axes in the path)",
  ]);
  expect(mistakesOf(() => graph.addValues(0, ["3", "4"]))).toEqual([]);
  expect(graph.count(1)).toBe(4);
});

test("tasks that are printed make no file of others", () => {
  const graph = Graph.of(workflow({ t: files(["x"]) }));
  const { templates } = workflow({ u: files(["y", "x"]) });
  expect(mistakesOf(() => graph.addTemplates(templates))).toEqual([
    "t and u would both make x (give one of them another path)",
  ]);
  expect(graph.templates).toBe(1);
  expect(mistakesOf(() => graph.addTemplates(workflow({ u: files(["y"]) }).templates))).toEqual([]);
});

test("instances that are asked for make no file twice", () => {
  const axes = { o: { kind: "open" } } as const;
  const graph = Graph.of(
    workflow({ t: { axes: ["o"], ...files(["x"]) }, u: { axes: ["o"], ...files(["u/{o}"]) } }, axes),
  );
  expect(mistakesOf(() => graph.ask(0, [["1"]]))).toEqual([]);
  expect(mistakesOf(() => graph.ask(0, [["1"]]))).toEqual([]);
  expect(mistakesOf(() => graph.ask(1, [["1", "2"]]))).toEqual([]);
  expect(mistakesOf(() => graph.ask(0, [["2"]]))).toEqual([
    "t[o=1] and t[o=2] would both make x (name all axes in the path)",
  ]);
});

test("a file that a task makes is no file of nobody", () => {
  const raw = { axes: ["a"], ...files(["raw/{a}.csv"]) };
  const plots = files(["plots/"]);
  const told = (said: string): string[] =>
    mistakesIn({ raw, plots, t: { axes: ["a"], ...files([], { inputs: [read("i", said)] }) } }, AXES);
  const hint = (output: string): string => `(write inputs: {i: ${output}}, so that it is made before)`;
  expect(told("raw/{a}.csv")).toEqual([`t: the input i, raw/\${a}.csv, is what the task raw makes ${hint("raw.o0")}`]);
  expect(told("raw/2.csv")).toEqual([`t: the input i, raw/2.csv, is what the task raw makes ${hint("raw.o0")}`]);
  expect(told("plots/x/y.png")).toEqual([
    `t: the input i, plots/x/y.png, is what the task plots makes ${hint("plots.o0")}`,
  ]);
  expect(told("plots/")).toHaveLength(1);
  expect(told("raw/")).toHaveLength(1);
  for (const other of ["raw/4.csv", "raw/{a}.txt", "x/{a}", "raw/x/1.csv", "raws/", "/raw/1.csv"])
    expect(told(other)).toEqual([]);
  const own = { ...files(["o"], { code: [path("o")] }) };
  expect(mistakesIn({ t: own })).toEqual([
    "t: the code o is what the task itself makes: its output o0 (leave one of them out)",
  ]);
  const seed = { axes: ["a"], exclude: [{ a: "1" }], ...files(["s/{a}"], { inputs: [read("i", "s/1")] }) };
  expect(mistakesIn({ t: seed }, AXES)).toEqual([]);
});

// Few characters, so that paths meet often.
const VALUE = fc.constantFrom("a", "b", "ab", "a-b", "b-", "a/b", "b/a", ".", "./a", "a//b", "..", "1", "12", "2");
const LITERAL = fc.constantFrom("a", "b", "-", "/", "x/", ".", "ab", "-b", "/a");
const AXIS = fc.constantFrom("{p}", "{q}");
const SAID = fc.array(fc.oneof(LITERAL, AXIS), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));

/** Paths of all instances of all templates; undefined for what is none. */
function allPaths(templates: readonly ShortTask[], values: Readonly<Record<string, readonly string[]>>): string[] {
  return templates.flatMap(({ axes = [], exclude = [], files: of }) => {
    let all: Record<string, string>[] = [{}];
    for (const axis of axes)
      all = all.flatMap((one) => (values[axis] ?? []).map((value) => ({ ...one, [axis]: value })));
    const there = all.filter((one) => !exclude.some((none) => Object.entries(none).every(([k, v]) => one[k] === v)));
    return there.flatMap((one) =>
      (of?.outputs ?? []).flatMap((output) => {
        const found = pathOf(output.path, one);
        return "path" in found ? [found.path] : [];
      }),
    );
  });
}

function meet(paths: readonly string[]): boolean {
  return paths.some((a, i) => paths.some((b, j) => i !== j && (a === b || b.startsWith(`${a}/`))));
}

const TASK = fc
  .record({
    outputs: fc.array(SAID, { minLength: 1, maxLength: 2 }),
    axes: fc.subarray(["p", "q"]),
    exclude: fc.option(fc.record({ p: VALUE }), { freq: 3 }),
  })
  .map(({ outputs, axes, exclude }): ShortTask | undefined => {
    const own = outputs.map((said) =>
      said.replaceAll(/\{(\w)\}/g, (place, axis: string) => (axes.includes(axis) ? place : "n")),
    );
    try {
      return { axes, exclude: exclude === null || !axes.includes("p") ? [] : [exclude], ...files(own) };
    } catch {
      return undefined;
    }
  });
const TASKS = fc.array(TASK, { minLength: 1, maxLength: 3 }).map((tasks) => tasks.filter((task) => task !== undefined));
const VALUES = fc.uniqueArray(VALUE, { minLength: 1, maxLength: 4 });

test("outputs are refused exactly when two instances would make one, or one in the other", () => {
  let [refused, taken] = [0, 0];
  fc.assert(
    fc.property(TASKS, VALUES, VALUES, (tasks, p, q) => {
      const isRefused = mistakesIn(Object.fromEntries(tasks.map((task, i) => [`t${i}`, task])), { p, q }).length > 0;
      expect(isRefused).toBe(meet(allPaths(tasks, { p, q })));
      if (isRefused) refused++;
      else taken++;
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(refused, taken)).toBeGreaterThan(300);
});

test("the same of values that come one by one: those that are refused are as if they had never come", () => {
  fc.assert(
    fc.property(TASKS, VALUES, fc.array(fc.tuple(fc.boolean(), VALUE), { maxLength: 8 }), (tasks, p, steps) => {
      const named = Object.fromEntries(tasks.map((task, i) => [`t${i}`, task]));
      const generated = { p: { kind: "generated", by: "g" }, q: { kind: "generated", by: "g" } } as const;
      const values: { p: string[]; q: string[] } = { p: [], q: [] };
      let graph: Graph | undefined;
      const wrong = mistakesOf(() => (graph = Graph.of(workflow({ g: {}, ...named }, generated))));
      expect(wrong.length > 0).toBe(meet(allPaths(tasks, values)));
      if (graph === undefined) return;
      const grown: Graph = graph;
      for (const [isP, value] of [...p.map((one) => [true, one] as const), ...steps]) {
        const axis = isP ? "p" : "q";
        if (values[axis].includes(value)) continue;
        const next = { ...values, [axis]: [...values[axis], value] };
        const isRefused = mistakesOf(() => grown.addValues(isP ? 0 : 1, [value])).length > 0;
        expect(isRefused).toBe(meet(allPaths(tasks, next)));
        if (!isRefused) values[axis].push(value);
      }
    }),
    { numRuns: 1500 },
  );
});
