import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bootSeconds } from "../../../../src/node/process/boot-clock.ts";
import { signal } from "../../../../src/node/process/process-table.ts";
import { Watchdog } from "../../../../src/node/process/watchdog.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../../unit/node/process/children.ts";
import { bundle, RUNTIMES } from "../../../unit/node/process/runtimes.ts";
import { haveEnded, looked, WatchedEngine } from "./watched-engine.ts";

const script = bundle(new URL("watchdog-probe.ts", import.meta.url));

const SLEEP = "echo $$; exec sleep 1000";

describe.each(RUNTIMES)("on %s", (_name, runtime) => {
  const start = (): Promise<WatchedEngine> => WatchedEngine.start(runtime, script);

  test("a task that has cleared its environment ends with the engine, with all its children", async () => {
    const engine = await start();
    const pids = await engine.startTask(
      `exec env -i bash -c 'setsid bash -c "${SLEEP.replace("$$", "\\$\\$")}" & ${SLEEP}'`,
      2,
    );
    await looked(await engine.watchdog());
    signal(engine.pid, "SIGKILL");
    await haveEnded(pids);
    expect(engine.lines).toHaveLength(3);
  });

  test("when the deadline passes the tasks end and the engine does not, nor does the watchdog", async () => {
    const engine = await start();
    const pids = await engine.startTask(`setsid bash -c '${SLEEP}' & trap '' TERM; echo $$; wait`, 2);
    const watchdog = await engine.watchdog();
    const deadline = bootSeconds() + 0.5;
    engine.order({ type: "until", seconds: deadline });
    await until(
      () => living(pids).length < 2,
      () => "the first end",
    );
    expect(bootSeconds()).toBeGreaterThanOrEqual(deadline);
    await haveEnded(pids);
    expect(living([engine.pid, watchdog])).toEqual([engine.pid, watchdog]);
  });

  test("before a task ends by its watchdog it is known that this has acted, and not while it has not", async () => {
    const engine = await start();
    engine.order({ type: "followed-task", script: "exit 7" });
    await engine.saysLines(2);
    engine.order({
      type: "followed-task",
      script: "trap 'exit 0' TERM; echo; while :; do read -t 1000 <> <(:) || :; done",
    });
    await engine.saysLines(3);
    engine.order({ type: "until", seconds: bootSeconds() - 1 });
    await engine.saysLines(4);
    expect([engine.lines[1], engine.lines[3]]).toEqual([
      '{"type":"exited","code":7} false',
      '{"type":"exited","code":0} true',
    ]);
  });

  test("a watchdog that is let go leaves, and the tasks stay", async () => {
    const engine = await start();
    const pids = await engine.startTask(SLEEP);
    const watchdog = await engine.watchdog();
    engine.order({ type: "close" });
    await engine.saysLines(3);
    expect(engine.lines.at(-1)).toBe("closed");
    expect(living([watchdog, ...pids])).toEqual(pids);
  });

  test("a watchdog that is killed is replaced by one that knows the deadline", async () => {
    const engine = await start();
    const pids = await engine.startTask(SLEEP);
    const first = await engine.watchdog();
    const deadline = bootSeconds() + 4;
    engine.order({ type: "until", seconds: deadline });
    signal(first, "SIGKILL");
    await engine.watchdog(first);
    expect(living(pids)).toEqual(pids);
    await haveEnded(pids);
    expect(bootSeconds()).toBeGreaterThanOrEqual(deadline);
    expect(engine.lines.filter((line) => line.includes("no watchdog"))).toEqual([]);
  });

  test("neither tasks nor watchdogs hold what is another's", async () => {
    const engine = await start();
    const [task = 0] = await engine.startTask(SLEEP);
    const watchdog = await engine.watchdog();
    await looked(watchdog);
    expect(openFiles(task).map(([fd]) => fd)).toEqual(["0", "1", "2"]);
    const [words, ...outputs] = openFiles(watchdog);
    const life = outputs.pop();
    expect(outputs).toEqual([
      ["1", "/dev/null"],
      ["2", "/dev/null"],
    ]);
    expect([words, life]).toEqual([
      ["0", expect.stringMatching(/^socket/)],
      ["3", expect.stringMatching(/^socket/)],
    ]);
    expect(openFiles(task).map(([, file]) => file)).not.toContain(words?.[1]);
    expect(openFiles(task).map(([, file]) => file)).not.toContain(life?.[1]);
    expect(readlinkSync(`/proc/${watchdog}/cwd`)).toBe("/");
    expect(readFileSync(`/proc/${watchdog}/stat`, "utf8")).toContain(` ${engine.pid} ${watchdog} ${watchdog} `);
  });

  test("a watchdog does not keep an engine that has nothing more to do", async () => {
    const engine = await start();
    const pids = await engine.startTask(`setsid -f bash -c '${SLEEP}'`);
    engine.order({ type: "until", seconds: bootSeconds() + 1000 });
    engine.endOrders();
    await haveEnded([engine.pid]);
    await haveEnded(pids);
    expect(living([engine.pid, ...pids])).toEqual([]);
  });
});

test("an engine that can have no watchdog hears of it once, and goes on", async () => {
  const warnings: string[] = [];
  // Longer than any argument may be.
  const watchdog = new Watchdog({ engineId: "x".repeat(200_000), warn: (message) => warnings.push(message) });
  watchdog.keepUntil(1);
  watchdog.keepForever();
  await watchdog.close();
  watchdog.keepForever();
  await until(
    () => warnings.length > 0,
    () => "a warning",
  );
  expect(warnings).toEqual([expect.stringMatching(/^no watchdog.*E2BIG/)]);
});

/** Open files of a process: number and name of each. */
function openFiles(pid: number): [fd: string, file: string][] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).map((fd) => [fd, readlinkSync(`${folder}/${fd}`)]);
}
