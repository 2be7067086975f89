import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { paste } from "../support/hints.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const FLOW = `name: flow
params: {n: {type: int, default: 3}}
tasks:
  days: {generates: day, run: for ((i = 1; i <= n; i++)); do echo "d$i"; done}
  fetch: {matrix: [day], run: echo "$day"}
  clean: {matrix: [day], needs: fetch, run: '[ "$day" != d2 ] || [ -e mended ] || { echo no reading; exit 1; }'}
  report: {needs: clean, run: echo report}
  tell: {needs: report, if: always, run: echo "$STATE_report"}
`;

const RUN = ["run", "-s", "localhost:2", "--progress", "none"];

describe.each(artifacts)("with the $name", (artifact) => {
  const flow = (text = FLOW): Workspace => {
    const workspace = openWorkspace();
    workspace.write("flow.yaml", text);
    return workspace;
  };
  const output = async (workspace: Workspace, ...args: readonly string[]): Promise<string> => {
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), error: run.stderr() }).toMatchObject({ code: 0 });
    return run.stdout();
  };
  const refused = async (workspace: Workspace, ...args: readonly string[]): Promise<string> => {
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), shown: run.stdout() }).toMatchObject({ code: 2, shown: "" });
    return run.stderr();
  };

  test("graph draws the tasks of a document, and its instances up to a limit", async () => {
    const workspace = flow();
    expect(await output(workspace, "graph", "flow.yaml")).toBe(`digraph "flow" {
  rankdir=LR;
  node [shape=box];
  "days" [label="days\\nmakes day"];
  "fetch" [label="fetch[day]\\n?"];
  "clean" [label="clean[day]\\n?"];
  "report" [label="report"];
  "tell" [label="tell"];
  "days" -> "fetch" [label="day", style=dashed];
  "fetch" -> "clean";
  "clean" -> "report";
  "report" -> "tell";
}
`);
    expect(await output(workspace, "graph", "flow.yaml", "--format", "mermaid")).toContain("  n1 --> n2\n");
    workspace.write("many.yaml", 'tasks: {a: {matrix: {i: {from: 1, to: 1000000}}, run: "true"}}\n');
    const drawn = JSON.parse(
      await output(workspace, "graph", "many.yaml", "--instances", "--format", "json", "--limit", "2"),
    );
    expect(drawn).toMatchObject({ nodes: [{ name: "a[i=1]" }, { name: "a[i=2]" }], more: 999_998 });
  });

  test("graph refuses what is no document, and what has too many instances", async () => {
    const workspace = flow();
    expect(await refused(workspace, "graph", "none.yaml")).toMatch(/cannot read none\.yaml: /);
    workspace.write("wrong.yaml", "tasks: {a: {needs: b, run: x}, b: {needs: a, run: x}}\n");
    expect(await refused(workspace, "graph", "wrong.yaml")).toMatch(/wrong\.yaml.*a.*b/s);
    workspace.write("many.yaml", 'tasks: {a: {matrix: {i: {from: 1, to: 10}}, run: "true"}}\n');
    expect(await refused(workspace, "graph", "many.yaml", "--max-instances", "9")).toContain("10 instances");
  });

  test("plan counts by task and reason, says what only generators will tell, and writes nothing", async () => {
    const workspace = flow();
    const shown = await output(workspace, "plan", "flow.yaml");
    expect(shown.split("\n").filter((line) => line !== "")).toEqual([
      "flow, run 1: 3 instances to run so far, 0 already done",
      "task    all  never ran",
      "days      1          1",
      "fetch     ?",
      "clean     ?",
      "report    1          1",
      "tell      1          1",
      "days will tell how many instances there are of fetch, clean",
    ]);
    expect(readdirSync(workspace.folder)).toEqual(["flow.yaml"]);
  });

  test("a failing day is planned, told, explained, mended, run again, and seen in the difference", async () => {
    const workspace = flow();
    expect(await workspace.run(artifact, [...RUN, "flow.yaml"]).exited).toMatchObject({ code: 1 });
    expect(await output(workspace, "status", "flow")).toMatch(
      /^flow: run 1 of .*flow\.yaml, ended, begun .*\n7 of 9 instances done, 1 failed, 1 blocked/m,
    );
    const status = JSON.parse(await output(workspace, "status", "flow", "--json"));
    expect(status).toMatchObject({ run: 1, state: "ended", templates: { more: 0 } });
    expect(status.templates.list).toContainEqual({ name: "clean", counts: { done: 2, failed: 1 }, isGrowing: false });
    const report = await output(workspace, "explain", "flow", "report");
    expect(report).toMatch(
      /^report of flow, run 1: blocked\n.*\n {2}because of clean\[day=d2\]: failed\nneeds 3 instances/,
    );
    const failed = await output(workspace, "explain", "flow", "clean[day=d2]");
    expect(failed).toMatch(/^task \d+ \(line 6, repeat index 1\) of flow: failed, exit 1$/m);
    const [, hint = ""] = /^what it printed, as far as that is kept: (.*)$/m.exec(failed) ?? [];
    expect(paste(`cd ${workspace.folder} && ${hint}`, workspace.env)).toMatchObject({
      code: 0,
      stdout: "no reading\n",
    });
    const plan = JSON.parse(await output(workspace, "plan", "flow.yaml", "--instances", "--json"));
    expect(plan).toMatchObject({ run: 2, more: 0 });
    expect(plan.instances.filter(({ fate }: { fate: string }) => fate !== "stays")).toEqual([
      { name: "clean[day=d2]", fate: "failed" },
      { name: "report", fate: "never" },
      { name: "tell", fate: "again", reason: { kind: "follows", instance: "report" } },
    ]);
    workspace.write("mended", "");
    expect(await workspace.run(artifact, [...RUN, "flow.yaml"]).exited).toMatchObject({ code: 0 });
    expect(await output(workspace, "diff", "flow")).toBe(
      [
        "run 1 to run 2:",
        "  clean: 1 instance failed to done",
        "  report: 1 instance blocked to done",
        "    clean[day=d2]: failed to done",
        "    report: blocked to done",
        "",
      ].join("\n"),
    );
    expect(await output(workspace, "report", "flow")).toMatch(/^ +3 +\S.* clean$/m);
    expect(await output(workspace, "runs")).toMatch(/^flow +ended +9 +0 /m);
    const earlier = workspace.run(artifact, ["output", "flow", "fetch[day=d1]"]);
    expect(await earlier.exited).toMatchObject({ code: 1 });
    expect(earlier.stderr()).toContain("the last run has not started it, and nothing is kept of what it printed");
  });

  test("a run that goes on is told by its driver, and one whose driver has died by its records", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const wait = { run: `echo d1; ${tasks.line("days")}`, generates: "day" };
    const fetch = { matrix: ["day"], run: "true" };
    const report = { needs: "fetch", run: "true" };
    workspace.write("flow.json", JSON.stringify({ name: "flow", tasks: { days: wait, fetch, report } }));
    const run = workspace.run(artifact, ["run", "-s", "localhost:2", "--progress", "none", "flow.json"]);
    const days = await tasks.started("days");
    await until(
      () =>
        readdirSync(workspace.folder).includes("flow_status.txt") &&
        workspace.read("flow_status.txt").includes("fetch[day=d1]"),
      () => "the first day is fetched",
    );
    const living = await output(workspace, "status", "flow");
    expect(living).toMatch(/^run 1 of \S+flow\.json\nflow: running for /);
    expect(living).toMatch(/^days +1 +1$/m);
    expect(living).toMatch(/^fetch +1\+ +1$/m);
    expect(await output(workspace, "explain", "flow", "report")).toMatch(/^ {2}waits for days: running$/m);
    run.signal("SIGKILL");
    await run.exited;
    expect(await output(workspace, "status", "flow")).toMatch(
      /^flow: run 1 of \S+flow\.json, driver died on [^]*^report +1 +1$[^]*to go on, on \S+: .*flow$/m,
    );
    expect(await output(workspace, "explain", "flow", "report")).toMatch(/^ {2}waits for days: running$/m);
    expect(await output(workspace, "runs")).toMatch(/^flow +driver died on [^]*^flow: to go on, on /m);
    await days.exit(0);
    expect(await workspace.run(artifact, ["recover", "flow"]).exited).toMatchObject({ code: 0 });
    expect(await output(workspace, "status", "flow")).toContain("3 of 3 instances done");
  });

  test("instances are counted once, whatever ids they had, and what is left is told with what is blocked", async () => {
    const workspace = openWorkspace();
    const text = (first: string): string => `name: flow
