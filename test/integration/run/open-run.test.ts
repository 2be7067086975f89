import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../src/domain/events.ts";
import { openRun } from "../../../src/run/open-run.ts";
import type { Run } from "../../../src/run/run.ts";
import { DEFAULTS, type RunSettings } from "../../../src/run/settings.ts";
import type { Surroundings } from "../../../src/run/surroundings.ts";
import { until } from "../../support/until.ts";
import { bundle } from "../../unit/node/process/runtimes.ts";
import { scratchFolder } from "../../unit/node/process/scratch.ts";

const program = {
  command: [process.execPath, bundle(new URL("../../../bin/disbatch.ts", import.meta.url))],
  args: [],
  version: "1.2.3",
} as const;

test("a run of three tasks is begun, listened to, and tells its counts and why it ended", async () => {
  const folder = scratchFolder();
  const taskFile = path.join(folder, "Tasks");
  writeFileSync(taskFile, "true\nfalse\necho three\n");
  const events: RunEvent[] = [];
  const run = await openRun(
    { ...DEFAULTS, taskFile, prefix: path.join(folder, "run"), sshNode: ["localhost:2"] },
    {
      program,
      env: { PATH: process.env["PATH"] },
      observers: () => [{ name: "the test", observe: (event) => void events.push(event) }],
      say: () => undefined,
    },
  );
  const { reason, counts, error } = await run.outcome;
  expect({ reason, succeeded: counts.succeeded, failed: counts.failed, error }).toEqual({
    ...{ reason: "done", succeeded: 2, failed: 1, error: undefined },
  });
  expect(events.filter(({ type }) => type === "task-finished")).toHaveLength(3);
  expect(readFileSync(run.files.status, "utf8").trimEnd().split("\n")).toHaveLength(3);
});

/** A run of these settings in a folder of its own, and what it has said. */
async function opened(
  settings: Partial<RunSettings>,
  surroundings: Partial<Surroundings> = {},
): Promise<{ run: Run; events: RunEvent[]; said: string[] }> {
  const events: RunEvent[] = [];
  const said: string[] = [];
  const run = await openRun(
    {
      ...DEFAULTS,
      ...{ taskFile: "-", prefix: path.join(scratchFolder(), "run"), sshNode: ["localhost:2"] },
      ...settings,
    },
    {
      ...{ program, env: { PATH: process.env["PATH"] } },
      observers: () => [{ name: "the test", observe: (event) => void events.push(event) }],
      say: (message) => void said.push(message),
      ...surroundings,
    },
  );
  return { run, events, said };
}

/** Resolves when the run has told of this. */
function heard(events: readonly RunEvent[], type: RunEvent["type"]): Promise<void> {
  return until(
    () => events.some((event) => event.type === type),
    () => `${type} among ${events.map((event) => event.type).join(", ")}`,
  );
}

/** A stream of tasks that does not end. */
function endless(...tasks: readonly string[]): Readable {
  const input = new Readable({ read: () => undefined });
  input.push(tasks.map((task) => `${task}\n`).join(""));
  return input;
}

describe("a run that goes on", () => {
  test("is drained: what runs may finish, and nothing new starts", async () => {
    const { run, events } = await opened({}, { input: () => endless("true") });
    await heard(events, "task-finished");
    expect(run.isDraining).toBe(false);
    run.drain("stopped");
    const { reason, counts, isRecorded } = await run.outcome;
    expect({ reason, succeeded: counts.succeeded, isRecorded }).toEqual({
      ...{ reason: "stopped", succeeded: 1, isRecorded: true },
    });
  });

  test("is terminated: what runs is ended", async () => {
    const { run, events } = await opened({}, { input: () => endless("sleep 1000") });
    await heard(events, "task-assigned");
    run.terminate("terminated");
    const { reason, counts } = await run.outcome;
    expect([reason, counts.succeeded]).toEqual(["terminated", 0]);
    expect(events.at(-1)).toMatchObject({ type: "run-ended", reason: "terminated" });
  });

  test("holds its prefix, can be called and recovered, and leaves only its records when it is over", async () => {
    const steps: string[] = [];
    const recoverable = (begun: { readonly files: { readonly recovery: string } }) => {
      steps.push(`recoverable ${existsSync(begun.files.recovery)}`);
      return async () => void steps.push(`over ${existsSync(begun.files.recovery)}`);
    };
    const { run, events } = await opened({}, { input: () => endless("true"), recoverable });
    await heard(events, "task-finished");
    const { files } = run;
    expect([files.lock, files.contact, files.recovery].map((file) => existsSync(file))).toEqual([true, true, true]);
    await expect(opened({ prefix: files.prefix })).rejects.toMatchObject({ code: "prefix-in-use" });
    run.drain("stopped");
    await run.over;
    expect([files.lock, files.contact, files.recovery].map((file) => existsSync(file))).toEqual([false, false, false]);
    expect([files.status, files.journal, files.log, files.util].map((file) => existsSync(file))).toEqual([
      ...[true, true, true, true],
    ]);
    expect(steps).toEqual(["recoverable true", "over false"]);
  });
});

describe("a run that is refused", () => {
  test("leaves nothing behind, and its prefix free", async () => {
    const prefix = path.join(scratchFolder(), "run");
    await expect(opened({ taskFile: "/no/such/file", prefix })).rejects.toMatchObject({ name: "UserError" });
    expect(existsSync(`${prefix}_run.lock`)).toBe(false);
    expect(existsSync(`${prefix}_status.txt`)).toBe(false);
  });

  test("is one on this machine that nobody has named, when whoever begins it does not want that", async () => {
    const refuseThisMachine = () => Promise.reject(new Error("not here"));
    await expect(opened({ sshNode: [] }, { refuseThisMachine })).rejects.toThrow("not here");
  });

  test("tells its outcome, with records that are complete, before it waits for notices", async () => {
    let sent: () => void = () => undefined;
    let isClosing = false;
    const notice = {
      name: "a slow mail",
      observe: () => undefined,
      close: () => {
        isClosing = true;
        return new Promise<void>((resolve) => (sent = resolve));
      },
    };
    const { run } = await opened({}, { input: () => Readable.from([Buffer.from("true\n")]), notices: () => [notice] });
    expect((await run.outcome).counts.succeeded).toBe(1);
    const { files } = run;
    expect(readFileSync(files.status, "utf8").trimEnd().split("\n")).toHaveLength(1);
    expect([files.contact, files.recovery, files.lock].map((file) => existsSync(file))).toEqual([false, false, true]);
    await until(
      () => isClosing,
      () => "the notice to be closed",
    );
    run.note("sent late");
    sent();
    await run.over;
    expect(existsSync(files.lock)).toBe(false);
    expect(readFileSync(files.log, "utf8")).toContain("sent late");
  });
});
