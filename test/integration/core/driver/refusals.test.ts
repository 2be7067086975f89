import { describe, expect, test } from "vitest";
import { returnCodeOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited } from "../../../../src/domain/ending.ts";
import { encodeFrame } from "../../../../src/wire/frames.ts";
import { PROTOCOL } from "../../../../src/wire/messages.ts";
import { type DrivenRun, engineOf, finishWith, losses, perEngine, startRun, task } from "./driven-run.ts";
import type { PretendedEngine } from "./pretended-engine.ts";

type Deed = (engine: PretendedEngine, run: DrivenRun) => void;

describe("an engine is refused, and its task run elsewhere,", () => {
  const deeds: ReadonlyArray<readonly [what: string, why: string, deed: Deed]> = [
    ["says what is no message", "not a valid message", (engine) => engine.sayBytes(encodeFrame('{"type":"reboot"}'))],
    ["says what is no JSON", "JSON", (engine) => engine.sayBytes(encodeFrame("ready?"))],
    [
      "speaks something else",
      "a frame announces",
      (engine) => engine.sayBytes(Buffer.from("\xff\xff\xff\xff", "latin1")),
    ],
    ["reports a task that it was not given", "task 1", (engine) => engine.finish([1])],
    ["reports a task that nobody was given", "task 4711", (engine) => engine.finish([4711])],
    ["reports another attempt", "attempt 2", (engine) => engine.finish([0], { attempt: 2 })],
    ["reports an attempt of none", "attempt 0", (engine) => engine.finish([0], { attempt: 0 })],
    ["runs a task that it was not given", "task 1, attempt 1, runs", (engine) => engine.start(1)],
    ["runs another attempt", "task 0, attempt 2, runs", (engine) => engine.start(0, { attempt: 2 })],
    ["runs a task in a slot that it has not got", "slot 1000", (engine) => engine.start(0, { slot: 1000 })],
    [
      "reports a per-engine command that there is not",
      "per-engine command",
      (engine) => engine.finishCommand(perEngine("stop", 3)),
    ],
    ["says hello again", "hello before", (engine) => engine.hello()],
  ];

  test.each(deeds)("when it %s", async (_what, why, deed) => {
    const run = startRun([perEngine("start"), task(0)], { engineCount: 2 });
    const [liar, other] = [engineOf(run, 0), engineOf(run, 1)];
    await liar.join();
    await liar.assigned();
    deed(liar, run);
    await liar.closed;
    await other.join();
    await finishWith(other, run, 2);
    expect(losses(run)).toEqual([[0, expect.stringContaining(why)]]);
    expect([liar.kills, other.kills]).toEqual([1, 0]);
  });

  test("when it says hello again, as another engine, and it is the one that is killed", async () => {
    const run = startRun([task(0)], { engineCount: 2 });
    const [liar, other] = [engineOf(run, 0), engineOf(run, 1)];
    await liar.join();
    await liar.assigned();
    await other.join();
    liar.hello({ engineId: other.id });
    await liar.closed;
    await finishWith(other, run, 2);
    expect([liar.kills, other.kills]).toEqual([1, 0]);
  });
});

describe("an engine that reports a task twice is refused, and the first report counts,", () => {
  test.each([
    ["in one message", (engine: PretendedEngine) => engine.finish([0, 0])],
    [
      "in two",
      (engine: PretendedEngine) => {
        engine.finish([0]);
        engine.finish([0], { ending: exited(1) });
      },
    ],
  ])("%s", async (_how, report) => {
    const run = startRun([task(0), task(1)], { engineCount: 2 });
    const [liar, other] = [engineOf(run, 0), engineOf(run, 1)];
    await liar.join(2);
    expect(await liar.assigned(2)).toEqual([0, 1]);
    report(liar);
    await liar.closed;
    await other.join();
    expect(await other.next("assign")).toMatchObject({ assignments: [{ task: { id: 1 }, attempt: 2 }] });
    other.finish([1], { attempt: 2 });
    await other.leave();
    expect(await run.outcome).toEqual({ reason: "done" });
    expect(
      run.reporter.ofType("task-finished").map(({ result }) => [result.taskId, returnCodeOf(result.ending)]),
    ).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(run.reporter.ofType("engine-lost")).toMatchObject([{ engine: 0 }]);
  });
});

describe("a caller is refused, and the run goes on,", () => {
  const deeds: ReadonlyArray<readonly [what: string, deed: Deed]> = [
    ["begins with another word than hello", (caller) => caller.say({ type: "ready" })],
    ["begins with a result", (caller) => caller.finish([0])],
    ["speaks another protocol number", (caller) => caller.hello({ protocol: PROTOCOL + 1 })],
    [
      "begins with where it stands",
      (caller) => caller.say({ type: "report", held: [], welcomed: true, ready: true, leaving: false }),
    ],
    ["begins with what is no message", (caller) => caller.sayBytes(encodeFrame("[]"))],
    ["hangs up", (caller) => caller.end()],
  ];

  test.each(deeds)("when it %s", async (_what, deed) => {
    const run = startRun([task(0)], { engineCount: 2 });
    const [caller, other] = [engineOf(run, 0), engineOf(run, 1)];
    await caller.call();
    deed(caller, run);
    await caller.closed;
    expect(caller.heard).toEqual([]);
    await other.join();
    await finishWith(other, run, 1);
    expect(run.reporter.ofType("engine-joined")).toMatchObject([{ engine: { rank: 0 } }]);
  });

  test("when it names an engine that was not started: that is to end what it runs, and heard out", async () => {
    const run = startRun([task(0)], { engineCount: 2 });
    const [caller, other] = [engineOf(run, 0), engineOf(run, 1)];
    await caller.call();
    caller.hello({ engineId: "stranger" });
    expect(await caller.next("terminate")).toEqual({ type: "terminate", grace: 0 });
    caller.finish([0]);
    caller.say({ type: "goodbye", reason: undefined, fenced: false });
    await caller.next("farewell");
    await caller.closed;
    await other.join();
    await finishWith(other, run, 1);
    expect(run.reporter.ofType("warning").map(({ message }) => message)).toContain(
      "an engine on alpha is not expected, and is sent away",
    );
    expect(run.reporter.ofType("task-superseded")).toEqual([]);
  });

  test("when it names an engine that has joined already", async () => {
    const run = startRun([task(0)], { engineCount: 2 });
    const [engine, caller] = [engineOf(run, 0), engineOf(run, 1)];
    await engine.join();
    await caller.call();
    caller.hello({ engineId: engine.id });
    await caller.closed;
    await finishWith(engine, run, 1);
    expect(engine.kills).toBe(0);
  });
});

test("the only engine that is refused before it joined leaves the run without engines, once its process has ended", async () => {
  const run = startRun([task(0)]);
  const engine = engineOf(run);
  await engine.call();
  engine.hello({ protocol: PROTOCOL + 1 });
  await engine.closed;
  engine.end();
  expect(await run.outcome).toEqual({ reason: "no-engines" });
  expect(run.reporter.ofType("engine-failed")).toMatchObject([{ node: "alpha" }]);
});
