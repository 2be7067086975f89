import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exited, GIVEN_UP } from "../../../../src/domain/ending.ts";
import type { Context } from "../../../../src/domain/engine.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { waitingOf } from "../../../../src/domain/task-tally.ts";
import { formatEvent } from "../../../../src/records/journal/format.ts";
import { entryOf } from "../../../../src/records/journal/schema.ts";
import { RunFold } from "../../../../src/records/recovery/run-fold.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { viewOf } from "../../../../src/records/state/view.ts";
import {
  assigned,
  ended,
  finished,
  interrupted,
  joined,
  START,
  skipped,
  started,
  task,
} from "../../faces/terminal/events.ts";

const RUN = { jobId: "job", taskFile: "Tasks", host: "h", pid: 1 };
const ERROR = { bytes: 10, snippet: "disk 7 is full" };

function stateAfter(...events: readonly RunEvent[]): RunState {
  const state = new RunState();
  for (const event of events) state.handle(event);
  return state;
}

function viewAfter(...events: readonly RunEvent[]) {
  return viewOf(stateAfter(...events), RUN, START + 10);
}

function again(id: number, attempt: number, engine = 0): RunEvent {
  return { type: "task-assigned", time: START, task: task(id), attempt, crashes: 0, engine };
}

const LOST: RunEvent = { type: "engine-lost", time: START + 3, engine: 0, reason: "it was killed", crashed: true };

test("tasks that the run is going to skip take no time", () => {
  const ranOne = (id: number): RunEvent[] => [
    assigned(id),
    finished(id, { start: START + id, finish: START + id + 1 }),
  ];
  const state = stateAfter(started(100), joined(0, 1), { type: "engine-ready", time: START, engine: 0 });
  for (const event of [0, 1, 2, 3, 4].flatMap(ranOne)) state.handle(event);
  const latest = (): number => (viewOf(state, RUN, START + 5).estimate?.latest ?? Infinity) - START - 5;
  expect(latest()).toBeGreaterThan(90);
  state.expectedSkips = 90;
  expect(latest()).toBeLessThan(10);
});

