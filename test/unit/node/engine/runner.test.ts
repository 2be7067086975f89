import { fstatSync, openSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import type { CommandOutcome } from "../../../../src/domain/result.ts";
import { RunningCommand } from "../../../../src/node/engine/runner.ts";
import { CapturePool } from "../../../../src/node/process/capture-pool.ts";
import { type Capture, CaptureFolder } from "../../../../src/node/process/capture.ts";
import { parseEngineMessage } from "../../../../src/wire/messages.ts";

/** How long each wait was to be, in milliseconds; what is done while the command waits. */
const waiting = vi.hoisted((): { waits: number[]; meanwhile: () => void } => ({
  waits: [],
  meanwhile: () => undefined,
}));
vi.mock("node:timers/promises", () => ({
  setTimeout: async (ms: number): Promise<void> => {
    waiting.waits.push(ms);
    await Promise.resolve();
    waiting.meanwhile();
  },
}));
beforeEach(() => {
  waiting.waits = [];
  waiting.meanwhile = () => undefined;
});

const { EMFILE, ENFILE, ENOENT, ENOSPC, E2BIG } = constants.errno;
const devNull = openSync("/dev/null", "r");
const env = { PATH: "/usr/bin:/bin" };

/** A folder in which some files cannot be opened, and which remembers those that were. */
class FaultyFolder extends CaptureFolder {
  readonly opened: Capture[] = [];
  #asked = 0;
  readonly #errno: number;
  readonly #faulty: (n: number) => boolean;

  /** @param faulty whether the nth file, from 0, cannot be opened. */
  constructor(errno: number, faulty: (n: number) => boolean) {
    super(tmpdir());
    this.#errno = errno;
    this.#faulty = faulty;
  }

  override open(): Capture {
    if (this.#faulty(this.#asked++))
      throw Object.assign(new Error("the system is short of it"), { errno: -this.#errno });
    const capture = super.open();
    this.opened.push(capture);
    return capture;
  }
}

/** Runs a command to its end. */
async function run(
  command: string,
  options: { cwd?: string; captures?: FaultyFolder; env?: Record<string, string> } = {},
): Promise<CommandOutcome & { command: RunningCommand }> {
  const captures = options.captures ?? new FaultyFolder(0, () => false);
  let started: RunningCommand | undefined;
  let calls = 0;
  const outcome = await new Promise<CommandOutcome>((resolve) => {
    const setup = {
      cwd: options.cwd ?? "/",
      captures: new CapturePool(captures),
      devNull,
      output: { keep: "none", limit: 65_536 } as const,
    };
    started = new RunningCommand(setup, command, options.env ?? env, (end) => {
      expect(started).toBeDefined();
      calls++;
      resolve(end);
    });
    running = started;
  });
  // One pair may be kept for the next command.
  expect([...new Set(captures.opened.map(({ fd }) => fd))].filter(isOpen).length).toBeLessThanOrEqual(2);
  expect(calls).toBe(1);
  if (started === undefined) throw new Error("it has ended before it was started");
  return { ...outcome, command: started };
}

function isOpen(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** The command that was started last. */
let running: RunningCommand | undefined;

test("the outcome of a command is how it ended, when, and what it wrote", async () => {
  const before = Date.now() / 1000;
  const { command, ...outcome } = await run("echo out; printf err >&2; exit 3");
  expect(outcome).toEqual({
    pid: command.pid,
    ending: exited(3),
    start: expect.closeTo(before, -1),
    finish: expect.any(Number),
    output: { bytes: 4, snippet: "out\n" },
    error: { bytes: 3, snippet: "err" },
  });
  expect(outcome.finish).toBeGreaterThan(outcome.start);
  expect(outcome.pid).toBeGreaterThan(0);
});

test("a command that a signal killed has minus its number for a code", async () => {
  expect(await run("kill -TERM $$")).toMatchObject({ ending: signalled(15) });
});

test("a command has ended when its shell has, though others still write", async () => {
  const { output, error } = await run("sleep 1000 & echo in time; echo $! >&2");
  onTestFinished(() => void process.kill(Number(error.snippet)));
  expect(output).toEqual({ bytes: 8, snippet: "in time\n" });
});

describe("a command that cannot be started says why", () => {
  const failure = (errno: number, why: string) => ({
    pid: -1,
    ending: { type: "not-started", errno },
    output: { bytes: 0, snippet: "" },
    error: { snippet: expect.stringContaining(why) },
  });

  test("when the working directory is missing", async () => {
    const cwd = "/no/such/folder";
    expect(await run("true", { cwd })).toMatchObject(failure(ENOENT, `working directory ${cwd} is missing`));
  });

  test("when the command is too long", async () => {
    const command = `: ${"x".repeat(200_000)}`;
    expect(await run(command)).toMatchObject(failure(E2BIG, "200002 bytes, and the system passes at most 131071"));
  });

  test("when the environment is too long", async () => {
    const large = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`V${i}`, "x".repeat(100_000)]));
    expect(await run("true", { env: large })).toMatchObject(failure(E2BIG, "command and environment together"));
  });

  test("in so many bytes as it says, and in words that a driver takes", async () => {
    const { command: _, ...outcome } = await run("true", { cwd: `/no/such/folder/${"x".repeat(200)}`.repeat(4) });
    expect(outcome.error.bytes).toBe(Buffer.byteLength(outcome.error.snippet));
    const result = { taskId: 0, attempt: 1, node: "n", engine: 0, slot: 0, ...outcome };
    const message = JSON.stringify({ type: "results", sequence: 1, results: [result], interrupted: false });
    expect(parseEngineMessage(message)).toMatchObject({ results: [result] });
  });
});

describe("when the system is short of something", () => {
  test.each([EMFILE, ENFILE])("the command is tried again (errno %i)", async (errno) => {
    const captures = new FaultyFolder(errno, (n) => n < 3);
    expect(await run("echo ran", { captures })).toMatchObject({ ending: exited(0), output: { bytes: 4 } });
    expect(waiting.waits).toEqual([20, 40, 80]);
  });

  test("for the second of its files, the first is closed, and the command is tried again", async () => {
    const captures = new FaultyFolder(EMFILE, (n) => n === 1);
    expect(await run("true", { captures })).toMatchObject({ ending: exited(0) });
    expect(captures.opened).toHaveLength(3);
  });

  test("for long, it is given up, saying so", async () => {
    const captures = new FaultyFolder(EMFILE, () => true);
    expect(await run("true", { captures })).toMatchObject({ pid: -1, ending: { type: "not-started", errno: EMFILE } });
    expect(waiting.waits).toHaveLength(19);
  });

  test("and the command is abandoned meanwhile, it is not started any more", async () => {
    const captures = new FaultyFolder(EMFILE, (n) => n < 1);
    waiting.meanwhile = () => running?.abandon();
    expect(await run("true", { captures })).toMatchObject({ pid: -1, ending: { type: "not-started", errno: EMFILE } });
    expect(captures.opened).toEqual([]);
  });
});

describe("a command whose output cannot be kept", () => {
  test("runs all the same, and what it prints does not count", async () => {
    const captures = new FaultyFolder(ENOSPC, () => true);
    const outcome = await run("echo ran; echo much >&2; exit 4", { captures });
    expect(outcome).toMatchObject({ ending: exited(4), output: { bytes: 0 }, error: { bytes: 0 } });
    expect(waiting.waits).toEqual([]);
  });

  test("says so when it fails, since that may be why", async () => {
    const captures = new FaultyFolder(ENOSPC, () => false);
    // The space goes while it runs.
    vi.spyOn(captures, "room").mockReturnValue("none").mockReturnValueOnce("enough");
    const { error } = await run("printf 'no room' >&2; exit 1", { captures });
    const note = `disbatch: no space was left in ${tmpdir()}, where what it printed was kept; it may have failed of that`;
    expect(error).toEqual({ bytes: 8 + note.length, snippet: `no room\n${note}` });
  });

  test("says nothing of that when it is done, or there was room", async () => {
    const captures = new FaultyFolder(ENOSPC, () => false);
    vi.spyOn(captures, "room").mockReturnValue("none").mockReturnValueOnce("enough");
    expect((await run("echo out", { captures })).error.bytes).toBe(0);
    expect((await run("exit 1")).error.bytes).toBe(0);
  });
});

test("looking after the output of a command is possible at any time", async () => {
  const done = run("echo x");
  await running?.boundOutput();
  const { command, output } = await done;
  await command.boundOutput();
  expect(output.bytes).toBe(2);
  onTestFinished(() => void (running = undefined));
});
