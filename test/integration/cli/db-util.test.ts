import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { runDbUtil } from "../../../src/cli/db-util.ts";
import { isDbUtilCommand } from "../../../src/cli/own-words.ts";
import type { ExitCode } from "../../../src/domain/exit-codes.ts";
import type { DriverAnswer } from "../../../src/wire/control-messages.ts";
import { parseEngineSpec } from "../../../src/wire/engine-spec.ts";
import { PretendedRun } from "../control/pretended-run.ts";
import { engineTerms } from "../../support/engine-terms.ts";

let stdout = "";
let stderr = "";

beforeEach(() => {
  stdout = stderr = "";
  vi.stubEnv("DISBATCH_SSH_NODELIST", undefined);
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    stdout += String(text);
    for (const done of rest) if (typeof done === "function") done();
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => Boolean((stderr += String(text))));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
});

/** The utility of this run, whose engines are bash scripts: they keep what they are told. */
function pool(run: PretendedRun, ...words: readonly string[]): Promise<ExitCode> {
  const script = path.join(run.folder, "engine");
  writeFileSync(script, `cat > "$0.spec"; [ -s "$0.spec" ] || echo "not invited"; exit 0\n`);
  return runDbUtil({
    command: ["/bin/bash", script],
    args: ["pool", "--contact", run.contact, ...words],
    version: "1.2.3",
  });
}

/** What standard error has, a line each, without the name of the script. */
function saidLines(): string[] {
  const lines = stderr.trimEnd().split("\n");
  for (const line of lines) expect(line).toMatch(/^run_dbUtil\.sh: /);
  return lines.map((line) => line.replace("run_dbUtil.sh: ", ""));
}

const SNAPSHOT: Extract<DriverAnswer, { type: "status" }>["snapshot"] = {
  ...{ jobId: "run", taskFile: "Tasks", host: "alpha", pid: 1, started: 1, now: 2, phase: "running" },
  ...{ tasks: { succeeded: 1, failed: 0, skipped: 0, running: 0 }, contexts: [], engines: [] },
};

test("it is called by two words and the path of a contact file", () => {
  expect(isDbUtilCommand(["pool", "--contact", "x_contact.json"])).toBe(true);
  expect(isDbUtilCommand(["pool", "--contact", "x", "--status"])).toBe(true);
  expect(isDbUtilCommand(["pool", "--contact"])).toBe(false);
  expect(isDbUtilCommand(["pool"])).toBe(false);
  expect(isDbUtilCommand(["-s", "pool", "--contact", "x"])).toBe(false);
});

test("it shows its help whether or not there is a run", async () => {
  expect(
    await runDbUtil({
      command: ["x"],
      args: ["pool", "--contact", "/no/where_contact.json", "--help"],
      version: "1.2.3",
    }),
  ).toBe(0);
  expect(stdout).toContain("where_dbUtil.sh [options]");
});

describe("--status", () => {
  test.each([
    [["--status"], (text: string) => expect(text).toContain("run: running")],
    [["--status", "--json"], (text: string) => expect(text).toBe(`${JSON.stringify(SNAPSHOT)}\n`)],
  ])("is shown on standard output: %j", async (words, look) => {
    const run = await PretendedRun.open();
    const exit = pool(run, ...words);
    await run.welcome();
    await run.next("status");
    run.say({ type: "status", snapshot: SNAPSHOT });
    expect(await exit).toBe(0);
    await run.hungUp;
    look(stdout);
    expect(stderr).toBe("");
  });
});

describe("stopping", () => {
  test("is asked for one by one, and what the driver says is shown", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "--stop-engine", "3", "--stop-engine", "4");
    await run.welcome();
    for (const rank of [3, 4]) {
      expect(await run.next("stop-engine")).toEqual({ type: "stop-engine", rank });
      run.say({ type: "done", what: "engine-stops", rank });
    }
    expect(await exit).toBe(0);
    expect(saidLines()).toEqual(
      [3, 4].map((rank) => `engine ${rank} starts no more tasks, and leaves when what it runs has finished`),
    );
  });

  test("may say for how long what runs may go on", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "--stop-context", "x", "--drain-timeout", "5");
    await run.welcome();
    expect(await run.next("stop-context")).toEqual({ type: "stop-context", label: "x", within: 5 });
    run.say({ type: "done", what: "context-stops", label: "x", within: 5 });
    expect(await exit).toBe(0);
  });

  test("that is refused is a wrong usage", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "--stop-context", "x");
    await run.welcome();
    await run.next("stop-context");
    run.say({ type: "refused", code: "no-such-context", label: "x" });
    expect(await exit).toBe(2);
    await run.hungUp;
    expect(saidLines()).toEqual(["this run has no context x; --status shows those it has"]);
  });

  test("that is refused for some is done for the others, and is a wrong usage", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, ...[14, 15, 16].flatMap((id) => ["--stop-task", String(id)]));
    await run.welcome();
    for (const id of [14, 15, 16]) {
      expect(await run.next("stop-task")).toEqual({ type: "stop-task", id });
      if (id === 15) run.say({ type: "done", what: "task-stops", id });
      else run.say({ type: "refused", code: "task-settled", id });
    }
    expect(await exit).toBe(2);
    await run.hungUp;
    expect(saidLines()).toEqual([
      "task 14 has ended already",
      expect.stringMatching(/^task 15 is being stopped/),
      "task 16 has ended already",
    ]);
  });

  test("that gets no answer is not done", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "--stop-run");
    await run.welcome();
    await run.next("stop-run");
    run.breakDown();
    expect(await exit).toBe(3);
    expect(saidLines()).toEqual([expect.stringContaining("contact with the run is lost")]);
  });
});

