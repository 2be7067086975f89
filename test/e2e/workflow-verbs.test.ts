import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

const FLOW = `name: flow
params: {n: {type: int, default: 3}}
tasks:
  days: {generates: day, run: for ((i = 1; i <= n; i++)); do echo "d$i"; done}
  fetch: {matrix: [day], run: echo "$day"}
  clean: {matrix: [day], needs: fetch, run: '[ "$day" != d2 ] || [ -e mended ]'}
  report: {needs: clean, run: echo report}
  tell: {needs: report, if: always, run: echo "$STATE_report"}
`;

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
});
