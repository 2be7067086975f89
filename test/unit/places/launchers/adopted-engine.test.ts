import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import type { EngineProcess } from "../../../../src/domain/launcher.ts";
import { LocalStarter } from "../../../../src/places/launchers/local.ts";
import { ENGINE_ARGUMENTS } from "../../../../src/wire/engine-verbs.ts";
import { living, TestGroup } from "../../node/process/children.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { engineTerms } from "../../../support/engine-terms.ts";
import { until } from "../../../support/until.ts";

const GONE = { certain: true, reason: "its process has ended" };

/** Where an earlier driver has started an engine, and what takes it up again. */
function setUp(host = "alpha") {
  const folder = scratchFolder();
  const starter = new LocalStarter({
    ...{ program: ["/bin/false"], callsFrom: "here", host },
    terms: engineTerms({ cwd: folder, prefix: path.join(folder, "run") }),
    say: () => undefined,
  });
  const node = { node: "alpha", slots: 3, coresPerSlot: 2 };
  const log = path.join(folder, "run_SSH0_alpha_engine_wrap.log");
  return { log, adopt: (pid: number): EngineProcess => starter.adopt("SSH0", node, { id: "the engine", pid }) };
}

/** A process that leads a session and prints into this file. It ends when its input does. */
function startPrinting(log: string, ...args: readonly string[]): ChildProcess & { readonly pid: number } {
  const output = openSync(log, "a");
  const child = spawn("/bin/bash", ["-c", "read -r line", "engine", ...args], {
    stdio: ["pipe", output, output],
    detached: true,
  });
  closeSync(output);
  onTestFinished(() => void child.kill("SIGKILL"));
  const { pid } = child;
  if (pid === undefined) throw new Error("it has not started");
  return Object.assign(child, { pid });
}

/** A process of a task of that engine, which has left its group. */
async function startTask(): Promise<number> {
  const task = TestGroup.start("echo $$; exec sleep 1000", { [ENGINE_MARK]: "the engine" });
  await task.said(1);
  return task.pid;
}

test("an engine that is there is known to have ended when it has", async () => {
  const { log, adopt } = setUp();
  const process = startPrinting(log);
  const engine = adopt(process.pid);
  expect(engine).toMatchObject({ id: "the engine", node: "alpha", slots: 3 });
  const exited = once(process, "exit");
  expect(await Promise.race([engine.ended, Promise.resolve("it goes on")])).toBe("it goes on");
  process.stdin?.end();
  await exited;
  expect(await engine.ended).toEqual(GONE);
  expect(await engine.kill()).toBe(true);
});

test("an engine that is there is killed, and its tasks with it", async () => {
  const { log, adopt } = setUp();
  const process = startPrinting(log);
  const task = await startTask();
  const engine = adopt(process.pid);
  expect(await engine.kill()).toBe(true);
  expect(await engine.ended).toEqual(GONE);
  expect(living([process.pid, task])).toEqual([]);
});

test("an engine whose process id is another's has ended, and the other is left alone", async () => {
  const { log, adopt } = setUp();
  startPrinting(log);
  const stranger = startPrinting(`${log}.of another`);
  const task = await startTask();
  const engine = adopt(stranger.pid);
  expect(await engine.ended).toEqual(GONE);
  expect(await engine.kill()).toBe(true);
  expect(living([stranger.pid, task])).toEqual([stranger.pid]);
});

test("an engine whose process is gone has ended", async () => {
  const { log, adopt } = setUp();
  const process = startPrinting(log);
  const exited = once(process, "exit");
  process.stdin?.end();
  await exited;
  expect(await adopt(process.pid).ended).toEqual(GONE);
});

test.each([
  ["its log has been moved away, so that it may be another run's", "alpha"],
  ["it is on another machine than the driver that takes up the run", "beta"],
])("nothing is known of an engine when %s, and nobody is killed", async (_why, host) => {
  const { log, adopt } = setUp(host);
  const process = startPrinting(log, ...ENGINE_ARGUMENTS);
  await until(
    () => readFileSync(`/proc/${process.pid}/cmdline`, "latin1") !== "",
    () => "its words, which it has once it has become the program",
  );
  if (host === "alpha") renameSync(log, `${log}.1`);
  const engine = adopt(process.pid);
  expect(await engine.ended).toMatchObject({ certain: false });
  expect(await engine.kill()).toBe(false);
  expect(living([process.pid])).toEqual([process.pid]);
});

test.each([0, 1, -1])("the process id %d is no engine's", async (pid) => {
  const engine = setUp().adopt(pid);
  expect(await engine.ended).toMatchObject({ certain: false });
  expect(await engine.kill()).toBe(false);
});
