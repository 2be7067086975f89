import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesOfRun } from "../../../../src/run/files/run-files.ts";
import { planDocument } from "../../../../src/run/workflow/plan-document.ts";
import type { RunPlan } from "../../../../src/run/workflow/plan-run.ts";
import { recordRun } from "../../../support/recorded-run.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

const TEXT = 'name: flow\ntasks: {a: {run: "true"}}\n';
const OTHER = 'name: other\ntasks: {b: {run: "true"}}\n';

/** Plans a run of a document under a prefix. */
function planned(file: string, prefix: string, overwrite?: boolean): Promise<RunPlan> {
  const wanted = { goals: [], from: [], force: [], params: {}, archive: undefined, secretsFile: undefined };
  const how = { only: false, noCache: false, isPart: false, maxInstances: 1000 };
  const around = { env: {}, say: () => undefined, folder: path.dirname(file), overwrite };
  return planDocument({ file, ...wanted, ...how }, prefix, around);
}

test("a prefix that has the runs of another document is refused, as it is by the run, unless they are overwritten", async () => {
  const folder = scratchFolder();
  const prefix = path.join(folder, "run");
  const [file, other] = [path.join(folder, "flow.yaml"), path.join(folder, "other.yaml")];
  await recordRun(prefix, { file, text: TEXT });
  writeFileSync(other, OTHER);
  await expect(planned(other, prefix)).rejects.toMatchObject({
    code: "prefix-in-use",
    message: expect.stringContaining(`has the runs of another document, ${file}`),
  });
  expect((await planned(file, prefix)).plan.run).toBe(2);
  expect((await planned(other, prefix, true)).plan.run).toBe(1);
});

test("a prefix that a task file has run under is refused, too", async () => {
  const folder = scratchFolder();
  const prefix = path.join(folder, "run");
  const file = path.join(folder, "flow.yaml");
  writeFileSync(file, TEXT);
  writeFileSync(filesOfRun(prefix).status, "");
  await expect(planned(file, prefix)).rejects.toMatchObject({
    code: "prefix-in-use",
    message: expect.stringContaining("run_status.txt exists already"),
  });
  expect((await planned(file, prefix, true)).plan.run).toBe(1);
});
