import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { KEEP_OPEN } from "../support/run-disbatch.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("goes on with tasks from standard input when it is given the same again", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    const input = ["a", "b", "c"].map((name) => `${tasks.line(name)}\n`).join("");
    const killed = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-"], { stdin: KEEP_OPEN });
    killed.stdin.write(input);
    await (await tasks.started("a")).exit(0);
    const b = await tasks.started("b");
    killed.signal("SIGKILL");
    await killed.exited;
    const recovered = workspace.run(artifact, ["--recover", "run"], { stdin: input });
    await b.exit(0);
    await (await tasks.started("c")).exit(0);
    expect(await recovered.exited).toEqual({ code: 0, signal: null });
    expect(tasks.order).toEqual(["a", "b", "c"]);
    expect(workspace.status().map(({ taskId }) => taskId)).toEqual([0, 1, 2]);
  });
});
