import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import type { Workspace } from "../support/workspace.ts";

const FLOW = `name: flow
axes: {day: ["1", "2"]}
tasks:
  raw: {external: true, matrix: [day], outputs: {txt: "raw/\${day}.txt"}}
  clean:
    matrix: [day]
    inputs: {raw: raw.txt}
    code: [clean.sh]
    run: bash clean.sh < "$IN_raw" > "$OUT_txt"
    outputs: {txt: "clean/\${day}.txt"}
    cache: true
  sum: {inputs: {days: clean.txt}, run: xargs cat < "$IN_days" > "$OUT_txt", outputs: {txt: sum.txt}}
`;

const FILES = { "flow.yaml": FLOW, "clean.sh": "tr a b\n", "raw/1.txt": "a\n", "raw/2.txt": "aa\n" };

describe.each(artifacts)("with the $name", (artifact) => {
  async function said(workspace: Workspace, ...args: readonly string[]): Promise<string> {
    const run = workspace.run(artifact, args);
    expect({ ...(await run.exited), error: run.stderr() }).toMatchObject({ code: 0 });
    // When and where it ran is another thing each time.
    return run.stdout().replaceAll(/ in run (\d+), [^;\n]*/g, " in run $1");
  }

  test("lineage tells what a file was made from, whether it is still that, and what was made from it", async () => {
    const workspace = openWorkspace();
    for (const [name, text] of Object.entries(FILES)) workspace.write(name, text);
    await said(workspace, "run", "-s", "localhost:2", "--progress", "none", "flow.yaml");
    expect(await said(workspace, "lineage", "clean/1.txt")).toBe(`clean/1.txt of flow, run 1
  made by clean[day=1] in run 1; still what was made
    from raw, raw/1.txt
      others make it, as raw[day=1]
    from code clean.sh
  read by sum as days, done in run 1; makes sum.txt
`);
    workspace.write("clean/1.txt", "other\n");
    rmSync(workspace.path("clean/2.txt"));
    const sum = await said(workspace, "lineage", "sum.txt", "flow");
    expect(sum).toContain("made by clean[day=1] in run 1; changed since\n");
    expect(sum).toContain("made by clean[day=2] in run 1; not there now\n");
    expect(JSON.parse(await said(workspace, "lineage", "clean/1.txt", "--json"))).toMatchObject([
      { path: "clean/1.txt", run: 1, madeBy: { instance: "clean[day=1]", now: "changed", work: { run: 1 } } },
    ]);
  });

  test("a prefix whose records cannot be read is a warning, unless it is the one that is asked", async () => {
    const workspace = openWorkspace();
    for (const [name, text] of Object.entries(FILES)) workspace.write(name, text);
    workspace.write("broken_status.txt", "");
    workspace.write("broken_workflow.jsonl", "");
    const before = workspace.run(artifact, ["lineage", "sum.txt"]);
    expect({ ...(await before.exited), shown: before.stdout() }).toMatchObject({ code: 2, shown: "" });
    expect(before.stderr()).toContain("broken: no document has run under this prefix");
    await said(workspace, "run", "-s", "localhost:2", "--progress", "none", "flow.yaml");
    const run = workspace.run(artifact, ["lineage", "sum.txt"]);
    expect({ ...(await run.exited), shown: run.stdout() }).toMatchObject({
      code: 0,
      shown: expect.stringContaining("made by sum in run 1"),
    });
    expect(run.stderr()).toMatch(/^disbatch: warning: .*broken: no document has run under this prefix/);
    const asked = workspace.run(artifact, ["lineage", "sum.txt", "broken"]);
    expect(await asked.exited).toMatchObject({ code: 2 });
  });

  test("a file that no document knows is refused, with the nearest path that it knows", async () => {
    const workspace = openWorkspace();
    for (const [name, text] of Object.entries(FILES)) workspace.write(name, text);
    await said(workspace, "run", "-s", "localhost:2", "--progress", "none", "flow.yaml");
    const run = workspace.run(artifact, ["lineage", "clean/1.tx"]);
    expect({ ...(await run.exited), shown: run.stdout() }).toMatchObject({ code: 2, shown: "" });
    expect(run.stderr()).toBe("disbatch: clean/1.tx: no task of flow makes or reads it; did you mean clean/1.txt?\n");
  });
});