tasks:
${first}  a: {matrix: {i: [1, 2, 3]}, run: '[ "$i" != 2 ] || [ -e mended ]'}
  b: {matrix: {i: [1, 2, 3]}, needs: a, run: "true"}
  c: {needs: b, if: failure, run: "true"}
`;
    workspace.write("flow.yaml", text(""));
    await workspace.run(artifact, [...RUN, "flow.yaml"]).exited;
    workspace.write("flow.yaml", text('  new: {run: "true"}\n'));
    const second = workspace.run(artifact, [...RUN, "flow.yaml"]);
    expect(await second.exited).toMatchObject({ code: 1 });
    const again = /to run the failed ones again, and the blocked ones: (.*)$/m;
    const [, hint = ""] = again.exec(second.stderr()) ?? [];
    expect(await output(workspace, "runs")).toMatch(/^flow +ended +7 +1 +8 /m);
    for (const verb of ["runs", "status", "explain"]) expect(await output(workspace, verb)).toContain(hint);
    expect((await output(workspace, "report", "flow")).replace(/\n +cd/, " cd")).toMatch(
      /^flow: ended, 7 of 8 tasks done, 1 failed\nto run the failed ones again, and the blocked ones: cd/,
    );
    workspace.write("mended", "");
    expect(paste(hint, workspace.env)).toMatchObject({ code: 0 });
    expect(await output(workspace, "runs")).toMatch(/^flow +ended +7 +0 +7 .*\n$/m);
    expect(await output(workspace, "runs")).not.toContain("to run");
    expect(await output(workspace, "report", "flow")).toMatch(/^flow: ended, 8 tasks done, none failed\n\n/);
    expect(await output(workspace, "monitor", "--plain", "flow")).toMatch(/^\S+ flow: ended after \S+, 2 of 2 done, /m);
  });

  test("what changed in the document stands in the difference, and in the plan", async () => {
    const workspace = flow();
    workspace.write("mended", "");
    await workspace.run(artifact, [...RUN, "flow.yaml"]).exited;
    workspace.write("flow.yaml", FLOW.replace("echo report", "echo the report"));
    expect(await output(workspace, "plan", "flow.yaml")).toMatch(/^report +1 +1$/m);
    await workspace.run(artifact, [...RUN, "flow.yaml", "--param", "n=4"]).exited;
    expect(await output(workspace, "diff", "flow", "1", "2")).toMatch(
      /^run 1 to run 2:\n {2}parameter n: 3 to 4\n {2}task days: param n changed\n {2}task report: script changed\n {2}axis day: 1 value added \(d4\)\n/,
    );
  });

  test("what is no workflow, no instance, and no run is refused, with what there is", async () => {
    const workspace = flow();
    workspace.write("mended", "");
    workspace.writeTasks("true");
    workspace.write("Fails", "false\n");
    await workspace.run(artifact, [...RUN, "-p", "plain", "Tasks"]).exited;
    await workspace.run(artifact, [...RUN, "flow.yaml"]).exited;
    expect(await refused(workspace, "explain", "flow", "reprot")).toContain("did you mean report?");
    expect(await refused(workspace, "explain", "flow", "clean[day=d9]")).toContain("clean");
    expect(await refused(workspace, "explain", "plain", "report")).toContain("no document has run under this prefix");
    const other = await refused(workspace, ...RUN, "-p", "plain", "flow.yaml");
    expect(other).toMatch(/plain_status\.txt exists already: choose another prefix, or replace that run's files with/);
    expect(await refused(workspace, "diff", "plain")).toContain("to see all runs there: disbatch runs /");
    expect(await refused(workspace, "retry", "plain")).toMatch(/no document has run under this prefix$/m);
    await workspace.run(artifact, ["-s", "localhost:2", "-p", "fails", "Fails"]).exited;
    const [, hint = ""] =
      /; to run the failed ones again: (.*)$/m.exec(await refused(workspace, "retry", "fails")) ?? [];
    expect(hint).toContain(" -R ");
    expect(paste(hint, workspace.env)).toMatchObject({ code: 0 });
    expect(await refused(workspace, "recover", "flow")).toMatch(
      /; if it has ended, go on with disbatch retry \S+flow$/m,
    );
    expect(await refused(workspace, "diff", "nothing")).toContain("no run of that prefix");
    expect(await refused(workspace, "diff", "flow")).toContain("there is nothing to compare yet");
    expect(await refused(workspace, "diff", "flow", "1", "7")).toContain("there is no run 7");
    expect(await refused(workspace, "plan", "flow.yaml", "reprot")).toContain("report");
    expect(await refused(workspace, "report", "flow", "--tasks", "failed")).toContain("this is a workflow");
    // A score of commands, one after the other.
  }, 300_000);
});
