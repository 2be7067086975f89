import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { bootSeconds } from "../../../../src/node/process/boot-clock.ts";
import { signal } from "../../../../src/node/process/process-table.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../../unit/node/process/children.ts";
import { bundle } from "../../../unit/node/process/runtimes.ts";
import { haveEnded, looked, WatchedEngine } from "./watched-engine.ts";

const script = bundle(new URL("watchdog-probe.ts", import.meta.url));
const start = (): Promise<WatchedEngine> => WatchedEngine.start(process.execPath, script);

const SLEEP = "echo $$; exec sleep 1000";
/** Says that it has heard TERM, each time, and ends only by KILL. */
const DEAF = 'trap "echo told" TERM; echo $$; while :; do read -t 1000 <> <(:) || :; done';

/** Seconds by the boot clock; no test lasts so long. */
const FAR = 1_000_000_000;

const passed = (deadline: number): Promise<void> =>
  until(
    () => bootSeconds() > deadline,
    () => "the deadline",
  );

test.each([
  ["with what they have started", "sleep 1000 & echo $!; echo $$; wait", 2],
  ["though they have left the session", `setsid bash -c '${SLEEP}' & echo $$; wait`, 2],
  ["though those who have started them have ended", `setsid -f bash -c '${SLEEP}'`, 1],
  ["though they ignore TERM", "trap '' TERM; echo $$; exec sleep 1000", 1],
  ["though they are stopped", "echo $$; kill -STOP $$", 1],
  [
    "though they go on starting others",
    "trap 'sleep 1000 & sleep 1000 &' TERM; echo $$; while :; do sleep 1000 & wait; done",
    1,
  ],
])("when the engine's group is killed its tasks end, %s", async (_how, task, processes) => {
  const engine = await start();
  const pids = await engine.startTask(task, processes);
  expect(living(pids)).toEqual(pids);
  const watchdog = await engine.watchdog();
  signal(-engine.pid, "SIGKILL");
  await haveEnded([...pids, watchdog]);
  expect(engine.marked()).toEqual([]);
});

test("a task that is stopped hears that it is to end", async () => {
  const engine = await start();
  await engine.startTask("trap 'echo told; exit' TERM; echo $$; kill -STOP $$");
  // By a deadline a task has two seconds to hear of it, and half a second when its engine is gone.
  engine.order({ type: "until", seconds: bootSeconds() - 1 });
  await engine.saysLines(3);
  expect(engine.lines.at(-1)).toBe("told");
});

test("what is not the engine's is left alone", async () => {
  const [engine, other] = [await start(), await start()];
  const strangers = [other.pid, await other.watchdog()];
  for (const mark of [other.id, `${engine.id}0`, `0${engine.id}`, `:${other.id}`]) {
    strangers.push(...(await other.startTask(SLEEP, 1, mark)));
  }
  const marks = [engine.id, `${randomUUID()}:${engine.id}`, `${engine.id}:${randomUUID()}`];
  const tasks: number[] = [];
  for (const mark of marks) tasks.push(...(await other.startTask(SLEEP, 1, mark)));
  const watchdog = await engine.watchdog();
  signal(engine.pid, "SIGKILL");
  await haveEnded([...tasks, watchdog]);
  expect(living(strangers)).toEqual(strangers);
});

test("what the engine starts after the deadline ends, too, until there is a new one", async () => {
  const engine = await start();
  const watchdog = await engine.watchdog();
  engine.order({ type: "until", seconds: bootSeconds() - 1 });
  await looked(watchdog);
  await haveEnded(await engine.startTask(SLEEP));
  // While anything is left to end, looks are a tenth of a second apart: too close for a task to say who it is.
  for (let looks = 0; looks < 2; looks++) await looked(watchdog);
  await haveEnded(await engine.startTask(`exec env -i bash -c '${SLEEP}'`));
  engine.order({ type: "forever" });
  await engine.hasObeyed();
  await looked(watchdog);
  const pids = await engine.startTask(SLEEP);
  await looked(watchdog);
  expect(living(pids)).toEqual(pids);
});

test("a task that has heard TERM is told once, and gets KILL though there is a new deadline", async () => {
  const engine = await start();
  const [deaf = 0] = await engine.startTask(DEAF);
  engine.order({ type: "until", seconds: bootSeconds() - 1 });
  await engine.saysLines(3);
  engine.order({ type: "until", seconds: FAR });
  await engine.hasObeyed();
  await looked(await engine.watchdog());
  const [later = 0] = await engine.startTask(SLEEP);
  await haveEnded([deaf]);
  expect(living([later])).toEqual([later]);
  expect(engine.lines.filter((line) => line === "told")).toHaveLength(1);
});

test("a deadline that is put off does not count", async () => {
  const engine = await start();
  const pids = await engine.startTask(SLEEP);
  const deadline = bootSeconds() + 3;
  engine.order({ type: "until", seconds: deadline });
  engine.order({ type: "until", seconds: FAR });
  await engine.hasObeyed();
  await passed(deadline);
  await looked(await engine.watchdog());
  expect(living(pids)).toEqual(pids);
});

test("a deadline that passes while all are frozen counts as soon as they are not", async () => {
  const engine = await start();
  const pids = await engine.startTask(SLEEP);
  const frozen = [engine.pid, await engine.watchdog(), ...pids];
  const deadline = bootSeconds() + 3;
  engine.order({ type: "until", seconds: deadline });
  for (const pid of frozen) signal(pid, "SIGSTOP");
  await passed(deadline + 0.1);
  expect(living(pids)).toEqual(pids);
  for (const pid of frozen) signal(pid, "SIGCONT");
  await haveEnded(pids);
  expect(living([engine.pid])).toEqual([engine.pid]);
});

test("a watchdog that was frozen hears all that it was told before it does anything", async () => {
  const engine = await start();
  const pids = await engine.startTask(SLEEP);
  const watchdog = await engine.watchdog();
  signal(watchdog, "SIGSTOP");
  const deadline = bootSeconds() + 0.5;
  engine.order({ type: "until", seconds: deadline });
  engine.order({ type: "until", seconds: FAR });
  await engine.hasObeyed();
  await passed(deadline);
  signal(watchdog, "SIGCONT");
  await looked(watchdog);
  await looked(watchdog);
  expect(living(pids)).toEqual(pids);
});

test("a watchdog that is stopped is let go all the same", async () => {
  const engine = await start();
  const watchdog = await engine.watchdog();
  signal(watchdog, "SIGSTOP");
  engine.order({ type: "close" });
  await engine.saysLines(2);
  expect(living([watchdog])).toEqual([]);
});

test("signals that ask for an end do not end a watchdog", async () => {
  const engine = await start();
  const watchdog = await engine.watchdog();
  await looked(watchdog);
  for (const name of ["SIGHUP", "SIGINT", "SIGTERM"] as const) signal(watchdog, name);
  await looked(watchdog);
  expect(living([watchdog])).toEqual([watchdog]);
});
