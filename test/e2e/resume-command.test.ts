import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("shows a command that resumes the run as it stands, whatever the names of files", async () => {
    const workspace = openWorkspace();
    const [tasks, prefix] = ["My $Tasks's", "o d'd$(x)"];
    workspace.write(tasks, "exit 3\n: > rest\n");
    workspace.write("bin/disbatch", `#!/bin/bash\nexec ${artifact.command.join(" ")} "$@"\n`);
    chmodSync(workspace.path("bin/disbatch"), 0o755);
    const run = workspace.run(artifact, ["--fail-fast", "-s", "localhost:1", "-p", prefix, tasks]);
    expect((await run.exited).code).toBe(1);
    const command = /^.*: (disbatch .*)$/m.exec(run.stderr())?.[1] ?? "";
    const env = { ...workspace.env, PATH: `${workspace.path("bin")}:${workspace.env["PATH"]}` };
    execFileSync("/bin/bash", ["-c", command], { cwd: workspace.folder, env, stdio: ["ignore", "ignore", "ignore"] });
    expect(workspace.read("rest")).toBe("");
    const lines = workspace.status(`${prefix}_status.txt`);
    expect(lines.map(({ taskId, returnCode }) => [taskId, returnCode])).toEqual([
      [0, 3],
      [1, 0],
    ]);
  });
});
