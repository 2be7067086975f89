import { inflateSync } from "node:zlib";
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { exited, signalled } from "../../../src/domain/ending.ts";
import { isEngineCommand } from "../../../src/cli/own-words.ts";
import { findUndelivered } from "../../../src/records/recovery/undelivered.ts";
import type { EngineEnd } from "../../../src/wire/engine-end.ts";
import type { EngineSpec } from "../../../src/wire/engine-spec.ts";
import { END_ARGUMENTS, ENGINE_ARGUMENTS } from "../../../src/wire/engine-verbs.ts";
import { Connection } from "../../../src/wire/connection.ts";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { type DriverMessage, type EngineMessage, parseEngineMessage } from "../../../src/wire/messages.ts";
import { listen } from "../../../src/wire/tls.ts";
import { until } from "../../support/until.ts";
import { living, TestGroup } from "../node/process/children.ts";
import { bundle, RUNTIMES } from "../node/process/runtimes.ts";
import { scratchFolder } from "../node/process/scratch.ts";
import type { OutputKeep } from "../../../src/domain/output-terms.ts";
import { engineTerms } from "../../support/engine-terms.ts";

const script = bundle(new URL("engine-probe.ts", import.meta.url));
const HOST = "127.0.0.1";

let run: RunCredentials;
beforeAll(async () => {
  run = await createRunCredentials();
});

/** What a process has come to. */
interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exit: Promise<readonly unknown[]>;
  readonly errors: () => string;
}

/** @param limit what a shell does to itself before. */
function start(runtime: string, args: readonly string[], stdin: string, limit = ":"): Child {
  const words = ["-c", `${limit}; exec "$@"`, "bash", runtime, script, ...args];
  const child = spawn("/bin/bash", words, { stdio: "pipe", detached: true });
  const exit = once(child, "close");
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.resume();
  child.stdin.end(stdin);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  return { process: child, exit, errors: () => errors };
}

/** The log of the engine, by the prefix of its run. */
function logOf(prefix: string): string {
  return `${prefix}_SSH0_web1_engine_0.log`;
}

/** An engine that has joined, and what the driver hears of it. */
async function joinedEngine(
  runtime: string,
  prefix: string,
  { lease = 60, limit = ":", keep = "none" }: { lease?: number; limit?: string; keep?: OutputKeep } = {},
) {
  const heard: EngineMessage[] = [];
  let connection: Connection<EngineMessage, DriverMessage> | undefined;
  const listener = await listen({ host: HOST, port: 0 }, run.driver, (socket) => {
    connection = new Connection(socket, parseEngineMessage, {
      message: (message) => {
        if (message.type === "beat") return say(message);
        // It comes when the engine looks.
        if (message.type === "started") return;
        heard.push(message);
        if (message.type === "goodbye") say({ type: "farewell" });
      },
      closed: () => undefined,
    });
  });
  onTestFinished(() => listener.close());
  const spec: EngineSpec = {
    invitation: { addresses: [{ host: HOST, port: listener.port }], credentials: { ...run.engine } },
    ...{ engineId: "the-engine", context: "SSH0", node: "web1", slots: 1, coresPerSlot: 1 },
    terms: engineTerms({ prefix, threadEnv: false, lease, output: { keep, limit: 65_536 } }),
  };
  const child = start(runtime, ENGINE_ARGUMENTS, JSON.stringify(spec), limit);
  const hears = (type: EngineMessage["type"]): Promise<void> =>
    until(
      () => heard.some((message) => message.type === type),
      () => `${type}; the engine says: ${child.errors()}`,
    );
  const say = (message: DriverMessage): void => connection?.send(message);
  await hears("hello");
  say({ type: "welcome", engine: 0, env: {}, start: [], stop: [] });
  await hears("ready");
  const loseDriver = (): void => {
    listener.close();
    connection?.destroy();
  };
  return { ...child, heard, hears, say, loseDriver };
}

test("only the very words start an engine", () => {
  expect(isEngineCommand(ENGINE_ARGUMENTS)).toBe(true);
  expect(isEngineCommand(END_ARGUMENTS)).toBe(true);
  for (const args of [[], ["engine"], [...ENGINE_ARGUMENTS, "x"], ["Tasks"]]) expect(isEngineCommand(args)).toBe(false);
});