describe("the view of a run", () => {
  test("tells tasks by what has become of them", () => {
    const view = viewAfter(
      started(9),
      joined(0, 1),
      assigned(0),
      assigned(1),
      assigned(2),
      finished(0),
      interrupted(1),
    );
    expect(view.tasks).toEqual({
      ...{ total: 9, succeeded: 1, failed: 0, skipped: 0, skippedFailed: 0, interrupted: 1, retrying: 0, retries: 0 },
      ...{ running: 1, assigned: 0, restarts: 0 },
    });
    expect(viewAfter(joined(0, 1), assigned(0), assigned(1), assigned(2)).tasks).toMatchObject({
      running: 1,
      assigned: 2,
    });
  });

  test("has numbers of tasks that make all of them, with those that wait", () => {
    const skip: RunEvent = skipped(8);
    const { tasks } = viewAfter(
      ...[started(9), joined(0, 1), assigned(0), assigned(1), assigned(2), assigned(3), skip],
      ...[finished(0), finished(1, { ending: exited(1) }), interrupted(2)],
    );
    const { succeeded, failed, skipped: known, interrupted: cutShort, running } = tasks;
    expect(succeeded + failed + known + cutShort + running + (waitingOf(tasks) ?? 0)).toBe(9);
    expect(waitingOf(tasks)).toBe(4);
    expect(waitingOf({ ...tasks, total: undefined })).toBeUndefined();
  });

  test("tells of an engine that has been stopped, or its context, until it is gone; also when the run is taken up", () => {
    const context: Context = { label: "SSH0", nodes: [], taskLimit: 0 };
    const added: RunEvent = { type: "context-added", time: START, context, later: false };
    const events = [started(9), added, joined(0, 2), joined(1, 1)];
    const stop: RunEvent = { type: "engine-stopping", time: START, engine: 1 };
    const recovered: RunEvent = { type: "run-recovered", time: START, host: "h", pid: 2 };
    const isStopping = (...more: readonly RunEvent[]): boolean[] =>
      viewAfter(...events, ...more).engines.map(({ stopping }) => stopping);
    expect(isStopping()).toEqual([false, false]);
    expect(isStopping(stop, recovered)).toEqual([false, true]);
    expect(isStopping({ type: "context-stopped", time: START, label: "SSH0" })).toEqual([true, true]);
    expect(isStopping(stop, { type: "engine-left", time: START, engine: 1 })).toEqual([false, false]);
    const fold = new RunFold({ now: () => false, before: () => false });
    const called: RunEvent = { type: "engine-stopping", time: START, engine: 0, reason: "its host goes down" };
    expect(isStopping(called)).toEqual([true, false]);
    for (const event of [...events, stop, called]) {
      const entry = entryOf(JSON.parse(formatEvent(event)));
      if (entry !== undefined) fold.take(entry);
    }
    // Nobody wanted the one to leave that does so by itself: in its place another one is started.
    expect(fold.result().engines.map(({ stopping }) => stopping)).toEqual([false, true]);
  });

  test("has an end in sight only where engines are left that start tasks, and counts the slots of these", () => {
    const slots = [joined(0, 1), joined(1, 1)];
    const done = Array.from({ length: 40 }, (_, id) => finished(id, { finish: START + 1 }));
    const events = [started(140), ...slots, ...done, assigned(40, 0), assigned(41, 1)];
    const stop = (engine: number): RunEvent => ({ type: "engine-stopping", time: START, engine });
    const left = (...more: readonly RunEvent[]): number | undefined => {
      const { estimate, now } = viewAfter(...events, ...more);
      return estimate === undefined ? undefined : estimate.latest - now;
    };
    expect((left(stop(1)) ?? 0) / (left() ?? 1)).toBeCloseTo(2, 0);
    expect(left(stop(0), stop(1))).toBeUndefined();
  });

  test("tells how engines do, and why one is out of touch or gone", () => {
    const events = [started(9), joined(0, 2), joined(1, 1), assigned(0), assigned(1), assigned(2), assigned(3, 1)];
    const done = [finished(0, { finish: START + 2 }), finished(3, { engine: 1, ending: exited(1) })];
    const silent: RunEvent = { type: "engine-silent", time: START, engine: 1, reason: "no sign" };
    const { engines } = viewAfter(...events, { type: "engine-ready", time: START, engine: 1 }, ...done, silent);
    expect(engines[0]).toMatchObject({ rank: 0, running: 2, assigned: 2, finished: 1, busySeconds: 2 });
    expect(engines[0]?.durations).toMatchObject({ count: 1, longest: 2 });
    expect(engines[1]).toMatchObject({ state: "silent", reason: "no sign", failed: 1, durations: { count: 1 } });
    expect(viewAfter(...events, LOST).engines[0]).toMatchObject({
      ...{ state: "lost", reason: "it was killed", assigned: 0, running: 0 },
    });
  });

  test("tells kinds of failures, durations and slot seconds", () => {
    const view = viewAfter(
      ...[started(9), joined(0, 2), assigned(0), assigned(1)],
      ...[finished(0, { ending: exited(2), error: ERROR }), finished(1, { finish: START + 5 })],
    );
    expect(view.kinds).toMatchObject([{ id: 0, text: "disk # is full", count: 1, first: START + 1 }]);
    expect(view.durations).toMatchObject({ count: 2, longest: 5 });
    expect(view.slots).toEqual({ total: 2, offeredSeconds: 20, busySeconds: 6 });
  });

  test("tells the barrier that is waited at, from when it was first met until it is passed", () => {
    const barrier = { kind: "barrier", id: 5, line: 6, check: true, text: "#DISBATCH BARRIER CHECK" } as const;
    const met: RunEvent = { type: "barrier-met", time: START + 1, barrier };
    const waiting = { passed: 0, waiting: { line: 6, check: true, since: START + 1 } };
    expect(viewAfter(started(9), met).barriers).toEqual(waiting);
    const taken: RunEvent = { type: "run-recovered", time: START + 2, host: "h", pid: 2 };
    expect(viewAfter(started(9), met, taken, { ...met, time: START + 3 }).barriers).toEqual(waiting);
    const passed: RunEvent = { type: "barrier-passed", time: START + 4, barrier, since: START + 1, failed: false };
    expect(viewAfter(started(9), met, passed).barriers).toEqual({ passed: 1 });
  });

  test("stands still once the run has ended", () => {
    const state = stateAfter(started(1), joined(0, 1), assigned(0), finished(0), ended(2));
    const { now: _now, ...view } = viewOf(state, RUN, START + 5);
    const { now: _later, ...later } = viewOf(state, RUN, START + 5_000_000);
    expect(later).toEqual(view);
    expect(view).toMatchObject({ phase: "ended", ended: START + 2, stalls: [] });
  });

  test("does not take a task that was given up for one that took no time", () => {
    const { durations, tasks } = viewAfter(
      started(9),
      joined(0, 1),
      assigned(0),
      LOST,
      finished(0, { ending: GIVEN_UP }),
    );
    expect([durations.count, tasks.failed]).toEqual([0, 1]);
  });

  test("knows the total of a stream once that has ended", () => {
    expect(viewAfter(started(), { type: "source-ended", time: START, total: 3 }).tasks.total).toBe(3);
  });
});

