import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import { LEASE_MARGIN } from "../../../../src/domain/lease.ts";
import { bootSeconds } from "../../../../src/node/process/boot-clock.ts";
import { signal } from "../../../../src/node/process/process-table.ts";
import { WATCHDOG_SCRIPT } from "../../../../src/node/process/watchdog-script.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../../unit/node/process/children.ts";
import { bundle } from "../../../unit/node/process/runtimes.ts";
import { haveEnded, looked, WatchedEngine } from "./watched-engine.ts";

const script = bundle(new URL("watchdog-probe.ts", import.meta.url));

const SLEEP = "echo $$; exec sleep 1000";
const BEATS = 100_000;
const AT_ONCE = 1_000;
/** Seconds by the boot clock; no test lasts so long. */
const FAR = 1_000_000_000;

test("100,000 deadlines, told at every phase of a wait of two milliseconds, end nothing but by the last", async () => {
  const engine = await WatchedEngine.start(process.execPath, script, 0.002);
  const watchdog = await engine.watchdog();
  const pids = await engine.startTask(SLEEP);
  const before = engine.lines.length;
  for (let done = 0; done < BEATS; done += AT_ONCE) {
    engine.order({ type: "beats", count: AT_ONCE, seconds: bootSeconds() + 100 });
    await engine.saysLines(before + done / AT_ONCE + 1);
  }
  await looked(watchdog);
  expect(living([watchdog, ...pids])).toEqual([watchdog, ...pids]);
  engine.order({ type: "until", seconds: bootSeconds() + 0.2 });
  await haveEnded(pids);
  expect(new Set(engine.lines.slice(before))).toEqual(new Set(["beaten"]));
}, 120_000);

/** A watchdog whose engine is a process that does nothing, with a task of it. */
class BareWatchdog {
  readonly task: number;
  readonly pid: number;
  exitCode: number | null | undefined;
  readonly #engine: ChildProcess;
  readonly #child: ChildProcess;

  /** @param atTheEnd of the running test, which has to be said where several run at a time. */
  constructor(atTheEnd: (end: () => void) => void = onTestFinished) {
    const id = randomUUID();
    const env = { PATH: "/usr/bin:/bin", [ENGINE_MARK]: id };
    this.#engine = spawn("/bin/sleep", ["1000"], { stdio: "ignore" });
    const task = spawn("/bin/sleep", ["1000"], { env, detached: true, stdio: "ignore" });
    const args = ["-p", "-c", WATCHDOG_SCRIPT, "disbatch-watchdog", id, String(this.#engine.pid), "0.01"];
    this.#child = spawn("/bin/bash", args, { detached: true, stdio: ["pipe", "ignore", "ignore", "pipe"] });
    this.#child.once("exit", (code) => (this.exitCode = code));
    [this.task, this.pid] = [task.pid ?? 0, this.#child.pid ?? 0];
    atTheEnd(() => {
      for (const child of [this.#engine, task, this.#child]) child.kill("SIGKILL");
    });
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  endWords(): void {
    this.#child.stdin?.end();
  }

  endLife(): void {
    this.#child.stdio[3]?.destroy();
  }

  endEngine(): void {
    this.#engine.kill("SIGKILL");
  }

  async hasEnded(): Promise<void> {
    await until(
      () => this.exitCode !== undefined,
      () => "the end of the watchdog",
    );
  }
}

/** Whoever is not a child of the engine is found by a search, which is due every second at first. */
async function searched(): Promise<void> {
  const due = bootSeconds() + 1.2;
  await until(
    () => bootSeconds() > due,
    () => "the watchdog's next search",
  );
}

test.concurrent.for([
  "",
  "until",
  "until ",
  "until 5",
  "until 5.0",
  "until 5.000",
  "until -5.00",
  "until 5.00 ",
  "until  5.00",
  "until 0x5.00",
  "until a[$(exit)].00",
  "until 5.00until 6.00",
  "until 99999999999999999999.00",
  "Until 5.00",
  "forever and ever",
])("what is not understood is no reason to end anything: %j", async (line, { onTestFinished: atTheEnd }) => {
  const watchdog = new BareWatchdog(atTheEnd);
  await looked(watchdog.pid);
  watchdog.tell(`until ${FAR}.00`);
  watchdog.tell(line);
  await searched();
  expect(living([watchdog.task, watchdog.pid])).toEqual([watchdog.task, watchdog.pid]);
  // It is none the worse for it.
  watchdog.tell("until 5.00");
  await haveEnded([watchdog.task]);
});

test("what is understood no more puts an end to what was said before", async () => {
  const watchdog = new BareWatchdog();
  const soon = bootSeconds() + 0.3;
  watchdog.tell(`until ${soon.toFixed(2)}\nuntil soon`);
  await until(
    () => bootSeconds() > soon,
    () => "the deadline",
  );
  await searched();
  expect(living([watchdog.task])).toEqual([watchdog.task]);
});

test("an engine that only lets go of its watchdog has its tasks left alone", async () => {
  const watchdog = new BareWatchdog();
  await looked(watchdog.pid);
  watchdog.endWords();
  await looked(watchdog.pid);
  watchdog.endLife();
  await watchdog.hasEnded();
  expect(watchdog.exitCode).toBe(1);
  expect(living([watchdog.task])).toEqual([watchdog.task]);
});

test("an engine that is gone, but whose end of the socket somebody holds, is not taken for gone", async () => {
  const watchdog = new BareWatchdog();
  await looked(watchdog.pid);
  watchdog.endEngine();
  await searched();
  expect(living([watchdog.task])).toEqual([watchdog.task]);
  watchdog.endLife();
  await haveEnded([watchdog.task]);
});

test("tasks of an engine that leaves as it should stay, whatever ends first", async () => {
  const watchdog = new BareWatchdog();
  await looked(watchdog.pid);
  watchdog.endLife();
  watchdog.tell("done");
  await watchdog.hasEnded();
  expect(watchdog.exitCode).toBe(0);
  expect(living([watchdog.task])).toEqual([watchdog.task]);
});

test("who is late beyond all that the driver waits for ends tasks without asking them", async () => {
  const engine = await WatchedEngine.start(process.execPath, script);
  const watchdog = await engine.watchdog();
  const before = engine.lines.length;
  engine.order({
    type: "followed-task",
    script: "trap 'echo told' TERM; echo; while :; do read -t 1000 <> <(:) || :; done",
  });
  await engine.saysLines(before + 1);
  signal(watchdog, "SIGSTOP");
  const deadline = bootSeconds() - LEASE_MARGIN + 0.5;
  engine.order({ type: "until", seconds: deadline });
  await until(
    () => bootSeconds() > deadline + LEASE_MARGIN,
    () => "the end of all patience",
  );
  signal(watchdog, "SIGCONT");
  await engine.saysLines(before + 2);
  expect(engine.lines.slice(before + 1)).toEqual(['{"type":"signalled","signal":9} true']);
});