describe("a run that cannot be called", () => {
  test("because it has ended needs no more engines, and all else is not possible", async () => {
    const run = await PretendedRun.open();
    rmSync(run.contact);
    expect(await pool(run, "-s", "localhost:1")).toBe(0);
    expect(saidLines()).toEqual([expect.stringMatching(/^the run has ended: nothing to do$/)]);
    expect(await pool(run, "--stop-run")).toBe(3);
    expect(await pool(run, "--status")).toBe(3);
    expect(stdout).toBe("");
  });

  test("because it has only just begun is waited for", async () => {
    const run = await PretendedRun.open();
    const contact = readFileSync(run.contact, "utf8");
    rmSync(run.contact);
    writeFileSync(path.join(run.folder, "run_run.lock"), "alpha 1\n");
    const exit = pool(run, "--status", "--json");
    writeFileSync(run.contact, contact);
    await run.next("hello");
    run.say({ type: "welcome", terms: engineTerms() });
    await run.next("status");
    run.say({ type: "status", snapshot: SNAPSHOT });
    expect(await exit).toBe(0);
  });

  test.each([
    [
      "is gone is told the command that takes it up again",
      `${hostname()} 999999999`,
      "its driver, process 999999999, has died; to go on: ",
    ],
    [
      "may be there is told it, too",
      `${hostname()} ${process.pid}`,
      `if its driver on ${hostname()} has died, to go on: `,
    ],
    [
      "is on another host is told it, too",
      "another.example 1",
      "if its driver on another.example has died, to go on: ",
    ],
    ["has left no lock is told it, too", undefined, "if its driver has died, to go on: "],
  ])("because its driver %s", async (_how, lock, words) => {
    const run = await PretendedRun.open();
    const { here } = run;
    run.writeContact(hostname(), { ...here, addresses: [{ host: "127.0.0.1", port: 1 }] });
    if (lock !== undefined) writeFileSync(path.join(run.folder, "run_run.lock"), `${lock}\n`);
    writeFileSync(path.join(run.folder, "run_recovery.json"), "");
    expect(await pool(run, "-s", "localhost:1")).toBe(3);
    expect(saidLines()).toEqual([expect.stringMatching(/^nobody answers for the run .*127\.0\.0\.1:1/)]);
    const command = `/bin/bash ${path.join(run.folder, "engine")} --recover ${path.join(run.folder, "run")}`;
    expect(saidLines()[0]?.endsWith(`; ${words}${command}`)).toBe(true);
  });

  test("because its driver is gone, which has left nothing to recover it from, is told to be resumed", async () => {
    const run = await PretendedRun.open();
    run.writeContact(hostname(), { ...run.here, addresses: [{ host: "127.0.0.1", port: 1 }] });
    symlinkSync("/dev/null", path.join(run.folder, "run_recovery.json"));
    expect(await pool(run, "--status")).toBe(3);
    const command = `-r ${path.join(run.folder, "run_status.txt")}`;
    expect(saidLines()).toEqual([expect.stringMatching(/^nobody answers .*; if its driver has died, resume it with /)]);
    expect(saidLines()[0]?.endsWith(command)).toBe(true);
  });

  test("because it is on another host is told what to do about it", async () => {
    const run = await PretendedRun.open();
    run.writeContact("another.example", run.here);
    expect(await pool(run, "--status")).toBe(3);
    expect(saidLines()).toEqual([expect.stringMatching(/another\.example.*-S or --use-address/)]);
  });

  test.each(["", "{}", "no JSON\n"])("because its file is none is told so: %j", async (text) => {
    const run = await PretendedRun.open();
    writeFileSync(run.contact, text);
    expect(await pool(run, "--status")).toBe(3);
    expect(saidLines()).toEqual([expect.stringContaining("run_contact.json does not say")]);
  });
});