describe("restarts", () => {
  test("are starts beyond the first, counted when they are due", () => {
    const events = [started(9), joined(0, 2), joined(1, 2), assigned(0), assigned(1)];
    expect(viewAfter(...events, LOST, again(0, 2, 1), again(1, 2, 1)).tasks.restarts).toBe(2);
  });

  test("are not counted for a task that was handed back without having been started", () => {
    const returned: RunEvent = { type: "task-returned", time: START, taskId: 0, engine: 0 };
    expect(viewAfter(started(9), joined(0, 2), assigned(0), returned, assigned(0)).tasks.restarts).toBe(0);
    const second = [started(9), joined(0, 2), again(0, 2), returned];
    expect(viewAfter(...second).tasks.restarts).toBe(0);
    expect(viewAfter(...second, again(0, 2), finished(0), returned).tasks.restarts).toBe(1);
  });
});

/** What may happen to tasks, on three engines, one after the other. */
const happenings = fc.array(
  fc.record({
    id: fc.nat(30),
    engine: fc.nat(2),
    what: fc.constantFrom("assign", "succeed", "fail", "return", "lose"),
    after: fc.double({ min: 0, max: 40, noNaN: true }).map((seconds) => Math.round(seconds * 1000) / 1000),
  }),
  { maxLength: 80 },
);

type Happening = typeof happenings extends fc.Arbitrary<readonly (infer H)[]> ? H : never;

/** The events of a run: a task is held by one engine at a time, and has at most one outcome. */
function historyOf(steps: readonly Happening[]): RunEvent[] {
  const events: RunEvent[] = [started(31), joined(0, 1), joined(1, 2), joined(2, 3)];
  const holders = new Map<number, number>();
  const settled = new Set<number>();
  const lost = new Set<number>();
  let time = START;
  for (const { id, engine, what, after } of steps) {
    time = Math.round((time + after) * 1000) / 1000;
    const holder = holders.get(id);
    if (what === "lose") {
      if (lost.has(engine)) continue;
      lost.add(engine);
      events.push({ type: "engine-lost", time, engine, reason: "it was killed", crashed: false });
      for (const [held, rank] of holders) if (rank === engine) holders.delete(held);
    } else if (what === "assign") {
      if (holder !== undefined || settled.has(id) || lost.has(engine)) continue;
      holders.set(id, engine);
      events.push({ ...assigned(id, engine), time });
    } else if (holder !== undefined) {
      holders.delete(id);
      if (what === "return") events.push({ type: "task-returned", time, taskId: id, engine: holder });
      else {
        settled.add(id);
        const outcome =
          what === "fail" ? { ending: exited((id % 3) + 1), error: { bytes: 3, snippet: `e${id}x` } } : {};
        events.push({ ...finished(id, { engine: holder, start: time - 1, finish: time, ...outcome }), time });
      }
    }
  }
  return events;
}

describe("whatever happens", () => {
  test("kinds add up to the failed tasks, and what engines hold to what is held", () => {
    fc.assert(
      fc.property(happenings, (steps) => {
        const view = viewAfter(...historyOf(steps));
        expect(view.kinds.reduce((sum, { count }) => sum + count, 0)).toBe(view.tasks.failed);
        const held = view.engines.reduce((sum, engine) => sum + engine.assigned, 0);
        expect(view.tasks.running + view.tasks.assigned).toBe(held);
        expect(view.tasks.running).toBe(view.engines.reduce((sum, { running }) => sum + running, 0));
        expect(view.slots.total).toBe(
          view.engines.reduce((sum, { state, slots }) => (state === "lost" ? sum : sum + slots), 0),
        );
      }),
    );
  });

  test("the journal tells the same view", () => {
    fc.assert(
      fc.property(happenings, (steps) => {
        const events = historyOf(steps);
        const fold = new RunFold({ now: () => true, before: () => false });
        for (const event of events) {
          const entry = entryOf(JSON.parse(formatEvent(event)));
          if (entry !== undefined) fold.take(entry);
        }
        const now = (events.at(-1)?.time ?? START) + 3;
        expect(viewOf(fold.result().state, RUN, now)).toEqual(viewOf(stateAfter(...events), RUN, now));
      }),
    );
  });

  test("a view does not grow with the tasks", () => {
    const sizeAfter = (tasks: number): number => {
      const state = stateAfter(started(tasks), joined(0, 4));
      for (let id = 0; id < tasks; id++) {
        state.handle(assigned(id));
        state.handle(finished(id, { ending: exited(id % 4), error: { bytes: 9, snippet: `task ${id} failed` } }));
      }
      return JSON.stringify(viewOf(state, RUN, START + 2)).length;
    };
    // Numbers get digits, and nothing else does.
    expect(sizeAfter(20_000)).toBeLessThan(sizeAfter(20) + 200);
  });
});
