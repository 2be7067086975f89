import { describe, expect, test } from "vitest";
import { endingOf } from "../../../../src/records/statusfile/return-code.ts";
import { exited, signalled, UNMET } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import type { Barrier, Task } from "../../../../src/domain/task.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import { entryOf } from "../../../../src/records/journal/schema.ts";
import { type Recorded, RunFold } from "../../../../src/records/recovery/run-fold.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";

const NOTHING: Recorded = { now: () => false, before: () => false };
const ALL: Recorded = { now: () => true, before: () => false };
const STARTED: RunEvent = { type: "run-started", time: 1, jobId: "job", taskFile: "Tasks", total: 9 };
const CONTEXT = { label: "SSH0", nodes: [{ node: "n", slots: 2, coresPerSlot: 1 }], taskLimit: 5 };
const ADDED: RunEvent = { type: "context-added", time: 1, context: CONTEXT, later: false };
const LOST = (engine: number): RunEvent => ({ type: "engine-lost", time: 4, engine, reason: "died", crashed: true });
const LEFT = (engine: number): RunEvent => ({ type: "engine-left", time: 4, engine });
const READY = (engine: number): RunEvent => ({ type: "engine-ready", time: 2, engine });

function task(id: number): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: `run ${id}` };
}

function joined(rank: number, slots = 2): RunEvent {
  const engine = { id: `id-${rank}`, rank, node: "n", pid: 9, slots, context: "SSH0" };
  return { type: "engine-joined", time: 2, engine };
}

function assigned(id: number, engine: number, attempt = 1, crashes = 0): RunEvent {
  return { type: "task-assigned", time: 3, task: task(id), attempt, crashes, engine };
}

function result(taskId: number, engine: number, changes: Partial<TaskResult> = {}): TaskResult {
  const none = { bytes: 0, snippet: "" };
  const outcome = { node: "n", pid: 7, ending: exited(0), start: 3, finish: 4, output: none, error: none };
  return { taskId, attempt: 1, engine, slot: 0, ...outcome, ...changes };
}

function finished(id: number, engine: number, returnCode = 0): RunEvent {
  return {
    type: "task-finished",
    time: 4,
    task: task(id),
    result: result(id, engine, { ending: endingOf(returnCode, 7) }),
  };
}

function interrupted(id: number, engine: number): RunEvent {
  return { type: "task-interrupted", time: 4, task: task(id), result: result(id, engine, { ending: signalled(15) }) };
}

function skipped(id: number, returnCode = 0): RunEvent {
  const previous = { ...result(id, 0, { ending: endingOf(returnCode, 7) }), alreadyRecorded: true };
  return { type: "task-skipped", time: 2, skipped: { kind: "skipped", task: task(id), previous } };
}

function passed(id: number, check = false, failed = false): RunEvent {
  const barrier: Barrier = { kind: "barrier", id, line: id + 1, check, text: "#DISBATCH BARRIER" };
  return { type: "barrier-passed", time: 5, barrier, since: 4, failed };
}

function commandRun(engine: number, returnCode: number, id = 0): RunEvent {
  const command = { kind: "per-engine", when: "start", id, line: 1, command: "setup" } as const;
  return {
    type: "per-engine-finished",
    time: 2,
    command,
    result: result(id, engine, { ending: endingOf(returnCode, 7), slot: -1 }),
  };
}

/** What the journal of these events folds to, and what is told of it. */
function fold(events: readonly RunEvent[], recorded: Recorded = NOTHING) {
  const runFold = new RunFold(recorded);
  const told: RunEvent[] = [];
  for (const event of events) {
    const entry = entryOf(JSON.parse(formatEvent(event)));
    if (entry === undefined) throw new Error(`no entry: ${formatEvent(event)}`);
    const again = runFold.take(entry);
    if (again !== undefined) told.push(again);
  }
  return { run: runFold.result(), told, fold: runFold };
}

/** Engines with two slots each, which have joined and are ready. */
const TWO_ENGINES = [STARTED, ADDED, joined(0), READY(0), joined(1), READY(1)];

