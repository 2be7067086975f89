import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { openTasks } from "../../support/fixtures.ts";

function bash(line: string, env: Readonly<Record<string, string>> = {}) {
  const child = spawn("/bin/bash", ["-c", line], { env, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(`out:${chunk.toString("latin1")}`));
  child.stderr.on("data", (chunk: Buffer) => output.push(`err:${chunk.toString("latin1")}`));
  return { output, closed: once(child, "close"), pid: child.pid };
}

test("a controlled task tells its name, its process and its variables, and exits as told", async () => {
  const tasks = await openTasks();
  const shell = bash(tasks.line("a"), { DISBATCH_TASKID: "7", DISBATCH_NAMETASKS: "x=y z" });
  const a = await tasks.started("a");
  expect(a.pid).toBe(shell.pid);
  expect(a.variables).toEqual({ DISBATCH_TASKID: "7", DISBATCH_NAMETASKS: "x=y z" });
  await a.exit(3);
  expect(await shell.closed).toEqual([3, null]);
});

test("a controlled task prints what it is told, byte for byte", async () => {
  const tasks = await openTasks();
  const shell = bash(tasks.line("a"));
  const a = await tasks.started("a");
  await a.print(Buffer.from("it's 100%\\\u00ff\n", "latin1"));
  await a.printError("oops");
  await a.exit(0);
  await shell.closed;
  expect(shell.output.toSorted()).toEqual(["err:oops", "out:it's 100%\\\u00ff\n"]);
});

test("a controlled task dies by the signal that it is told", async () => {
  const tasks = await openTasks();
  const shell = bash(tasks.line("a"));
  const a = await tasks.started("a");
  await a.dieBySignal("KILL");
  expect(await shell.closed).toEqual([null, "SIGKILL"]);
});

test("starts are known in their order, and each start of one name is a task of its own", async () => {
  const tasks = await openTasks();
  const first = bash(tasks.line("a"));
  const a = await tasks.started("a");
  expect(tasks.hasStarted("b")).toBe(false);
  const second = bash(tasks.line("b"));
  const b = await tasks.started("b");
  const third = bash(tasks.line("a"));
  const again = await tasks.started("a");
  expect(tasks.order).toEqual(["a", "b", "a"]);
  expect(again.pid).not.toBe(a.pid);
  await Promise.all([a.exit(0), b.exit(0), again.exit(0), first.closed, second.closed, third.closed]);
});

test("a task whose test is gone ends by itself", async () => {
  const tasks = await openTasks();
  const shell = bash(tasks.line("a"));
  await tasks.started("a");
  await tasks.close();
  expect(await shell.closed).toEqual([97, null]);
});
