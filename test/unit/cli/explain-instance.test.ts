import { appendFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { instanceAsJson } from "../../../src/cli/explain-instance.ts";
import { idsOfInstances } from "../../../src/cli/ids-of-instances.ts";
import { filesOfRun, type RunFiles } from "../../../src/run/files/run-files.ts";
import { markInstances } from "../../../src/run/workflow/mark-instances.ts";
import { workflowHistory } from "../../../src/run/workflow/workflow-history.ts";
import { recordRun } from "../../support/recorded-run.ts";
import { scratchFolder } from "../node/process/scratch.ts";

const TEXT = `axes: {day: {open: true}}
tasks:
  a: {matrix: [day], run: test $day -gt 1}
  b: {matrix: [day], needs: a, run: echo b}
`;
const IDLE = { tasks: async () => ({ rows: [] }), task: async () => undefined, slots: async () => [] };

function row(id: number, name: string, returnCode: number): string {
  const flags = returnCode === 0 ? "    " : "R   ";
  return `${flags}\t${id}\t3\t0\tnode\t7\t${returnCode}\t0.100\t1.000\t1.100\t0\t''\t0\t''\t${name}\n`;
}

/** Two runs: of the first day, which failed, and of the second, which went well. */
async function twoRuns(): Promise<RunFiles> {
  const prefix = path.join(scratchFolder(), "o");
  const { status } = filesOfRun(prefix);
  const document = { file: `${prefix}.yaml`, text: TEXT };
  await recordRun(prefix, { ...document, goals: ["b[day=1]"] });
  appendFileSync(status, row(0, "a[day=1]", 1));
  await recordRun(prefix, { ...document, goals: ["b[day=2]"] });
  appendFileSync(status, row(2, "a[day=2]", 0) + row(3, "b[day=2]", 0));
  return filesOfRun(prefix);
}

async function told(files: RunFiles, name: string): Promise<unknown> {
  const explained = { files, followed: IDLE, words: ["disbatch"], say: () => undefined, attempts: () => [] };
  return JSON.parse(await instanceAsJson(name, explained));
}

test("what the last run was not asked for is explained by the last run that was", async () => {
  const files = await twoRuns();
  expect(await told(files, "a[day=1]")).toMatchObject({ run: 1, state: "failed" });
  expect(await told(files, "b[day=1]")).toMatchObject({ run: 1, state: "blocked", because: [{ name: "a[day=1]" }] });
  expect(await told(files, "b[day=2]")).toMatchObject({ run: 2, state: "done" });
  await expect(told(files, "b[day=3]")).rejects.toMatchObject({ code: "unknown-goal" });
  await expect(told(files, "c[day=1]")).rejects.toMatchObject({ code: "unknown-goal" });
});

test("its output is asked for, and it may be marked, as any instance of an open axis", async () => {
  const files = await twoRuns();
  appendFileSync(files.journal, `{"cmd":"a[day=1]","id":0}\n{"cmd":"a[day=2]","id":2}\n`);
  expect(await idsOfInstances(files, ["a[day=1]"], ["disbatch"])).toEqual([{ from: 0, to: 0 }]);
  await expect(idsOfInstances(files, ["a[day=7]"], ["disbatch"])).rejects.toMatchObject({ code: "not-run" });
  await expect(idsOfInstances(files, ["c[day=1]"], ["disbatch"])).rejects.toMatchObject({ code: "unknown-goal" });
  const names = ["a[day=1]", "a[day=7]", "b"];
  const marked = await markInstances(files, { done: true, names }, () => undefined);
  expect(marked).toEqual(["a[day=1]", "a[day=7]", "b[day=2]"]);
  expect(workflowHistory(files).last.marks).toMatchObject([{ done: true, instances: marked }]);
  const wrong = markInstances(files, { done: true, names: ["a[hour=1]"] }, () => undefined);
  await expect(wrong).rejects.toMatchObject({ code: "unknown-goal" });
});
