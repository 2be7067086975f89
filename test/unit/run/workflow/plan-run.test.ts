import { describe, expect, test } from "vitest";
import { planRun } from "../../../../src/run/workflow/plan-run.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { Numbering } from "../../../../src/workflows/graph/numbering.ts";
import { select } from "../../../../src/workflows/graph/selection.ts";
import type { Basis } from "../../../../src/workflows/history/basis.ts";
import { Past } from "../../../../src/workflows/history/past.ts";
import type { Verdict } from "../../../../src/workflows/source/checks.ts";
import { MadeFiles } from "../../../../src/workflows/source/made-files.ts";
import { RuleChecks } from "../../../../src/workflows/source/rule-checks.ts";
import { readText } from "../../../support/documents.ts";

type Before = Exclude<ReturnType<Basis["before"]>, undefined>;

interface Pretended {
  /** What earlier runs say of instances; all are done unless it is said. */
  readonly before?: Readonly<Record<string, Before | "never">>;
  /** What files say of cached instances; they are reused unless it is said. */
  readonly cached?: Readonly<Record<string, Verdict>>;
  /** Files that are not there. */
  readonly gone?: readonly string[];
  readonly from?: readonly string[];
}

const REUSED: Verdict = { fate: "reused", from: { run: 1, time: 1, node: "n" }, previous: undefined };

/** What a run would do with each instance, in a line. */
async function planned(
  text: string,
  { before = {}, cached = {}, gone = [], from = [] }: Pretended = {},
): Promise<string[]> {
  const { workflow } = await readText(text);
  const graph = Graph.of(workflow);
  const stateOf = (template: number, index: number): Before | undefined => {
    const state = before[graph.nameOf(template, index)] ?? "done";
    return state === "never" ? undefined : state;
  };
  const basis: Basis = {
    ...{ workflow, graph, selection: select(graph, [], from), past: new Past(), before: stateOf, growth: [] },
    reason: (template, index) => {
      const state = stateOf(template, index);
      if (state === "done") return undefined;
      if (state === "changed") return { kind: "changed", changes: [{ part: "command", how: "changed" }] };
      return { kind: state === undefined ? "never" : "failed" };
    },
    madeBefore: () => [],
    parseTasks: () => ({ templates: [], axes: [] }),
    numberFrom: (id) => {
      const numbering = new Numbering(id);
      for (const range of graph.ranges()) numbering.add(range);
      return numbering;
    },
  };
  const files = new MadeFiles(graph);
  const cache = {
    looksAt: () => true,
    check: ({ instance }: { instance: { template: number; index: number } }) =>
      Promise.resolve(cached[graph.nameOf(instance.template, instance.index)] ?? REUSED),
  };
  const timeOf = (path: string): number => (gone.includes(path) ? -1 : 1);
  const looks = { timeOf, newestIn: timeOf };
  const checks = new RuleChecks({ graph, files, looks, hasPast: true, cache });
  const { list, plan } = await planRun(basis, { run: 2, prefix: "/x/flow" }, { files, checks });
  expect(plan.templates.flatMap(({ counts }) => Object.values(counts)).reduce((a, b) => a + b, 0)).toBe(
    list(undefined, 99).instances.length,
  );
  return list(undefined, 99).instances.map(({ name, fate, reason }) => {
    const about =
      reason === undefined ? "" : "instance" in reason ? ` ${reason.kind} ${reason.instance}` : ` ${reason.kind}`;
    return `${name}: ${fate}${about}`;
  });
}

const CHAIN = `
tasks:
  a: {run: a, outputs: {x: a.txt}}
  b: {inputs: {x: a.x}, run: b, outputs: {x: b.txt}, cache: true}
  c: {inputs: {x: b.x}, run: c, outputs: {x: c.txt}}
  d: {inputs: {x: c.x}, run: d, outputs: {x: d.txt}, cache: true}
`;

const RAW_CHANGED: Verdict = {
  fate: "runs",
  reason: { kind: "changed", changes: [{ part: "input", name: "x", path: "a.txt", how: "missing" }] },
};

describe("a plan", () => {
  test("has nothing to run where all is as it was", async () => {
    expect(await planned(CHAIN)).toEqual(["a: stays", "b: reused", "c: stays", "d: reused"]);
  });

  test("does not say more than it can know of what follows a task that may make the same again", async () => {
    expect(await planned(CHAIN, { before: { a: "changed" } })).toEqual([
      "a: changed changed",
      "b: perhaps unless a",
      "c: perhaps if b",
      "d: perhaps unless c",
    ]);
    // That its input is not there now says nothing of what it will be.
    expect(await planned(CHAIN, { gone: ["a.txt"], cached: { b: RAW_CHANGED } })).toEqual([
      "a: changed changed",
      "b: perhaps unless a",
      "c: perhaps if b",
      "d: perhaps unless c",
    ]);
  });

  test("says what runs for sure, whatever is before it", async () => {
    const code: Verdict = {
      fate: "runs",
      reason: { kind: "changed", changes: [{ part: "code", path: "b.py", how: "changed" }] },
    };
    expect(await planned(CHAIN, { before: { a: "failed" }, cached: { b: code } })).toEqual([
      "a: failed",
      "b: changed changed",
      "c: again follows b",
      "d: perhaps unless c",
    ]);
    expect(await planned(CHAIN, { before: { a: "failed" }, gone: ["c.txt"] })).toEqual([
      "a: failed",
      "b: perhaps unless a",
      "c: changed changed",
      "d: perhaps unless c",
    ]);
    expect(await planned(CHAIN, { before: { a: "failed", c: "never" } })).toEqual([
      "a: failed",
      "b: perhaps unless a",
      "c: never",
      "d: perhaps unless c",
    ]);
  });

  test("goes by the rule of each task", async () => {
    const rules = `
tasks:
  a: {run: a, outputs: {x: a.txt}, doneWhen: outputs}
  b: {needs: a, run: b, outputs: {x: b.txt}, doneWhen: outputs}
  c: {needs: b, run: c}
`;
    expect(await planned(rules, { before: { a: "changed", b: "never" } })).toEqual([
      "a: stays",
      "b: stays",
      "c: stays",
    ]);
    expect(await planned(rules, { gone: ["a.txt"], before: { b: "changed" } })).toEqual([
      "a: changed changed",
      "b: again follows a",
      "c: again follows b",
    ]);
  });

  test("names what others have not made, and what waits for it", async () => {
    const external = `
tasks:
  raw: {external: true, outputs: {x: raw.txt}}
  a: {inputs: {x: raw.x}, run: a}
  b: {needs: a, if: failure, run: b}
`;
    expect(await planned(external, { gone: ["raw.txt"] })).toEqual([
      "raw: missing missing",
      "a: blocked",
      "b: again again",
    ]);
    expect(await planned(external)).toEqual(["raw: stays", "a: stays", "b: depends"]);
  });
});
