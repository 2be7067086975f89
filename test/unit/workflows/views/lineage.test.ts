import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineageLines } from "../../../../src/faces/workflow/lineage-lines.ts";
import { columnsOf } from "../../../../src/faces/terminal/text.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { outputAt, pathsOf, readersOf } from "../../../../src/workflows/views/files-of.ts";
import { type Lineage, type LineageFacts, lineageOf } from "../../../../src/workflows/views/lineage.ts";
import { PathPattern } from "../../../../src/workflows/views/path-pattern.ts";
import { textWith } from "../../../../src/workflows/document/placed-text.ts";
import { readText } from "../../../support/documents.ts";

const FLOW = `
axes: {day: {from: 1, to: 3}}
tasks:
  raw:
    external: true
    matrix: [day]
    outputs: {csv: "raw/\${day}.csv"}
  clean:
    matrix: [day]
    inputs: {raw: raw.csv, table: {file: tables/all.txt}}
    code: [clean.py]
    run: "true"
    outputs: {csv: "clean/\${day}.csv", plots: "plots/\${day}/"}
  smooth:
    matrix: [day]
    inputs: {days: {from: clean.csv, match: {day: {from: day - 1, to: day}}}}
    run: "true"
    outputs: {csv: "smooth/\${day}.csv"}
  report:
    inputs: {days: smooth.csv}
    run: "true"
    outputs: {html: report.html}
`;

const NO_FACTS: LineageFacts = { workOf: () => undefined, nowOf: () => undefined };
const LIMITS = { depth: 5, most: 10 };

async function flow(text = FLOW): Promise<Graph> {
  return Graph.of((await readText(text)).workflow);
}

async function lineage(path: string, limits = LIMITS, facts = NO_FACTS): Promise<Lineage | undefined> {
  return lineageOf(await flow(), path, limits, facts);
}

describe("the lineage of a file", () => {
  test("goes back to what no task makes, and on to the last of what was made from it", async () => {
    const told = await lineage("clean/2.csv");
    expect(told).toMatchObject({
      path: "clean/2.csv",
      madeBy: {
        instance: "clean[day=2]",
        output: "csv",
        from: {
          list: [
            { kind: "input", name: "raw", path: "raw/2.csv", madeBy: { instance: "raw[day=2]", isExternal: true } },
            { kind: "input", name: "table", path: "tables/all.txt" },
            { kind: "code", path: "clean.py" },
          ],
        },
      },
      readBy: {
        list: [
          { instance: "smooth[day=2]", input: "days", makes: ["smooth/2.csv"] },
          { instance: "smooth[day=3]", input: "days", makes: ["smooth/3.csv"] },
        ],
      },
    });
    const [first, second] = told?.readBy.list ?? [];
    expect(first?.readBy.list).toMatchObject([{ instance: "report", makes: ["report.html"], isRepeated: false }]);
    expect(second?.readBy.list).toMatchObject([{ instance: "report", isRepeated: true }]);
  });

  test("of a file in a folder is that of the folder", async () => {
    expect(await lineage("plots/3/a/b.png")).toMatchObject({
      path: "plots/3",
      madeBy: { instance: "clean[day=3]", output: "plots" },
      readBy: { list: [], more: 0 },
    });
  });

  test("of a file that no task makes is who reads it", async () => {
    const table = await lineage("tables/all.txt");
    expect(table?.madeBy).toBeUndefined();
    expect(table?.readBy.list.map(({ instance }) => instance)).toEqual([
      "clean[day=1]",
      "clean[day=2]",
      "clean[day=3]",
    ]);
    expect((await lineage("clean.py", { depth: 1, most: 2 }))?.readBy).toMatchObject({
      list: [{ input: undefined, readBy: { list: [], more: 2 } }, {}],
      more: 1,
    });
  });

  test("is none of a file that the document does not know", async () => {
    for (const path of ["raw/4.csv", "clean/2.csv/x", "report.htm", "plots", ""])
      expect(await lineage(path)).toBeUndefined();
  });

  test("is told as far as the limits go, and counts the rest", async () => {
    expect((await lineage("report.html", { depth: 1, most: 2 }))?.madeBy).toMatchObject({
      from: { list: [{ path: "smooth/1.csv", madeBy: { from: { list: [], more: 1 } } }, {}], more: 1 },
    });
  });

  test("has what records and files tell of each instance", async () => {
    const asked: string[] = [];
    const told = await lineage("clean/1.csv", LIMITS, {
      workOf: (instance) => (instance === "raw[day=1]" ? undefined : { run: 2, time: 5, node: "n" }),
      nowOf: ({ instance, name, path }) => {
        asked.push([instance, name, path].join(" "));
        return "same";
      },
    });
    expect(told?.madeBy).toMatchObject({ work: { run: 2, time: 5, node: "n" }, now: "same" });
    expect(asked).toContain("raw[day=1] csv raw/1.csv");
  });
});

