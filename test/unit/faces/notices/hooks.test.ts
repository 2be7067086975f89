import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { APART, Hooks } from "../../../../src/faces/notices/hooks.ts";
import { isLiving } from "../../../../src/node/process/process-table.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { VirtualClock } from "../terminal/fakes.ts";
import { ended, finished, joined, START, started } from "../terminal/events.ts";
import { FakeTeller, notedRun } from "./noted-runs.ts";

/** Milliseconds between TERM and KILL. */
const GRACE = 2_000;

/** Commands take as long as the machine needs; time goes on for their limits when a test says so. */
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function setUp(commands: { onFailure?: string; onEnd?: string }, limit?: number, hurry = new AbortController().signal) {
  const cwd = scratchFolder();
  const clock = new VirtualClock(START);
  const run = notedRun();
  const teller = new FakeTeller();
  const { onFailure, onEnd } = commands;
  const env = { PATH: process.env["PATH"], FROM: "the caller" };
  const hooks = new Hooks({
    run,
    onFailure,
    onEnd,
    env,
    cwd,
    clock,
    teller,
    hurry,
    ...(limit === undefined ? {} : { limit }),
  });
  const tell = (...events: readonly RunEvent[]): void => {
    for (const event of events) {
      run.counts.handle(event);
      hooks.observe(event);
    }
  };
  const lines = (name: string): string[] => readFileSync(path.join(cwd, name), "utf8").trimEnd().split("\n");
  const written = (name: string): Promise<void> =>
    until(
      () => existsSync(path.join(cwd, name)) && lines(name)[0] !== "",
      () => `what the command writes into ${name}`,
    );
  return { cwd, clock, run, hooks, teller, tell, lines, written };
}

const failed = (id: number, code = 1, error = ""): RunEvent =>
  finished(id, { ending: exited(code), error: { bytes: error.length, snippet: error } });

describe("the command for the end", () => {
  test("finds the numbers, the kinds and the paths in its environment, and the caller's variables", async () => {
    const { hooks, tell, lines, teller } = setUp({
      onEnd: "env -0 | grep -z -e ^DISBATCH_ -e ^FROM= | sort -z | tr '\\0' '\\n' > seen",
    });
    tell(started(9), joined(0, 2), finished(0), failed(1, 2, "a\tb\u001b1"), failed(2), failed(3), ended(5, "stopped"));
    await hooks.close();
    expect(lines("seen")).toEqual([
      "DISBATCH_EVENT=end",
      "DISBATCH_FAILED=3",
      "DISBATCH_GO_ON=cd /home/you && disbatch -r run_status.txt -R Tasks",
      "DISBATCH_JOBID=run",
      "DISBATCH_JOURNAL=/home/you/run_journal.jsonl",
      "DISBATCH_KINDS=2\t2\tn1\texit 1\t",
      "1\t1\tn1\texit 2\ta\\tb\\e#",
      "DISBATCH_LOG=/home/you/run_driver.log",
      "DISBATCH_NAMETASKS=Tasks",
      "DISBATCH_PREFIX=/home/you/run",
      "DISBATCH_REASON=stopped",
      "DISBATCH_RUNNING=0",
      "DISBATCH_SKIPPED=0",
      "DISBATCH_STATUS_FILE=/home/you/run_status.txt",
      "DISBATCH_SUCCEEDED=1",
      "DISBATCH_TOTAL=9",
      "FROM=the caller",
    ]);
    expect(teller.said).toEqual([]);
  });

  test("has its output in the log, made printable, and a fault told", async () => {
    const { hooks, tell, teller } = setUp({ onEnd: "echo one; printf 'two\\033[31m\\n' >&2; exit 3" });
    tell(started(1), ended(1));
    await hooks.close();
    expect(teller.warnings).toEqual(["--on-end: exit code 3", "--on-end: one", "--on-end: two\\e[31m"]);
    expect(teller.said).toEqual([
      "warning: the command of --on-end: exit code 3; what it wrote is in /home/you/run_driver.log",
    ]);
  });

  test("is ended with its children when it takes too long, also when it does not listen", async () => {
    const { hooks, tell, teller, lines, written } = setUp(
      { onEnd: "trap '' TERM; sleep 1000 & echo $! > child; wait; sleep 1000" },
      0.3,
    );
    tell(started(1), ended(1));
    const closed = hooks.close();
    await written("child");
    await vi.advanceTimersByTimeAsync(300);
    await vi.advanceTimersByTimeAsync(GRACE);
    await closed;
    expect(teller.said).toContain("warning: the command of --on-end: it was ended after 0.3 s");
    const child = Number(lines("child")[0]);
    await until(
      () => !isLiving(child),
      () => `the end of process ${child}`,
    );
    expect(isLiving(child)).toBe(false);
  });

  test("is left to itself, and not waited for, when it has become another user", async () => {
    const { hooks, tell, teller, lines, written } = setUp({ onEnd: "echo $$ > hook; exec sleep 1000" }, 0.3);
    const kill = vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    });
    tell(started(1), ended(1));
    const closed = hooks.close();
    await written("hook");
    await vi.advanceTimersByTimeAsync(300);
    await closed;
    kill.mockRestore();
    const hook = Number(lines("hook")[0]);
    const why = "it cannot be ended (it runs as another user)";
    expect(teller.said).toEqual([`warning: the command of --on-end: ${why}, and still runs as process ${hook}`]);
    expect(isLiving(hook)).toBe(true);
    process.kill(hook, "SIGKILL");
  });

  test("is a fault, and no more, when it cannot be started", async () => {
    const { cwd, hooks, tell, teller } = setUp({ onEnd: "true", onFailure: "true" });
    rmSync(cwd, { recursive: true });
    tell(started(1), failed(1), ended(1));
    await hooks.close();
    expect(teller.said.toSorted()).toEqual([
      expect.stringMatching(/^warning: the command of --on-end: it could not be started: /),
      expect.stringMatching(/^warning: the command of --on-failure: it could not be started: /),
    ]);
  });

  test("is waited for aloud, and ended when the user does not want to wait", async () => {
    const patience = new AbortController();
    const { hooks, tell, teller } = setUp({ onEnd: "sleep 1000" }, 20, patience.signal);
    tell(started(1), ended(1));
    const closed = hooks.close();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(teller.said).toHaveLength(1);
    patience.abort();
    await closed;
    expect(teller.said).toEqual([
      "waiting for the command of --on-end, which may take 20 s (Ctrl-C ends it)",
      "warning: the command of --on-end: it was ended on request",
    ]);
  });

  test("does not have the run wait for what it leaves in the background, nor read what the run reads", async () => {
    const { hooks, tell, lines } = setUp({ onEnd: "sleep 1000 & echo $! > child; cat > input" });
    tell(started(1), ended(1));
    await hooks.close();
    const child = Number(lines("child")[0]);
    expect(isLiving(child)).toBe(true);
    process.kill(child, "SIGKILL");
    expect(lines("input")).toEqual([""]);
  });

  test("keeps no more of its output than anybody reads", async () => {
    const { hooks, tell, teller } = setUp({ onEnd: "seq 1000000" });
    tell(started(1), ended(1));
    await hooks.close();
    expect(teller.noted).toHaveLength(102);
    expect(teller.noted.at(-1)).toMatch(/^--on-end: and [0-9]+ more lines$/);
  });
});

