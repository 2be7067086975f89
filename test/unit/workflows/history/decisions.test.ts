import { appendFileSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decisionsIn, decisionsOf } from "../../../../src/workflows/history/decisions.ts";
import { GatheredDecisions } from "../../../../src/workflows/history/gathered-decisions.ts";
import { HistoryFile } from "../../../../src/workflows/history/history-file.ts";
import { readHistory } from "../../../../src/workflows/history/history.ts";
import type { HistoryRecord } from "../../../../src/workflows/history/record.ts";
import { pastRun } from "../../../support/past-run.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";

const RAW_CHANGED = {
  type: "why",
  reason: { kind: "changed", changes: [{ part: "input", name: "raw", path: "raw/1", how: "changed" }] },
} as const;

/** What such a file begins with. */
function first(run: number): HistoryRecord[] {
  const { growth: _, marks: __, ...record } = pastRun(run);
  return [{ type: "document", digest: "d", archive: { root: "w.yaml", texts: {} } }, record];
}

test("instances of which the same is told share a record, and what runs for the first time has none", () => {
  const gathered = new GatheredDecisions();
  gathered.add(RAW_CHANGED, () => "a");
  gathered.add({ type: "why", reason: { kind: "never" } }, () => expect.unreachable("nobody wants its name"));
  gathered.add({ type: "reused", run: 2 }, () => "b");
  gathered.add({ ...RAW_CHANGED, reason: { ...RAW_CHANGED.reason } }, () => "c");
  expect(gathered.size).toBe(3);
  expect(gathered.take()).toEqual([
    { ...RAW_CHANGED, instances: ["a", "c"] },
    { type: "reused", run: 2, instances: ["b"] },
  ]);
  expect([gathered.size, gathered.take()]).toEqual([0, []]);
});

test("a record has a thousand names at most, a run a hundred thousand, and values are cut", () => {
  const gathered = new GatheredDecisions();
  for (let i = 0; i < 100_500; i++) gathered.add({ type: "why", reason: { kind: "forced" } }, () => `t[i=${i}]`);
  const records = gathered.take();
  expect(records.map((record) => (record.type === "more" ? "more" : record.instances.length))).toEqual([
    ...Array.from({ length: 100 }, () => 1000),
    "more",
  ]);
  gathered.add({ type: "why", reason: { kind: "forced" } }, () => "u");
  expect(gathered.take()).toEqual([]);
  const other = new GatheredDecisions();
  const long = { part: "param", name: "n", how: "changed", before: "x".repeat(9999), after: "y" } as const;
  other.add({ type: "why", reason: { kind: "changed", changes: Array.from({ length: 99 }, () => long) } }, () => "a");
  expect(JSON.stringify(other.take()).length).toBeLessThan(10_000);
});

test("what was decided comes back by instance and by run, and the rest of the history does not mind it", async () => {
  const path = scratchFile("w_workflow.jsonl");
  const file = HistoryFile.open(path);
  file.append(...first(1));
  file.decided(RAW_CHANGED, () => 'a[x="]"]');
  file.decided({ type: "missing", path: "raw/2" }, () => "b");
  file.append({ type: "more" });
  file.append({ type: "values", by: "days", attempt: 1, values: ["1"], offset: 2 });
  file.append(...first(2));
  file.decided({ type: "reused", run: 1 }, () => 'a[x="]"]');
  await file.close();
  expect(decisionsOf(path, 'a[x="]"]')).toEqual([
    { run: 1, decision: { ...RAW_CHANGED, instances: ['a[x="]"]'] } },
    { run: 1, decision: { type: "more" } },
    { run: 2, decision: { type: "reused", run: 1, instances: ['a[x="]"]'] } },
  ]);
  expect(decisionsIn(path, 1).map(({ type }) => type)).toEqual(["why", "missing", "more"]);
  expect(decisionsOf(path, "c")).toEqual([{ run: 1, decision: { type: "more" } }]);
  const history = readHistory(path, ({ message }) => expect.unreachable(message));
  expect(history?.runs.map(({ growth }) => growth.length)).toEqual([1, 0]);
});

test("records that are torn, of another kind or of a later version are passed over, and so is a file that is not there", async () => {
  const path = scratchFile("w_workflow.jsonl");
  const file = HistoryFile.open(path);
  file.append(...first(1));
  await file.close();
  const why = { type: "why", reason: { kind: "changed", changes: [{ part: "colour", how: "new" }] }, instances: ["a"] };
  appendFileSync(path, `${JSON.stringify(why)}\n{"type":"why","instances":["a"\n{"type":"reused","instances":["a"]}`);
  expect(decisionsOf(path, "a")).toEqual([]);
  expect(decisionsOf(`${path}.none`, "a")).toEqual([]);
});

test("many decisions are written together, not one by one, and within a moment", async () => {
  const path = scratchFile("w_workflow.jsonl");
  const file = HistoryFile.open(path);
  file.append(...first(1));
  const size = readFileSync(path).length;
  for (let i = 0; i < 500; i++) {
    file.decided({ type: "why", reason: { kind: "failed" } }, () => `t[i=${i}]`);
    file.commit();
  }
  expect(readFileSync(path)).toHaveLength(size);
  await expect.poll(() => decisionsOf(path, "t[i=499]")).toHaveLength(1);
  expect(decisionsIn(path, 1)).toHaveLength(1);
  await file.close();
});
