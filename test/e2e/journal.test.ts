import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("leaves a journal of one JSON object a line, in which each command stands once", async () => {
    const workspace = openWorkspace();
    workspace.write("Tasks", Buffer.from("echo first\n#DISBATCH BARRIER\nexit 3 # \u00ff\n", "latin1"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(0);
    const text = workspace.read("run_journal.jsonl");
    expect(text.endsWith("\n")).toBe(true);
    const lines = text.trimEnd().split("\n");
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf("object");
    expect(lines.filter((line) => line.includes("echo first"))).toHaveLength(1);
    expect(lines.filter((line) => line.includes("exit 3"))).toHaveLength(1);
  });
});