describe("the command for failures", () => {
  const COMMAND = 'echo "$DISBATCH_EVENT $DISBATCH_FAILED" >> seen';

  test("runs at the first failure, and for new kinds no sooner than a minute later", async () => {
    const { clock, hooks, tell, teller, lines } = setUp({ onFailure: COMMAND });
    const shows = (count: number): Promise<void> =>
      until(
        () => teller.noted.length >= count,
        () => `${count} ends`,
      );
    tell(started(9), joined(0, 9), finished(0), failed(1));
    await shows(1);
    tell(failed(2), failed(3, 2));
    clock.advance(APART - 1);
    tell(failed(4, 3));
    clock.advance(2);
    await shows(2);
    clock.advance(2 * APART);
    tell(failed(5), ended(9));
    await hooks.close();
    expect(lines("seen")).toEqual(["failure 1", "failure 4"]);
  });

  test("runs at the end for what has not been told yet", async () => {
    const { hooks, tell, lines } = setUp({ onFailure: COMMAND, onEnd: "echo end >> ended" });
    tell(started(9), joined(0, 9), failed(1), failed(2, 2), ended(9));
    await hooks.close();
    expect(lines("seen")).toEqual(["failure 1", "failure 2"]);
    expect(lines("ended")).toEqual(["end"]);
  });

  test("is told of once when it always fails", async () => {
    const { hooks, tell, teller } = setUp({ onFailure: "exit 4" });
    tell(started(9), joined(0, 9), failed(1), failed(2, 2), ended(9));
    await hooks.close();
    expect(teller.warnings).toEqual(["--on-failure: exit code 4", "--on-failure: exit code 4"]);
    expect(teller.said).toEqual(["warning: the command of --on-failure: exit code 4"]);
  });

  test("does nothing while nothing fails", async () => {
    const { cwd, clock, hooks, tell } = setUp({ onFailure: COMMAND });
    tell(started(9), joined(0, 9), finished(1), ended(9));
    clock.advance(1000);
    await hooks.close();
    expect(existsSync(path.join(cwd, "seen"))).toBe(false);
  });
});
