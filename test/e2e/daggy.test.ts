import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/** A task that says its name. */
const said = (text: string): readonly string[] => ["sh", "-c", `echo ${text} >> log`];

/** As Daggy's README has its documents: parameters, edges on either side, and a task that prints tasks. */
const PIPELINE = {
  parameters: { DATE: ["2031-01-01", "2031-01-02"], OUT: "o'ut" },
  tasks: {
    prepare: { job: { command: ["mkdir", "{{OUT}}"] }, children: ["calc"] },
    calc: { job: { command: ["touch", "{{OUT}}/{{DATE}}"] }, maxRetries: 1 },
    gen: { job: { command: ["cat", "printed.json"] }, isGenerator: true, parents: ["calc"] },
    report: { job: { commandString: `sh -c 'ls "$0" >> log' "{{OUT}}"` }, parents: ["gen"] },
  },
};
const PRINTED = {
  "each day": { job: { command: said("{{DATE}}") }, children: ["report"] },
  late: { job: { command: said("late") }, parents: ["report"] },
};

const RUN = ["run", "-s", "localhost:2", "--progress", "none", "--format", "daggy", "flow.json"];

describe.each(artifacts)("with the $name", (artifact) => {
  const place = (): Workspace => {
    const workspace = openWorkspace();
    workspace.write("flow.json", JSON.stringify(PIPELINE));
    workspace.write("printed.json", JSON.stringify(PRINTED));
    return workspace;
  };
  const shown = async (workspace: Workspace, code: number, ...args: readonly string[]) => {
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), error: run.stderr() }).toMatchObject({ code });
    return { out: run.stdout(), error: run.stderr() };
  };
  const logOf = (workspace: Workspace): string[] => workspace.read("log").split("\n").slice(0, -1);

  test("a document of Daggy runs with the tasks that are printed, and a later run finds all done", async () => {
    const workspace = place();
    const plan = await shown(workspace, 0, "plan", "--format", "daggy", "flow.json");
    expect(plan.out).toContain("5 instances to run");
    await shown(workspace, 0, ...RUN);
    const log = logOf(workspace);
    expect(log.slice(0, 2).toSorted()).toEqual(["2031-01-01", "2031-01-02"]);
    expect(log.slice(2)).toEqual(["2031-01-01", "2031-01-02", "late"]);
    const again = await shown(workspace, 0, ...RUN);
    expect(again.error).toContain("8 instances done already");
    expect(logOf(workspace)).toEqual(log);
  });

  test("tasks that cannot be taken fail the generator, and a retry reads the file in its format again", async () => {
    const workspace = place();
    workspace.write("printed.json", JSON.stringify({ calc: { job: { command: ["true"] } } }));
    const failed = await shown(workspace, 1, ...RUN);
    expect(failed.error).toContain("there is a task of this name already");
    workspace.write("printed.json", JSON.stringify(PRINTED));
    await shown(workspace, 0, "retry", "-s", "localhost:2", "--progress", "none", "flow");
    expect(logOf(workspace)).toHaveLength(5);
  });

  test("what is printed as YAML runs the same", async () => {
    const workspace = place();
    const { out } = await shown(workspace, 0, "import", "daggy", "flow.json");
    workspace.write("same.yaml", out);
    await shown(workspace, 0, "run", "-s", "localhost:2", "--progress", "none", "same.yaml");
    expect(logOf(workspace)).toHaveLength(5);
  });
});