describe("engines", () => {
  test("that have joined and neither left nor been lost may be there still, with what they held, in order", () => {
    const events = [...TWO_ENGINES, joined(2), assigned(3, 1), assigned(1, 1), assigned(2, 0), LEFT(0)];
    const { run } = fold(events);
    expect(run.engines.map(({ engine, ready, held }) => [engine.rank, ready, held.map((one) => one.task.id)])).toEqual([
      [1, true, [3, 1]],
      [2, false, []],
    ]);
    expect(run.nextRank).toBe(3);
  });

  test("that are out of touch, or were, are there", () => {
    const silent: RunEvent = { type: "engine-silent", time: 4, engine: 0, reason: "nothing is heard" };
    const back: RunEvent = { type: "engine-back", time: 5, engine: 0 };
    expect(fold([...TWO_ENGINES, silent]).run.engines).toHaveLength(2);
    expect(fold([...TWO_ENGINES, silent, back]).run.engines).toHaveLength(2);
  });

  test("are known by their ids also when they have gone", () => {
    const { fold: known } = fold([...TWO_ENGINES, LOST(0)]);
    expect([known.knowsEngine("id-0"), known.knowsEngine("id-1"), known.knowsEngine("id-2")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("have run the per-engine commands that are recorded, each told once", () => {
    const { run, told } = fold([...TWO_ENGINES, commandRun(0, 1), commandRun(0, 1), commandRun(0, 0, 1)]);
    expect(run.engines.map(({ commandsRun }) => commandsRun.map(({ id }) => id))).toEqual([[0, 1], []]);
    expect(told.filter(({ type }) => type === "per-engine-finished")).toHaveLength(2);
    expect(run.failedSinceBarrier).toBe(1);
  });
});

describe("tasks that are to be started again", () => {
  const startsOf = (...events: readonly RunEvent[]): number[][] =>
    fold([...TWO_ENGINES, ...events]).run.returned.map(({ task: { id }, attempt, crashes }) => [id, attempt, crashes]);

  test("keep their attempt when they were handed back", () => {
    const back: RunEvent = { type: "task-returned", time: 4, taskId: 5, engine: 0 };
    expect(startsOf(assigned(5, 0, 2, 1), back)).toEqual([[5, 2, 1]]);
  });

  test("are at their next attempt when their engine has left", () => {
    expect(startsOf(assigned(5, 0), LEFT(0))).toEqual([[5, 2, 0]]);
  });

  test("have one crash more when their engine was lost, whether or not they had a slot", () => {
    const events = [assigned(7, 0), assigned(4, 0, 3, 1), assigned(6, 0), assigned(5, 0)];
    expect(startsOf(...events, finished(7, 0), LOST(0))).toEqual([
      [4, 4, 2],
      [5, 2, 1],
      [6, 2, 1],
    ]);
  });

  test("are not, once somebody has had them stopped, whatever has become of them", () => {
    const stopping: RunEvent = { type: "task-stopping", time: 4, taskId: 5, engine: 0 };
    for (const events of [[], [LOST(0)], [finished(5, 0)]]) {
      expect(fold([...TWO_ENGINES, assigned(5, 0), stopping, ...events]).run.stopped).toEqual(new Map([[5, 0]]));
    }
  });

  test("are at their next attempt when they were cut short, whoever has them", () => {
    expect(startsOf(assigned(5, 0), interrupted(5, 0))).toEqual([[5, 2, 0]]);
    expect(startsOf(assigned(5, 0), interrupted(5, 0), LEFT(0))).toEqual([[5, 2, 0]]);
  });

  test("come in the order of their ids, and none that is held again or has ended", () => {
    const events = [assigned(3, 0), assigned(1, 0), assigned(2, 0), assigned(0, 0), LOST(0)];
    expect(startsOf(...events, assigned(2, 1, 2), finished(2, 1), assigned(1, 1, 2)).map(([id]) => id)).toEqual([0, 3]);
  });

  test("are claimed, as those that an engine holds are", () => {
    const { run } = fold([...TWO_ENGINES, assigned(0, 0), assigned(1, 1), LOST(0), assigned(2, 1), finished(2, 1)]);
    expect([0, 1, 2, 3].filter((id) => run.claimed(id))).toEqual([0, 1]);
    expect([0, 1, 2, 3].filter((id) => run.settled(id))).toEqual([2]);
  });

  test("are not those that the driver gave up when their engine was lost", () => {
    const { run } = fold([...TWO_ENGINES, assigned(0, 0), LOST(0), finished(0, 0, -100)]);
    expect(run.returned).toEqual([]);
    expect(run).toMatchObject({ failedSinceBarrier: 1 });
  });
});

describe("contexts", () => {
  test("are told with what they have taken: what was handed back, or was held by engines that have gone, does not count", () => {
    const back: RunEvent = { type: "task-returned", time: 4, taskId: 1, engine: 0 };
    const tasks = [0, 1, 2, 3].map((id) => assigned(id, 0));
    const events = [...TWO_ENGINES, ...tasks, finished(0, 0), back, LOST(0), assigned(2, 1, 2), assigned(3, 1, 2)];
    expect(fold(events).run.contexts).toEqual([{ context: CONTEXT, later: false, stopped: false, taken: 3 }]);
  });

  test("may have been brought later, and been stopped", () => {
    const other: RunEvent = { type: "context-added", time: 2, context: { ...CONTEXT, label: "b" }, later: true };
    const { run } = fold([STARTED, ADDED, other, { type: "context-stopped", time: 3, label: "SSH0" }]);
    expect(run.contexts.map(({ context, later, stopped }) => [context.label, later, stopped])).toEqual([
      ["SSH0", false, true],
      ["b", true, false],
    ]);
  });
});

describe("tasks that have started", () => {
  const runs = (id: number, engine: number, attempt = 1): RunEvent => {
    return { type: "task-started", time: 4, task: task(id), attempt, engine, slot: 1, start: 3.5 };
  };
  const startsTold = (...events: readonly RunEvent[]): RunEvent[] =>
    fold([...TWO_ENGINES, ...events]).told.filter(({ type }) => type === "task-started");

  test("are told as they were", () => {
    expect(startsTold(assigned(0, 0), runs(0, 0))).toEqual([runs(0, 0)]);
    expect(startsTold(assigned(0, 0, 2), runs(0, 0, 2), runs(0, 0, 2))).toHaveLength(2);
  });

  test("are not when that engine does not have them, in that attempt", () => {
    expect(startsTold(runs(0, 0))).toEqual([]);
    expect(startsTold(assigned(0, 0), runs(0, 1), runs(0, 0, 2))).toEqual([]);
    expect(startsTold(assigned(0, 0), finished(0, 0), runs(0, 0))).toEqual([]);
    expect(startsTold(assigned(0, 0), LOST(0), runs(0, 0))).toEqual([]);
  });

  test("are held all the same", () => {
    const { run } = fold([...TWO_ENGINES, assigned(0, 0), runs(0, 0)]);
    expect(run.engines.map(({ held }) => held.map(({ attempt }) => attempt))).toEqual([[1], []]);
  });
});

describe("barriers", () => {
  test("count from anew what failed", () => {
    const failures = [assigned(0, 0), finished(0, 0, 1), commandRun(1, 1), skipped(1, 3)];
    expect(fold([...TWO_ENGINES, ...failures], ALL).run).toMatchObject({ failedSinceBarrier: 3, lastBarrier: -1 });
    const { run } = fold([...TWO_ENGINES, ...failures, passed(2), assigned(3, 0), finished(3, 0, 1)], ALL);
    expect(run).toMatchObject({ failedSinceBarrier: 1, lastBarrier: 2, checkFailed: false });
    expect(run.settled(2)).toBe(true);
  });

  test("that check may have met failures", () => {
    expect(fold([STARTED, passed(2, true, true)]).run.checkFailed).toBe(true);
  });
});

describe("skipped tasks", () => {
  test("are settled when a record of them stands in the status file, from this run or an earlier one", () => {
    const before: Recorded = { now: () => false, before: (id) => id === 4 };
    expect(fold([STARTED, skipped(4)], ALL).run).toMatchObject({ anySkipped: true });
    expect(fold([STARTED, skipped(4)], before).run.settled(4)).toBe(true);
  });

  test("are to be skipped once more when there is no record of them", () => {
    const { run, told } = fold([STARTED, skipped(4, 1)]);
    expect([run.settled(4), run.anySkipped, run.failedSinceBarrier, told.length]).toEqual([false, false, 0, 1]);
  });
});

describe("a task that no engine could run", () => {
  const unmet: RunEvent = {
    ...{ type: "task-finished", time: 4, task: { ...task(4), terms: termsOfText("cores=64") } },
    result: result(4, -1, { ending: UNMET, slot: -1, pid: -1 }),
  };

  test("is known with its command, though it was never assigned, and so is that there was one", () => {
    const { run, told } = fold([...TWO_ENGINES, unmet], ALL);
    expect([run.settled(4), run.anyUnmet]).toEqual([true, true]);
    expect(told.at(-1)).toMatchObject({ type: "task-finished", task: { id: 4, line: 5, command: "run 4" } });
    expect(fold([...TWO_ENGINES, assigned(0, 0), finished(0, 0, 1)]).run.anyUnmet).toBe(false);
  });
});

describe("the end of a run", () => {
  const draining: RunEvent = { type: "run-draining", time: 5, reason: "interrupted" };
  const terminating: RunEvent = { type: "run-terminating", time: 6, reason: "failed-fast" };
  const ended: RunEvent = { type: "run-ended", time: 7, reason: "failed-fast" };

  test("that had begun, or come, is known, and is over when the run was recovered", () => {
    expect(fold([STARTED]).run).toMatchObject({ runEnd: undefined, ended: undefined });
    expect(fold([STARTED, draining]).run).toMatchObject({ runEnd: "interrupted", ended: undefined });
    expect(fold([STARTED, draining, terminating, ended]).run).toMatchObject({
      runEnd: "failed-fast",
      ended: "failed-fast",
    });
    const recovered: RunEvent = { type: "run-recovered", time: 8, host: "h", pid: 3 };
    expect(fold([STARTED, draining, ended, recovered]).run).toMatchObject({ runEnd: undefined, ended: undefined });
  });

  test("is not told to those who count, and what it cut short counts as handed back", () => {
    const { told } = fold([...TWO_ENGINES, assigned(0, 0), draining, terminating, interrupted(0, 0), ended]);
    expect(told.map(({ type }) => type)).toEqual([
      ...["run-started", "context-added", "engine-joined", "engine-ready", "engine-joined", "engine-ready"],
      ...["task-assigned", "task-returned"],
    ]);
  });
});

describe("counting on", () => {
  test("gives the numbers of the whole run, with the commands of failures", () => {
    const counts = new RunState();
    const events = [...TWO_ENGINES, skipped(9, 1), assigned(0, 0), finished(0, 0), assigned(1, 1), finished(1, 1, 3)];
    for (const event of fold([...events, assigned(2, 1), assigned(3, 0), LOST(0)], ALL).told) counts.handle(event);
    expect(counts).toMatchObject({ total: 9, started: 1, succeeded: 1, failed: 1, skipped: 1, skippedFailed: 1 });
    expect(counts).toMatchObject({ running: 1, slots: 2, enginesJoined: 2 });
    expect(counts.failures).toEqual([{ command: task(1), result: result(1, 1, { ending: exited(3) }) }]);
  });

  test("counts an outcome once, though the journal tells it twice", () => {
    const { told } = fold([...TWO_ENGINES, assigned(0, 0), finished(0, 0), finished(0, 0), assigned(0, 1, 2)]);
    expect(told.slice(TWO_ENGINES.length).map(({ type }) => type)).toEqual(["task-assigned", "task-finished"]);
  });
});

describe("a journal that lacks a line", () => {
  test("has a task that was assigned twice with the engine that got it last", () => {
    const { run } = fold([...TWO_ENGINES, assigned(0, 0), assigned(0, 1, 2)]);
    expect(run.engines.map(({ held }) => held.length)).toEqual([0, 1]);
  });

  test("has a finished task without its lease as settled only when the status file has it, too", () => {
    expect(fold([...TWO_ENGINES, finished(0, 0)]).run.settled(0)).toBe(false);
    const { run, told } = fold([...TWO_ENGINES, finished(0, 0)], ALL);
    expect(run.settled(0)).toBe(true);
    expect(told.at(-1)).toMatchObject({ type: "task-finished", task: { id: 0, command: "" } });
  });

  test("has what an unknown engine held as tasks that wait", () => {
    expect(fold([STARTED, assigned(0, 7)]).run.returned).toMatchObject([{ task: { id: 0 }, attempt: 1 }]);
  });
});

describe("a task that has failed and is tried again", () => {
  const flaky = { ...task(3), terms: termsOfText("retries=3 retry-delay=5 retry-elsewhere=yes") };
  const given = (engine: number, attempt: number): RunEvent => {
    return { type: "task-assigned", time: 3, task: flaky, attempt, crashes: 0, engine };
  };
  const failed = result(3, 0, { ending: exited(4) });
  const retrying: RunEvent = { type: "task-retrying", time: 4, task: flaky, result: failed, failures: 1, delay: 5 };
  const next = { task: flaky, attempt: 2, crashes: 0, failures: 1, lastEnding: exited(4), avoid: "n" };

  test("waits for its time, and for nobody else's sake", () => {
    const { run } = fold([...TWO_ENGINES, given(0, 1), retrying]);
    expect(run.retries).toEqual([{ assignment: next, engine: 0, due: 9, delay: 5 }]);
    expect([run.returned, run.engines.flatMap(({ held }) => held)]).toEqual([[], []]);
    expect([run.claimed(3), run.settled(3), run.state.retrying, run.state.held]).toEqual([true, false, 1, 0]);
    expect(run.failedTries).toMatchObject([{ result: { ending: exited(4) }, isGivenAgain: false }]);
  });

  test("keeps what came of it when it is given out again, returned, or lost with its engine", () => {
    expect(fold([...TWO_ENGINES, given(0, 1), retrying, given(1, 2)]).run.engines[1]?.held).toEqual([next]);
    const returned: RunEvent = { type: "task-returned", time: 5, taskId: 3, engine: 1 };
    expect(fold([...TWO_ENGINES, given(0, 1), retrying, given(1, 2), returned]).run.returned).toEqual([next]);
    const { run } = fold([...TWO_ENGINES, given(0, 1), retrying, given(1, 2), LOST(1)]);
    expect(run.returned).toEqual([{ ...next, attempt: 3, crashes: 1 }]);
    expect([run.retries, run.failedTries]).toMatchObject([[], [{ isGivenAgain: true }]]);
  });

  test("waits still when the run was about to end without it, and has no second outcome", () => {
    const ended: RunEvent = { type: "task-interrupted", time: 6, task: flaky, result: failed };
    expect(fold([...TWO_ENGINES, given(0, 1), retrying, ended]).run.retries).toHaveLength(1);
    const { run } = fold([...TWO_ENGINES, given(0, 1), retrying, finished(3, 1, 0), retrying]);
    expect([run.settled(3), run.retries, run.state.retries]).toEqual([true, [], 1]);
  });

  test("is what a result comes to that an engine has left, unless somebody has had the task stopped", () => {
    const stopping: RunEvent = { type: "task-stopping", time: 3, taskId: 3, engine: 0 };
    expect(fold([...TWO_ENGINES, given(0, 1)]).fold.entryOf(failed)).toMatchObject({
      type: "task-retrying",
      failures: 1,
    });
    expect(fold([...TWO_ENGINES, given(0, 1), stopping]).fold.entryOf(failed)).toMatchObject({ type: "task-finished" });
    const succeeded = result(3, 0);
    expect(fold([...TWO_ENGINES, given(0, 1)]).fold.entryOf(succeeded)).toMatchObject({ type: "task-finished" });
  });
});
