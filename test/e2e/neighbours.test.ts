import { once } from "node:events";
import { existsSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { connect } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { artifacts, type Artifact } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import type { DisbatchRun } from "../support/run-disbatch.ts";
import { PATIENCE, until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

/** As many as one host may be expected to make at once. */
const CROWD = 2_000;

/** A certificate that one may call with, and its key. */
interface Papers {
  readonly certificate: string;
  readonly key: string;
}

/** What a run that goes on has noted for whoever recovers it, as far as it counts here. */
interface Recovery {
  readonly ports: { readonly here: number };
  readonly credentials: { readonly engine: Papers };
}

describe.each(artifacts)("the $name", (artifact) => {
  test("refuses one who speaks no TLS, says so once, and goes on", async () => {
    const { port, warnings, finish } = await startRun(artifact);
    const stranger = callPlainly(port);
    stranger.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100));
    await closed(stranger);
    await finish();
    expect(warnings()).toEqual([expect.stringMatching(/refused a call from 127\.0\.0\.1: it speaks no TLS/)]);
  });

  test("refuses one who shows no certificate, says so once, and goes on", async () => {
    const { port, warnings, finish } = await startRun(artifact);
    await closed(call(port));
    await finish();
    expect(warnings()).toEqual([expect.stringMatching(/refused a call from 127\.0\.0\.1: it shows no certificate/)]);
  });

  test("refuses one who shows a certificate of another run, says so once, and goes on", async () => {
    const { workspace, port, warnings, finish } = await startRun(artifact);
    const other = workspace.run(artifact, ["-S", "-p", "other", "Tasks"]);
    await other.stderrShows(/waiting for engines/);
    const papers = await recoveryOf(workspace, "other");
    await closed(call(port, papers.credentials.engine));
    await finish();
    expect(warnings()).toEqual([
      expect.stringMatching(/refused a call from 127\.0\.0\.1: its certificate is not of this run/),
    ]);
    other.signal("SIGTERM");
    await other.exited;
  });

  test("hangs up on one of its own who announces a frame of 2 GB, says so once, and goes on", async () => {
    const { port, papers, warnings, finish } = await startRun(artifact);
    const stranger = call(port, papers);
    stranger.write(Buffer.from([0x80, 0, 0, 0, 0x7b]));
    await closed(stranger);
    await finish();
    expect(warnings()).toEqual([expect.stringMatching(/an engine that did not join: .*2147483648/)]);
  });

  test("waits for nobody who has sent half a frame, or half a handshake", async () => {
    const { port, papers, finish } = await startRun(artifact);
    expect.hasAssertions();
    const half = call(port, papers);
    half.write(Buffer.from([0, 0, 0, 100, 0x7b]));
    await once(half, "secureConnect");
    const slow = callPlainly(port);
    // The beginning of a record of TLS, which is to be of 512 bytes.
    slow.write(Buffer.from([0x16, 3, 1, 2, 0, 1]));
    await finish();
    await Promise.all([closed(half), closed(slow)]);
  });

  test("is not disturbed by two thousand who call at once, and lets an engine in among them", async () => {
    const { workspace, tasks, port, warnings, finish } = await startRun(artifact);
    const crowd = Array.from({ length: CROWD }, () => callPlainly(port));
    await Promise.all(crowd.map((stranger) => once(stranger, "connect").catch(() => undefined)));
    const file = workspace.path("run_dbUtil.sh");
    const added = workspace.run({ name: "the utility", file, command: [file] }, ["-s", "localhost:1"]);
    await (await tasks.started("b", 3 * PATIENCE)).exit(0);
    for (const stranger of crowd) stranger.destroy();
    await finish();
    // One line for each power of ten of those that had to go.
    expect(warnings().length).toBeLessThanOrEqual(4);
    expect(await added.exited).toEqual({ code: 0, signal: null });
  });
});

/** A run with one engine, that runs the task `a`; the task `b` is left. */
async function startRun(artifact: Artifact) {
  const workspace = openWorkspace();
  const tasks = await openTasks();
  workspace.writeTasks(tasks.line("a"), tasks.line("b"));
  const run = workspace.run(artifact, ["-s", "localhost:1", "-p", "run", "-f", "Tasks"]);
  const a = await tasks.started("a");
  const recovery = await recoveryOf(workspace, "run");
  const finish = async (): Promise<void> => {
    await a.exit(0);
    if (!tasks.hasStarted("b")) await (await tasks.started("b")).exit(0);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(
      workspace
        .status()
        .map(({ taskId, returnCode }) => `${taskId}: ${returnCode}`)
        .toSorted(),
    ).toEqual(["0: 0", "1: 0"]);
    expect(tasks.order.toSorted()).toEqual(["a", "b"]);
  };
  const papers = recovery.credentials.engine;
  return { workspace, tasks, port: recovery.ports.here, papers, warnings: () => warningsOf(run), finish };
}

async function recoveryOf(workspace: Workspace, prefix: string): Promise<Recovery> {
  await until(
    () => existsSync(workspace.path(`${prefix}_recovery.json`)),
    () => "the run can be recovered",
  );
  const recovery: Recovery = JSON.parse(workspace.read(`${prefix}_recovery.json`));
  return recovery;
}

function warningsOf(run: DisbatchRun): string[] {
  return run
    .stderr()
    .split("\n")
    .filter((line) => line.includes("warning"));
}

function callPlainly(port: number): Socket {
  return kept(createConnection(port, "127.0.0.1"));
}

/** Calls as an engine does, with these papers or none. */
function call(port: number, papers?: Papers): Socket {
  const own = papers === undefined ? {} : { cert: papers.certificate, key: papers.key };
  return kept(connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...own }));
}

/** A connection that may break at any time, and is gone when the test is over. */
function kept(socket: Socket): Socket {
  socket.on("error", () => undefined);
  socket.resume();
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Resolves when the other side has hung up. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once("close", () => resolve());
  });
}