describe.each(RUNTIMES)("on %s", (_name, runtime) => {
  test.each([ENGINE_ARGUMENTS, END_ARGUMENTS])("%s %s does nothing when it is told nothing", async (...args) => {
    expect(await start(runtime, args, "").exit).toEqual([0, null]);
  });

  test("an engine's log is named by its rank, and stands where the files of the run are", async () => {
    const prefix = path.join(scratchFolder(), "run");
    const { say, exit, errors } = await joinedEngine(runtime, prefix);
    say({ type: "dismiss" });
    expect(await exit).toEqual([0, null]);
    expect(readFileSync(logOf(prefix), "utf8")).toContain("joined as engine 0");
    expect(errors()).toBe("");
  });

  test("an engine without that folder logs to standard error", async () => {
    const prefix = path.join(scratchFolder(), "not-there", "run");
    const { say, exit, errors } = await joinedEngine(runtime, prefix);
    say({ type: "dismiss" });
    expect(await exit).toEqual([0, null]);
    expect(errors()).toContain("joined as engine 0");
    expect(existsSync(path.dirname(prefix))).toBe(false);
  });

  test.each([
    ["a folder", (log: string) => mkdirSync(log)],
    ["a link to somewhere else", (log: string) => symlinkSync(path.join(path.dirname(log), "elsewhere"), log)],
    ["a pipe that nobody reads", (log: string) => execFileSync("mkfifo", [log])],
  ])("an engine goes on without its log's file when that is %s, and logs to standard error", async (_what, occupy) => {
    const prefix = path.join(scratchFolder(), "run");
    occupy(logOf(prefix));
    const { say, exit, errors } = await joinedEngine(runtime, prefix);
    say({ type: "dismiss" });
    expect(await exit).toEqual([0, null]);
    const [first = "", second = ""] = errors().split("\n");
    expect(first).toContain("WARNING");
    expect(first).toContain(logOf(prefix));
    expect(second).toContain("INFO joined as engine 0");
    expect(existsSync(path.join(path.dirname(prefix), "elsewhere"))).toBe(false);
  });

  test("an engine says once that its log cannot be written, and goes on without it", async () => {
    const prefix = path.join(scratchFolder(), "run");
    const { say, exit, errors } = await joinedEngine(runtime, prefix, { limit: "ulimit -f 0" });
    say({ type: "dismiss" });
    expect(await exit).toEqual([0, null]);
    expect(errors()).toMatch(
      /^[^\n]* WARNING the log [^\n]*engine_0\.log cannot be written: file too large \(EFBIG\)\n$/,
    );
  });

  test("an engine outlives the login that has started it, and all that it could say there", async () => {
    const prefix = path.join(scratchFolder(), "not-there", "run");
    const { say, exit, heard, hears, process } = await joinedEngine(runtime, prefix);
    process.stdout.destroy();
    process.stderr.destroy();
    process.kill("SIGHUP");
    const task = { kind: "task", id: 0, line: 1, repeatIndex: -1, command: "exit 7" } as const;
    say({ type: "assign", assignments: [{ task, attempt: 1 }] });
    await hears("results");
    expect(heard.at(-1)).toMatchObject({ results: [{ ending: exited(7) }], interrupted: false });
    say({ type: "dismiss" });
    expect(await exit).toEqual([0, null]);
    expect(heard.at(-1)).toEqual({ type: "goodbye", fenced: false });
  });

  test("SIGTERM and SIGUSR1 have an engine leave when what runs has ended", async () => {
    for (const signal of ["SIGTERM", "SIGUSR1"] as const) {
      const prefix = path.join(scratchFolder(), "run");
      const { say, exit, heard, hears, process } = await joinedEngine(runtime, prefix);
      const fifo = path.join(scratchFolder(), "go");
      const command = `mkfifo ${fifo}; read < ${fifo}`;
      const task = { kind: "task", id: 0, line: 1, repeatIndex: -1, command } as const;
      say({ type: "assign", assignments: [{ task, attempt: 1 }] });
      await until(
        () => existsSync(fifo),
        () => "the task runs",
      );
      process.kill(signal);
      await hears("draining");
      writeFileSync(fifo, "go\n");
      expect(await exit).toEqual([0, null]);
      expect(heard.filter(({ type }) => type !== "hello" && type !== "ready")).toMatchObject([
        { type: "draining", reason: `${signal} received` },
        { type: "returned", taskIds: [] },
        { type: "results", results: [{ ending: exited(0) }], interrupted: false },
        { type: "goodbye", fenced: false },
      ]);
      expect(heard.at(-1)).not.toHaveProperty("reason");
    }
  });

  test.each([
    ["a second SIGTERM", ["SIGTERM", "SIGTERM"], "SIGTERM received again"],
    ["SIGINT", ["SIGINT"], "SIGINT received"],
  ] as const)("%s does not wait for what runs", async (_what, signals, reason) => {
    const prefix = path.join(scratchFolder(), "run");
    const { say, exit, heard, hears, process } = await joinedEngine(runtime, prefix);
    const started = path.join(scratchFolder(), "started");
    const task = { kind: "task", id: 0, line: 1, repeatIndex: -1, command: `: > ${started}; sleep 1000` } as const;
    say({ type: "assign", assignments: [{ task, attempt: 1 }] });
    await until(
      () => existsSync(started),
      () => "the task runs",
    );
    for (const signal of signals) {
      process.kill(signal);
      if (signals.length > 1) await hears("draining");
    }
    expect(await exit).toEqual([0, null]);
    expect(heard.at(-1)).toEqual({ type: "goodbye", reason, fenced: false });
    expect(heard.at(-2)).toMatchObject({ type: "results", interrupted: true, results: [{ ending: signalled(15) }] });
  });

  test("an engine that has lost its driver keeps outcomes for one that asks for them, where its log is", async () => {
    const prefix = path.join(scratchFolder(), "run");
    const { say, exit, hears, loseDriver } = await joinedEngine(runtime, prefix, { lease: 3, keep: "failed" });
    const task = { kind: "task", id: 5, line: 6, repeatIndex: -1, command: "echo bad; exit 7" } as const;
    say({ type: "assign", assignments: [{ task, attempt: 2 }] });
    await hears("results");
    loseDriver();
    expect(await exit).toEqual([0, null]);
    const search = { prefix, certificate: run.engine.certificate, isWanted: (id: string) => id === "the-engine" };
    const left = findUndelivered({ ...search, warning: ({ message }) => expect.fail(message) });
    expect(left).toMatchObject([{ engineId: "the-engine", results: [{ taskId: 5, attempt: 2, ending: exited(7) }] }]);
    const [block] = left[0]?.output ?? [];
    expect(block?.pieces).toMatchObject([{ taskId: 5, attempt: 2, stream: "stdout", length: 4, failed: true }]);
    expect(inflateSync(block?.data ?? "").toString()).toBe("bad\n");
    expect(statSync(left[0]?.path ?? "").mode & 0o777).toBe(0o600);
  });

  test("the end of an engine takes its process, its group and whatever carries its mark, and nothing else", async () => {
    const engine = TestGroup.start("sleep 1000 & echo $!; echo $$; wait");
    const task = TestGroup.start("trap : TERM; echo $$; while :; do sleep 1000 & wait; done", {
      DISBATCH_ENGINE_ID: "outer:the-engine",
    });
    const other = TestGroup.start("echo $$; exec sleep 1000", { DISBATCH_ENGINE_ID: "other" });
    await Promise.all([engine.said(2), task.said(1), other.said(1)]);
    const what: EngineEnd = { engineId: "the-engine", pid: engine.pid };
    expect(await start(runtime, END_ARGUMENTS, JSON.stringify(what)).exit).toEqual([0, null]);
    expect(living([...engine.pids(), ...task.pids(), ...other.pids()])).toEqual([other.pid]);
  });

  test("the end of an engine takes its process also when that leads no group", async () => {
    const login = TestGroup.start("sleep 1000 & echo $!; wait");
    const [engine = 0] = (await login.said(1)).map(Number);
    const what: EngineEnd = { engineId: "the-engine", pid: engine };
    expect(await start(runtime, END_ARGUMENTS, JSON.stringify(what)).exit).toEqual([0, null]);
    expect(living([engine])).toEqual([]);
  });
});
