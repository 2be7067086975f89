import { expect, test } from "vitest";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import type { PastRun } from "../../../../src/workflows/history/history.ts";
import { Outdated } from "../../../../src/workflows/history/outdated.ts";
import { Past } from "../../../../src/workflows/history/past.ts";
import type { Workflow } from "../../../../src/workflows/document/workflow.ts";
import { workflow } from "../../../support/workflow.ts";
import { pastRun } from "../../../support/past-run.ts";

const DONE = 1;
const FAILED = 3;

/** What ran in a run, in order; `!` for what failed. */
interface Ran extends Partial<Pick<PastRun, "from" | "only">> {
  readonly rows: readonly string[];
}

/** Names of instances that are done and have to run again, after these runs. @param isLate instances have numbers only afterwards. */
function outdatedAfter(document: Workflow, ran: readonly Ran[], isLate = false): string[] {
  const graph = Graph.of(document);
  const past = new Past();
  const runs = ran.map(({ rows, from = [], only = false }, i): PastRun => {
    for (const row of rows) {
      const name = row.replace("!", "");
      const found = graph.find(name);
      if (!("template" in found)) throw found;
      past.note(name, isLate ? undefined : found, row.endsWith("!") ? FAILED : DONE, { run: i + 1, isFollowed: !only });
    }
    return pastRun(i + 1, { from, only });
  });
  const outdated = new Outdated(graph, past, runs);
  const names: string[] = [];
  for (let template = 0; template < graph.templates; template++) {
    for (let index = 0; index < graph.size(template); index++) {
      const name = graph.nameOf(template, index);
      if (past.stateOf(template, index, () => name) === "done" && outdated.has(template, index)) names.push(name);
    }
  }
  return names;
}

const days = { kind: "range", from: 1, to: 4, step: 1 } as const;
const chain = workflow(
  { a: { axes: ["day"] }, b: { axes: ["day"], needs: ["a"] }, c: { needs: ["b"] } },
  { day: days },
);
const all = ["a[day=1]", "a[day=2]", "a[day=3]", "a[day=4]", "b[day=1]", "b[day=2]", "b[day=3]", "b[day=4]", "c"];

test.each([false, true])("what needs something that has run after it is outdated (late: %s)", (isLate) => {
  expect(outdatedAfter(chain, [{ rows: all }], isLate)).toEqual([]);
  expect(outdatedAfter(chain, [{ rows: all.slice(0, 6) }, { rows: all.slice(6) }], isLate)).toEqual([]);
  const second = { rows: ["a[day=2]", "a[day=3]", "b[day=3]"] };
  expect(outdatedAfter(chain, [{ rows: all }, second], isLate)).toEqual(["b[day=2]", "c"]);
  expect(outdatedAfter(chain, [{ rows: all }, second, { rows: ["b[day=2]"] }], isLate)).toEqual(["c"]);
  expect(outdatedAfter(chain, [{ rows: all }, second, { rows: ["b[day=2]", "c"] }], isLate)).toEqual([]);
});

test("what ran alone is followed by nothing", () => {
  expect(outdatedAfter(chain, [{ rows: all }, { rows: ["a[day=2]"], only: true, from: ["a"] }])).toEqual([]);
});

test("what a run was begun from, and has not come to, is outdated until it has run", () => {
  const from = ["b[day=1]", "b[day=3]", "gone[day=1]"];
  expect(outdatedAfter(chain, [{ rows: all }, { rows: [], from }])).toEqual(["b[day=1]", "b[day=3]"]);
  expect(outdatedAfter(chain, [{ rows: all }, { rows: ["b[day=1]"], from }])).toEqual(["b[day=3]", "c"]);
  expect(outdatedAfter(chain, [{ rows: all }, { rows: [], from: ["b"] }])).toEqual(all.slice(4, 8));
  expect(outdatedAfter(chain, [{ rows: all }, { rows: [], from }, { rows: ["b[day=1]", "b[day=3]", "c"] }])).toEqual(
    [],
  );
});

test("a window is outdated by each of its days, and others are not", () => {
  const window = workflow(
    { a: { axes: ["day"] }, w: { axes: ["day"], needs: [{ task: "a", shift: { day: [-1, 0] } }] } },
    { day: days },
  );
  const rows = [1, 2, 3, 4].flatMap((day) => [`a[day=${day}]`, `w[day=${day}]`]);
  expect(outdatedAfter(window, [{ rows }, { rows: ["a[day=2]"] }])).toEqual(["w[day=2]", "w[day=3]"]);
});

test("an alternative that is as old as the instance is what it was made from", () => {
  const either = workflow({ a: {}, b: {}, c: { any: [["a"], ["b"]] } });
  const first = { rows: ["a!", "b", "c"] };
  expect(outdatedAfter(either, [first, { rows: ["a"] }])).toEqual([]);
  expect(outdatedAfter(either, [first, { rows: ["a!"] }])).toEqual([]);
  expect(outdatedAfter(either, [first, { rows: ["b"] }])).toEqual(["c"]);
  expect(outdatedAfter(either, [first, { rows: ["a", "b"] }])).toEqual(["c"]);
});