test("a file is found by its normal path, whatever the value of the axis looks like", async () => {
  const told = await flow(`
axes: {day: [a//b, ./c]}
tasks: {clean: {matrix: [day], run: "true", outputs: {csv: "clean/\${day}.csv"}}}
`);
  expect(lineageOf(told, "clean/a/b.csv", LIMITS, NO_FACTS)?.madeBy?.instance).toBe("clean[day=a//b]");
  expect(lineageOf(told, "clean/c.csv", LIMITS, NO_FACTS)?.madeBy?.instance).toBe("clean[day=./c]");
});

describe("the lines of a lineage", () => {
  test("are a tree", async () => {
    const facts: LineageFacts = {
      workOf: (instance) => (instance.startsWith("raw") ? undefined : { run: 2, node: "myhost" }),
      nowOf: ({ name, instance }) => (instance.startsWith("raw") ? "missing" : name === "csv" ? "same" : undefined),
    };
    const told = await lineage("clean/2.csv", LIMITS, facts);
    if (told === undefined) throw new Error("there is one");
    expect(lineageLines({ ...told, workflow: "flow", prefix: "/x/flow", run: 3 }, undefined)).toEqual([
      "clean/2.csv of flow, run 3",
      "  made by clean[day=2] in run 2, on myhost; still what was made",
      "    from raw, raw/2.csv",
      "      others make it, as raw[day=2]; not there now",
      "    from table, tables/all.txt",
      "    from code clean.py",
      "  read by smooth[day=2] as days, done in run 2; makes smooth/2.csv",
      "    read by report as days, done in run 2; makes report.html",
      "  read by smooth[day=3] as days, done in run 2; makes smooth/3.csv",
      "    read by report as days, done in run 2; makes report.html; what reads that stands above",
    ]);
  });

  test("fit a terminal of 40 columns, and act on none", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), (name) => {
        const readBy = {
          list: [{ instance: name, input: name, makes: [name], readBy: { list: [], more: 3 }, isRepeated: true }],
          more: 1,
        };
        const lines = lineageLines({ path: name, readBy, workflow: name, prefix: "/x", run: 1 }, 40);
        // oxlint-disable-next-line no-control-regex
        expect(lines.every((line) => !/[\u0000-\u001f\u007f-\u009f]/.test(line))).toBe(true);
      }),
    );
    const readBy = { list: [], more: 0 };
    const lines = lineageLines({ path: "a b ".repeat(40), readBy, workflow: "flow", prefix: "/x", run: 1 }, 40);
    expect(lines.every((line) => columnsOf(line) <= 40)).toBe(true);
  });
});

describe("paths of instances", () => {
  test("are found again, whatever values axes have", () => {
    const value = fc.string({ minLength: 1, maxLength: 6, unit: "grapheme" });
    const part = fc.oneof(fc.constantFrom("a/", ".", "+(", "x"), fc.constantFrom({ axis: "p" }, { axis: "q" }));
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 6 }),
        value,
        value,
        fc.boolean(),
        (text, p, q, isFolder) => {
          const path = textWith(text, { p, q });
          for (const inside of isFolder ? ["", "/x/y"] : [""]) {
            const values = new PathPattern(text, isFolder).match(`${path}${inside}`);
            expect(values).toBeDefined();
            expect(`${path}${inside}`.startsWith(textWith(text, values ?? {}))).toBe(true);
          }
        },
      ),
    );
  });

  test("that may be read in two ways belong to the instance that there is", async () => {
    const graph = await flow(`
tasks:
  a: {matrix: {p: ["1", "11", "a/b"], q: ["1", "2"]}, run: "true", outputs: {x: "o/\${p}\${q}"}}
`);
    const named = (path: string): string | undefined => {
      const found = outputAt(graph, path);
      return found === undefined ? undefined : graph.nameOf(found.instance.template, found.instance.index);
    };
    expect(named("o/112")).toBe("a[p=11,q=2]");
    expect(named("o/a/b1")).toBe("a[p=a/b,q=1]");
    expect(named("o/31")).toBeUndefined();
  });

  test("are listed up to a limit", async () => {
    const graph = await flow();
    expect([...pathsOf(graph, 4)]).toEqual(["raw/1.csv", "raw/2.csv", "raw/3.csv", "clean/1.csv"]);
    expect([...readersOf(graph, "report.html")]).toEqual([]);
  });
});
