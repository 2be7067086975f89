import { expect, test } from "vitest";
import { PastChecks, type RunRecords } from "../../../../src/run/workflow/past-checks.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import type { Checks, Verdict } from "../../../../src/workflows/source/checks.ts";
import { readText } from "../../../support/documents.ts";

const FLOW = 'tasks: {a: {cache: true, run: "true", outputs: {x: x.txt}}}';

const NOW: Checks = { looksAt: () => true, check: () => expect.unreachable("the records tell") };

async function verdict(decisions: RunRecords["decisions"], earlier: "done" | "failed" = "done"): Promise<Verdict> {
  const graph = Graph.of((await readText(FLOW)).workflow);
  const checks = new PastChecks(graph, NOW, { hasRun: () => false, decisions, reused: new Set() });
  return checks.check({ instance: { template: 0, index: 0 }, isNew: false, earlier, isForced: false });
}

test("a cached instance that no record of the run names could run, unless the run had more to tell than is kept", async () => {
  expect(await verdict([])).toMatchObject({ fate: "runs" });
  expect(await verdict([{ type: "reused", run: 1, instances: ["a"] }])).toMatchObject({ fate: "reused" });
  expect(await verdict([{ type: "more" }])).toEqual({ fate: "done" });
  expect(await verdict([{ type: "more" }], "failed")).toMatchObject({ fate: "runs" });
});
