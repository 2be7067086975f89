import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { readCases } from "../support/case.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { faultsOf } from "../support/try-case.ts";

/** Those of documents are in `workflow-cases.test.ts`, so that both run side by side. */
const cases = readCases(path.join(import.meta.dirname, "cases")).filter(({ name }) => !name.startsWith("workflow-"));

describe.each(artifacts)("the $name", (artifact) => {
  test.each(cases)("$name: $about", async ({ folder, runs }) => {
    const workspace = openWorkspace();
    workspace.copyFrom(folder);
    for (const run of runs) expect(await faultsOf(run, artifact, workspace)).toEqual([]);
  });
});
