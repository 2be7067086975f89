import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

/** As Stolos's README has its apps: those without a template have the default one. */
const APPS = `{
  "app1": {"bash_cmd": "echo {app_name} {job_id} >> log"},
  "app2": {
    "depends_on": {"app_name": ["app1"]},
    "valid_if_or": {"collection_name": ["profile", "purchase"]},
    "bash_cmd": "echo {app_name} {job_id} >> log"
  },
  "app3": {
    "job_id": "{date}_{testID}",
    "autofill_values": {"testID": ["A", "B"]},
    "depends_on": {
      "app_name": ["app1", "app2"],
      "client_id": [876, 1011],
      "collection_name": ["profile"]
    },
    "bash_cmd": "echo {app_name} '{date}' {testID} >> log; [ {date} != 20140603 ]",
    "max_retry": 1
  }
}
`;

const FORM = ["--format", "stolos", "--job-id-template", "{date}_{client_id}_{collection_name}"];
const RUN = ["run", "-s", "localhost:2", "--progress", "none", ...FORM, "tasks.json"];

describe.each(artifacts)("with the $name", (artifact) => {
  const place = (): Workspace => {
    const workspace = openWorkspace();
    workspace.write("tasks.json", APPS);
    return workspace;
  };
  const shown = async (workspace: Workspace, code: number, ...args: readonly string[]) => {
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), error: run.stderr() }).toMatchObject({ code });
    return { out: run.stdout(), error: run.stderr() };
  };
  const logOf = (workspace: Workspace): string[] => workspace.read("log").split("\n").slice(0, -1).toSorted();

  test("a job of Stolos runs with all that it needs, and a later run goes on", async () => {
    const workspace = place();
    const plan = await shown(workspace, 0, "plan", ...FORM, "tasks.json", "app3:20140601_A");
    expect(plan.out).toContain("5 instances to run");
    await shown(workspace, 0, ...RUN, "app3:20140601_A");
    const first = [
      ...["app1 20140601_1011_profile", "app1 20140601_876_profile"],
      ...["app2 20140601_1011_profile", "app2 20140601_876_profile", "app3 20140601 A"],
    ];
    expect(logOf(workspace)).toEqual(first);
    await shown(workspace, 0, ...RUN, "app3:20140601_B");
    expect(logOf(workspace)).toEqual([...first, "app3 20140601 B"]);
    const explained = await shown(workspace, 0, "explain", "tasks", "app3:20140601_B");
    expect(explained.out).toContain("needs 4 instances: 4 done");
  });

  test("from a job all runs that depends on it, and jobs that are not valid are skipped", async () => {
    const workspace = place();
    await shown(workspace, 0, ...RUN, "--from", "app1:20140602_876_purchase");
    expect(logOf(workspace)).toEqual(["app1 20140602_876_purchase", "app2 20140602_876_purchase"]);
    const skipped = await shown(workspace, 0, ...RUN, "app2:20140602_1_content", "app1:20140602_9_x");
    expect(skipped.error).toContain("1 skipped");
    const explained = await shown(workspace, 0, "explain", "tasks", "app2:20140602_1_content");
    expect(explained.out).toContain("because the when of its task has other values");
    await shown(workspace, 0, ...RUN, "--from", "app1:20140602_876_profile");
    expect(logOf(workspace)).toEqual(
      expect.arrayContaining(["app1 20140602_1011_profile", "app3 20140602 A", "app3 20140602 B"]),
    );
  });

  test("what has failed is tried again by the command that the run shows", async () => {
    const workspace = place();
    const run = await shown(workspace, 1, ...RUN, "app3:20140603_A");
    const hint = /retry .*$/m.exec(run.error)?.[0] ?? "";
    expect(hint).not.toContain("--format");
    await shown(workspace, 1, "retry", "-s", "localhost:2", "--progress", "none", "tasks");
    expect(logOf(workspace).filter((line) => line === "app3 20140603 A")).toHaveLength(2);
  });

  test("names that no job has are refused", async () => {
    const workspace = place();
    const wrong = await shown(workspace, 2, ...RUN, "app3:20140601");
    expect(wrong.error).toContain('"app3:20140601" is no job of app3, whose template is "{date}_{testID}"');
    const none = await shown(workspace, 2, ...RUN, "app3:20140601_C");
    expect(none.error).toContain('"C" is no value of the axis testID of app3');
    const useless = await shown(workspace, 2, "run", "--groups", "all", "tasks.json");
    expect(useless.error).toContain("--groups goes with --format stolos");
  });

  test("what is printed runs without Stolos's words", async () => {
    const workspace = place();
    const { out } = await shown(workspace, 0, "import", "stolos", ...FORM.slice(2), "tasks.json");
    workspace.write("flow.yaml", out.replace("name: tasks", "name: flow"));
    await shown(workspace, 0, "run", "-s", "localhost:2", "--progress", "none", "flow.yaml", "app3[date=1,testID=A]");
    expect(logOf(workspace)).toHaveLength(5);
  });
});
