import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { errnoOf } from "../../src/domain/system-error.ts";
import { artifacts } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { filesBelow } from "../support/folder-contents.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const MIB = 1024 * 1024;
const EMFILE = 24;

describe.each(artifacts)("the $name", (artifact) => {
  test("gives every task a result when there are too few file descriptors for its slots", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("#DISBATCH REPEAT 100 true");
    const limited = ["/bin/bash", "-c", 'ulimit -n 64; exec "$@"', "bash"];
    const run = workspace.run(artifact, ["-s", "localhost:100", "-p", "run", "Tasks"], { wrapper: limited });
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const lines = workspace.status();
    expect(lines).toHaveLength(100);
    const failed = lines.filter(({ returnCode }) => returnCode !== 0);
    expect(failed.filter((line) => line.pid !== -1 || line.returnCode !== EMFILE || line.errBytes === 0)).toEqual([]);
  });

  test("refuses to begin where it could open too few files, in one line, and leaves nothing behind", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const limited = ["/bin/bash", "-c", 'ulimit -n 24; exec "$@"', "bash"];
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"], { wrapper: limited });
    expect(await run.exited).toEqual({ code: 3, signal: null });
    expect(run.stderr()).toMatch(/^disbatch: a process may open no more than 24 files here \(ulimit -n\)[^\n]*\n$/);
    expect(readdirSync(workspace.folder)).toEqual(["Tasks"]);
  });

  test("goes on when its working directory vanishes, and tasks say what is wrong", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), "true");
    workspace.write("gone/file", "");
    const args = ["-s", "localhost:1", "-p", workspace.path("run"), workspace.path("Tasks")];
    const run = workspace.run(artifact, args, { cwd: workspace.path("gone") });
    const a = await tasks.started("a");
    rmSync(workspace.path("gone"), { recursive: true });
    await a.exit(0);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    const [first, second] = workspace.status();
    expect([first?.returnCode, second?.taskId]).toEqual([0, 1]);
    expect(second?.errSnippet).toMatch(/director/);
  });

  test("refuses to start in a directory that is gone, in one line", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    workspace.write("gone/file", "");
    const vanish = ["/bin/bash", "-c", 'rm -r ../gone; exec "$@"', "bash"];
    const args = ["-s", "localhost:1", "-p", workspace.path("run"), workspace.path("Tasks")];
    const run = workspace.run(artifact, args, { cwd: workspace.path("gone"), wrapper: vanish });
    // The executable's runtime refuses by itself, with an exit code of its own.
    expect((await run.exited).code).not.toBe(0);
    expect(run.stderr().trim().split("\n")).toEqual([expect.stringMatching(/director/)]);
  });

  test("bounds the disk and the memory that a task's output takes, counts all of it, and shows both ends", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    await a.print("begin");
    await a.run(`head -c ${400 * MIB} /dev/zero`);
    await a.print("end");
    await until(
      () => diskUse(workspace) < 100 * MIB,
      () => `disk use below 100 MiB, but it is ${diskUse(workspace) / MIB} MiB`,
    );
    for (const { pid } of workspace.processes()) expect(peakMemory(pid)).toBeLessThan(400 * MIB);
    await a.exit(0);
    expect((await run.exited).code).toBe(0);
    const [line] = workspace.status();
    expect(line?.outBytes).toBe(400 * MIB + 8);
    const zeros = (count: number) => String.raw`\x00`.repeat(count);
    expect(line?.outSnippet).toBe(`'begin${zeros(35)}...${zeros(37)}end'`);
  });
});

/** Bytes on the disk that the files of a workspace take, those included that are open but have no name any more. */
function diskUse(workspace: Workspace): number {
  const root = path.dirname(workspace.folder);
  const named = filesBelow(root).map((name) => path.join(root, name));
  const open = workspace
    .processes()
    .flatMap(({ pid }) => names(`/proc/${pid}/fd`).map((fd) => `/proc/${pid}/fd/${fd}`));
  const sizes = new Map<string, number>();
  for (const file of [...named, ...open]) {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile() === true) sizes.set(`${stat.dev}:${stat.ino}`, stat.blocks * 512);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

/** The most memory that a process has had at a time, in bytes; 0 of one that has ended since it was listed. */
function peakMemory(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ESRCH") return 0;
    throw error;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
