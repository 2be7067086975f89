import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createConnection } from "node:net";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";

describe.each(artifacts)("the $name", (artifact) => {
  test("listens on the loopback only, and strangers that connect change nothing", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const addresses = workspace.processes().flatMap(({ listensOn }) => listensOn);
    expect(addresses).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    const port = Number(addresses[0]?.split(":")[1]);
    const stranger = createConnection(port, "127.0.0.1");
    stranger.on("error", () => {});
    await once(stranger, "connect");
    await new Promise((resolve) => stranger.write('{"type":"hello"}\n'.repeat(100), resolve));
    await a.exit(0);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    stranger.destroy();
    expect(workspace.status().map(({ returnCode }) => returnCode)).toEqual([0]);
  });

  test("does not wait for a stranger that connects and says nothing", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const address = workspace.processes().flatMap(({ listensOn }) => listensOn)[0];
    const stranger = createConnection(Number(address?.split(":")[1]), "127.0.0.1");
    stranger.on("error", () => {});
    await once(stranger, "connect");
    const told = performance.now();
    await a.exit(0);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    // A stranger has ten seconds.
    expect(performance.now() - told).toBeLessThan(8000);
    stranger.destroy();
  });

  test("keeps its keys to itself: in no file that others may read, no argument, and nowhere when the run is over", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const root = path.dirname(workspace.folder);
    const holdsKey = (name: string) => readFileSync(path.join(root, name), "latin1").includes("PRIVATE KEY");
    const modes = filesBelow(root)
      .filter(holdsKey)
      .map((name) => statSync(path.join(root, name)).mode & 0o777);
    expect(modes.filter((mode) => mode !== 0o600)).toEqual([]);
    expect(
      workspace
        .processes()
        .map(({ command }) => command)
        .join("\n"),
    ).not.toContain("PRIVATE KEY");
    await a.exit(0);
    await run.exited;
    expect(filesBelow(root).filter(holdsKey)).toEqual([]);
  });
});
