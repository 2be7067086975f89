import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type EnvironmentMark, findProcesses, signal } from "../../../../src/node/process/process-table.ts";
import { stopProcesses } from "../../../../src/node/process/stop-processes.ts";
import { living, TestGroup } from "./children.ts";

const NAME = "TEST_MARK";
/** Longer than a test may last. */
const FOREVER_MS = 1_000_000;

/** A mark of the test's own, and the variable that carries it. */
function makeMark() {
  const value = randomUUID();
  return { mark: { name: NAME, value }, env: { [NAME]: value } };
}

/** The process group of a process that lives. */
function groupOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}

test("processes that end when they are told to need no more than that", async () => {
  const { mark, env } = makeMark();
  const group = TestGroup.start("sleep 1000 & echo $!; echo $$; wait", env);
  await group.said(2);
  await stopProcesses(mark, new Set([group.pid]), () => FOREVER_MS);
  expect(await group.ended).toBe("SIGTERM");
  expect(living(group.pids())).toEqual([]);
});

describe("processes end in the end", () => {
  const GRACE_MS = 120;

  /** Starts this and has it stopped; gives the processes that are left, and how long it took, in milliseconds. */
  async function stop(script: string, processes: number) {
    const { mark, env } = makeMark();
    const group = TestGroup.start(script, env);
    await group.said(processes);
    const begun = performance.now();
    await stopProcesses(mark, new Set([group.pid]), () => GRACE_MS);
    const took = performance.now() - begun;
    const end = await group.ended;
    expect(group.pids()).toHaveLength(processes);
    return { end, took, left: [...living(group.pids()), ...findProcesses(mark, new Set([group.pid]))] };
  }

  test("when they ignore TERM, after the grace and not before", async () => {
    const { end, took, left } = await stop("trap '' TERM; sleep 1000 & echo $!; echo $$; exec sleep 1000", 2);
    expect({ end, left }).toEqual({ end: "SIGKILL", left: [] });
    expect(took).toBeGreaterThanOrEqual(GRACE_MS);
  });

  test("when they have left the session", async () => {
    expect(await stop("setsid bash -c 'echo $$; exec sleep 1000' & echo $$; wait", 2)).toMatchObject({ left: [] });
  });

  test("when they have left the session and ignore TERM", async () => {
    expect(await stop(`setsid bash -c 'trap "" TERM; echo $$; exec sleep 1000' & echo $$; wait`, 2)).toMatchObject({
      left: [],
    });
  });

  test("when they have cleared their environment but stay in the group", async () => {
    expect(await stop("env -i /bin/sleep 1000 & echo $!; echo $$; wait", 2)).toMatchObject({ left: [] });
  });

  test("when they are left behind by the leader of their group", async () => {
    expect(await stop("(trap '' TERM; sleep 1000 & echo $!); echo $$; exec sleep 1000", 2)).toMatchObject({ left: [] });
  });

  test("when they start others as long as they live", async () => {
    expect(
      await stop("trap 'sleep 1000 & sleep 1000 &' TERM; echo $$; while :; do sleep 1000 & wait; done", 1),
    ).toMatchObject({ left: [] });
  });

  test("when they are stopped and cannot hear TERM", async () => {
    expect(await stop("sleep 1000 & kill -STOP $!; echo $!; echo $$; wait", 2)).toMatchObject({ left: [] });
  });
});

test("each process is told once", async () => {
  const { mark, env } = makeMark();
  const patient = `trap "echo told" TERM; echo ready; while :; do read -t 1000 <> <(:) || :; done`;
  const group = TestGroup.start(`setsid bash -c '${patient}' & ${patient}`, env);
  await group.said(2);
  let areTold = false;
  const all = group.said(4).then((lines) => {
    areTold = true;
    return lines;
  });
  // A few looks more, in which they could be told again.
  let looks = 0;
  await stopProcesses(mark, new Set([group.pid]), () => (areTold && ++looks > 6 ? 0 : FOREVER_MS));
  await group.ended;
  expect((await all).filter((line) => line === "told")).toHaveLength(2);
});

test("a process that leaves its group just before the group is told is told, too", async () => {
  const { mark, env } = makeMark();
  const leaver = "env -i bash -c 'kill -STOP $$; exec setsid sleep 1000'";
  const group = TestGroup.start(`${leaver} & echo $!; echo $$; wait`, env);
  const pid = Number((await group.said(2))[0]);
  let hasLeft = false;
  const watched: EnvironmentMark = {
    name: mark.name,
    // The first look knows by now which group each process is in, and nobody has been told yet.
    get value() {
      if (!hasLeft) while (groupOf(pid) === group.pid) signal(pid, "SIGCONT");
      hasLeft = true;
      return mark.value;
    },
  };
  await stopProcesses(watched, new Set([group.pid]), () => FOREVER_MS);
  expect(await group.ended).toBe("SIGTERM");
  expect(living([pid])).toEqual([]);
});

test("the grace can be cut short while it lasts", async () => {
  const { mark, env } = makeMark();
  const group = TestGroup.start("trap '' TERM; echo $$; exec sleep 1000", env);
  await group.said(1);
  let looks = 0;
  await stopProcesses(mark, new Set([group.pid]), () => (++looks < 3 ? FOREVER_MS : 0));
  expect(await group.ended).toBe("SIGKILL");
});

test("nothing else is touched", async () => {
  const { mark, env } = makeMark();
  const target = TestGroup.start("echo $$; exec sleep 1000", env);
  const bystanders = [{}, { [NAME]: randomUUID() }, { [NAME]: `${mark.value}0` }].map((other) =>
    TestGroup.start("echo $$; exec sleep 1000", other),
  );
  await Promise.all([target, ...bystanders].map((group) => group.said(1)));
  await stopProcesses(mark, new Set([target.pid]), () => 0);
  await target.ended;
  const pids = bystanders.map(({ pid }) => pid);
  expect(living(pids)).toEqual(pids);
});

test("where there is nothing to end it is over at once", async () => {
  let looks = 0;
  await stopProcesses(makeMark().mark, new Set(), () => ++looks);
  expect(looks).toBe(0);
});

test("with no time of grace nothing is told before it ends, so that an engine has no moment to speak of it", async () => {
  const { mark, env } = makeMark();
  const group = TestGroup.start("trap 'echo told' TERM; echo $$; while :; do read -t 1000 <> <(:) || :; done", env);
  await group.said(1);
  await stopProcesses(mark, new Set([group.pid]), () => 0);
  expect(await group.ended).toBe("SIGKILL");
  expect(await group.said(1)).toEqual([String(group.pid)]);
});