test("a run on another host is called where that can be reached from here", async () => {
  const run = await PretendedRun.open();
  const unreachable = { ...run.calls, addresses: [{ host: "127.0.0.1", port: 1 }] };
  run.writeContact("another.example", unreachable, run.calls);
  const exit = pool(run, "--stop-run");
  await run.welcome();
  await run.next("stop-run");
  run.say({ type: "done", what: "run-drains" });
  expect(await exit).toBe(0);
});

describe("adding engines", () => {
  test("without a word about where is refused", async () => {
    const run = await PretendedRun.open();
    expect(await pool(run)).toBe(2);
    expect(await pool(run, "-l", "left")).toBe(2);
    expect(saidLines()).toEqual([expect.stringContaining("-s HOST:COUNT"), expect.stringContaining("--status")]);
  });

  test("takes what it does not say from the run's own command line", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "-s", "localhost:6", "-l", "left", "-C", "9");
    const terms = {
      resources: ["GPUS"],
      threadEnv: true,
      offer: { named: {} },
      logLevel: "DEBUG",
      logFormat: "json",
      lease: 7,
      onDriverLost: "finish",
      drainTimeout: 3,
    } as const;
    await run.welcome({ cpusPerTask: 2, tasksPerNode: 2, terms });
    const { asked, ids } = await run.take("left");
    expect(asked).toEqual({
      ...{ type: "add-context", label: "left", nodes: [{ node: hostname(), slots: 2, coresPerSlot: 3 }], taskLimit: 9 },
      elsewhere: false,
    });
    const [id = "no engine"] = ids;
    run.say({ type: "engine-joined", id, rank: 1, slots: 2 });
    expect(await run.next("engine-ended")).toEqual({ type: "engine-ended", id, certain: true });
    expect(await exit).toBe(0);
    expect(parseEngineSpec(readFileSync(path.join(run.folder, "engine.spec"), "utf8"))).toMatchObject({
      engineId: id,
      context: "left",
      slots: 2,
      terms: { ...terms, cwd: run.folder },
      invitation: run.here,
    });
    expect(saidLines()).toEqual([
      `engine 1 on ${hostname()} joined with 2 slots`,
      "context left has ended; it had 1 engine",
    ]);
  });

  test("takes what it says itself, and hosts from the environment", async () => {
    vi.stubEnv("DISBATCH_SSH_NODELIST", "localhost:4");
    const run = await PretendedRun.open();
    const exit = pool(run, "-t", "1", "-c", "0.5");
    await run.welcome({ cpusPerTask: 2, tasksPerNode: 2 });
    expect(await run.next("add-context")).toMatchObject({ nodes: [{ slots: 1, coresPerSlot: 4 }], taskLimit: 0 });
    run.say({ type: "refused", code: "label-in-use", label: "SSH1" });
    expect(await exit).toBe(2);
  });

  test("to a run that is ending is not needed", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "-s", "localhost:1");
    await run.welcome();
    await run.next("add-context");
    run.say({ type: "refused", code: "run-ending" });
    expect(await exit).toBe(0);
    expect(saidLines()).toEqual(["the run is ending and takes no more engines: nothing to do"]);
  });

  test("to a run that ends meanwhile is not needed, either", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "-s", "localhost:1");
    await run.welcome();
    await run.next("add-context");
    run.end();
    expect(await exit).toBe(0);
  });

  test.each([
    [["-s", "localhost"], "-s localhost: write HOST:COUNT"],
    [["-s", "localhost:1", "-c", "2"], "-c 2"],
    [["-s", "localhost:1", "--workdir", "/no/such/folder"], "/no/such/folder"],
  ])("is refused for %j before the run hears of it", async (words, message) => {
    const run = await PretendedRun.open();
    const exit = pool(run, ...words);
    await run.welcome();
    expect(await exit).toBe(2);
    await run.hungUp;
    expect(run.heard.map(({ type }) => type)).toEqual(["hello"]);
    expect(saidLines()).toEqual([expect.stringContaining(message)]);
  });

  test("with more hosts than a call can have is refused in words", async () => {
    const run = await PretendedRun.open();
    const exit = pool(run, "-s", "node-with-a-long-name.cluster.example.org-[00001-60000]:1");
    await run.welcome();
    expect(await exit).toBe(2);
    expect(saidLines()).toEqual(["60000 hosts are too many for one call: name fewer in each of several"]);
  });

  test("from a bad file of hosts is refused with the place", async () => {
    const run = await PretendedRun.open();
    const file = path.join(run.folder, "hosts");
    writeFileSync(file, "ok\n  -bad\n");
    const exit = pool(run, "--hostfile", file);
    await run.welcome();
    expect(await exit).toBe(2);
    expect(stderr).toBe(`${file}:2:3: error: no name of a host begins with "-"\n`);
  });
});
