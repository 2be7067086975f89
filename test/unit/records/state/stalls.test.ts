import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../../../../src/domain/events.ts";
import type { Barrier } from "../../../../src/domain/task.ts";
import type { Stall } from "../../../../src/domain/watch.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { stallsOf } from "../../../../src/records/state/stalls.ts";
import { assigned, ended, finished, joined, START, started } from "../../faces/terminal/events.ts";

const BARRIER: Barrier = { kind: "barrier", id: 5, line: 6, check: false, text: "#DISBATCH BARRIER" };

function stallsAfter(...events: readonly RunEvent[]): Stall[] {
  const state = new RunState();
  for (const event of events) state.handle(event);
  return stallsOf(state);
}

function whyAfter(...events: readonly RunEvent[]): Stall["why"][] {
  return stallsAfter(...events).map(({ why }) => why);
}

function ready(engine: number): RunEvent {
  return { type: "engine-ready", time: START, engine };
}

function context(label: string, taskLimit = 0): RunEvent {
  return { type: "context-added", time: START, context: { label, nodes: [], taskLimit }, later: false };
}

/** A run of 20 tasks on an engine of two slots. */
const RUN = [started(20), context("SSH0"), joined(0, 2), ready(0)];
const FULL = [...RUN, assigned(0), assigned(1)];

describe("nothing is told", () => {
  test("while all slots are busy, and all have come that were wanted", () => {
    expect(whyAfter(...FULL)).toEqual([]);
  });

  test("for a slot that is about to get its next task", () => {
    expect(whyAfter(...FULL, finished(0))).toEqual([]);
  });

  test("before a run has begun, when it is over, and when nothing is left to do", () => {
    expect(whyAfter()).toEqual([]);
    expect(whyAfter(...FULL, ended(3, "interrupted"))).toEqual([]);
    expect(whyAfter(started(1), joined(0, 2), ready(0), assigned(0), finished(0))).toEqual([]);
  });
});

describe("slots are free", () => {
  test("because all before a barrier has to finish, which runs on these nodes", () => {
    const met: RunEvent = { type: "barrier-met", time: START + 2, barrier: BARRIER };
    const engines = Array.from({ length: 7 }, (_, n) => [joined(n, 2), ready(n), assigned(n, n)]).flat();
    expect(stallsAfter(started(20), ...engines, met)).toEqual([
      { why: "barrier", line: 6, since: START + 2, running: 7, nodes: ["n0", "n1", "n2", "n3", "n4"] },
    ]);
    const passed: RunEvent = { type: "barrier-passed", time: START, barrier: BARRIER, since: START, failed: false };
    expect(whyAfter(started(20), ...engines, met, passed)).toEqual([]);
  });

  test("because the last tasks run", () => {
    expect(stallsAfter(started(1), joined(0, 2), ready(0), assigned(0))).toEqual([
      { why: "no-tasks", sourceEnded: true },
    ]);
  });

  test("because a stream has no more tasks yet, or has ended", () => {
    const stream = [started(), joined(0, 2), ready(0), assigned(0)];
    expect(stallsAfter(...stream)).toEqual([{ why: "no-tasks", sourceEnded: false }]);
    expect(stallsAfter(...stream, { type: "source-ended", time: START, total: 1 })).toEqual([
      { why: "no-tasks", sourceEnded: true },
    ]);
  });

  test("because nobody has submitted more tasks, though somebody may", () => {
    const list = { isEnded: false, ids: 0, tasks: 0 };
    const after = (...events: readonly RunEvent[]): Stall["why"][] => {
      const state = new RunState();
      state.openList = list;
      for (const event of events) state.handle(event);
      return stallsOf(state).map(({ why }) => why);
    };
    // Engines wait to hear whether start commands come first.
    expect(after(started(), joined(0, 2))).toEqual(["awaits-tasks"]);
    list.ids = 2;
    expect(after(started(), joined(0, 2))).toEqual(["starting"]);
    expect(after(started())).toEqual(["no-engines"]);
    expect(after(started(), joined(0, 2), ready(0), assigned(0))).toEqual(["awaits-tasks"]);
    expect(after(started(), joined(0, 2), ready(0), assigned(0), assigned(1))).toEqual([]);
    list.isEnded = true;
    expect(after(started(), joined(0, 2), ready(0), assigned(0))).toEqual(["no-tasks"]);
  });

  test("because the run is being ended", () => {
    expect(stallsAfter(...FULL, { type: "run-draining", time: START, reason: "stopped" }, finished(0))).toEqual([
      { why: "ending", phase: "draining", running: 1 },
    ]);
    expect(whyAfter(...RUN, { type: "run-terminating", time: START, reason: "terminated" })).toEqual(["ending"]);
  });

  test("because the context may take no more tasks, or has been stopped, which is not the same", () => {
    const limited = [started(20), context("SSH0", 1), context("SSH1"), joined(0, 2), ready(0), assigned(0)];
    expect(stallsAfter(...limited)).toEqual([{ why: "task-limit", contexts: ["SSH0"] }]);
    expect(stallsAfter(...limited, { type: "context-stopped", time: START, label: "SSH1" })).toEqual([
      { why: "task-limit", contexts: ["SSH0"] },
      { why: "stopped", contexts: ["SSH1"], engines: [], running: 0 },
    ]);
  });

  test("because engines still start", () => {
    expect(stallsAfter(...FULL, joined(1, 2), joined(2, 2))).toEqual([{ why: "starting", engines: 2 }]);
  });
});

describe("all slots that are left are busy", () => {
  const stopping = (engine: number): RunEvent => ({ type: "engine-stopping", time: START, engine });
  const both = [...FULL, joined(1, 2), ready(1), assigned(2, 1), assigned(3, 1)];

  test("and hosts that were wanted cannot be reached, until nothing is left for them", () => {
    const failed: RunEvent = { type: "engine-failed", time: START, node: "n9", reason: "no route" };
    const told = [{ why: "unreachable", nodes: ["n9"], reason: "no route" }];
    expect(stallsAfter(...FULL, failed)).toEqual(told);
    expect(whyAfter(started(2), ...FULL.slice(1), failed)).toEqual([]);
  });

  test("and an engine has been stopped, until it is gone", () => {
    const told = [{ why: "stopped", contexts: [], engines: [1], running: 2 }];
    expect(stallsAfter(...both, stopping(1))).toEqual(told);
    // Its own free slot is nobody's.
    expect(stallsAfter(...both, stopping(1), finished(2, { engine: 1 }))).toEqual([{ ...told[0], running: 1 }]);
    expect(whyAfter(...both, stopping(1), { type: "engine-left", time: START, engine: 1 })).toEqual([]);
  });

  test("or nothing starts at all, since the only engine has been stopped, or its context", () => {
    expect(stallsAfter(...FULL, stopping(0))).toEqual([{ why: "stopped", contexts: [], engines: [0], running: 2 }]);
    expect(stallsAfter(...FULL, { type: "context-stopped", time: START, label: "SSH0" })).toEqual([
      { why: "stopped", contexts: ["SSH0"], engines: [], running: 2 },
    ]);
  });

  test("and the run is being ended", () => {
    expect(stallsAfter(...FULL, { type: "run-draining", time: START, reason: "interrupted" })).toEqual([
      { why: "ending", phase: "draining", running: 2 },
    ]);
  });
});

describe("no engine is there", () => {
  test("yet, or any more", () => {
    expect(stallsAfter(started(20))).toEqual([{ why: "no-engines", awaited: false }]);
    expect(whyAfter(...FULL, { type: "engine-left", time: START, engine: 0 })).toEqual(["no-engines"]);
  });

  test("and somebody is to add one, until one has joined", () => {
    const awaited: RunEvent = { type: "engines-awaited", time: START };
    expect(stallsAfter(started(20), awaited)).toEqual([{ why: "no-engines", awaited: true }]);
    expect(whyAfter(started(20), awaited, joined(0, 2))).toEqual(["starting"]);
  });
});

describe("a host cannot be reached", () => {
  const failed = (node: string, reason: string): RunEvent => ({ type: "engine-failed", time: START, node, reason });

  test("for these reasons, each told once", () => {
    const events = [failed("n1", "no route"), failed("n2", "refused"), failed("n3", "no route")];
    expect(stallsAfter(...RUN, ...events)).toEqual([
      { why: "unreachable", nodes: ["n1", "n3"], reason: "no route" },
      { why: "unreachable", nodes: ["n2"], reason: "refused" },
    ]);
  });

  test("until an engine has joined there, or is back", () => {
    const silent: RunEvent = { type: "engine-silent", time: START, engine: 0, reason: "its connection is lost" };
    expect(stallsAfter(...FULL, silent)).toEqual([
      { why: "unreachable", nodes: ["n0"], reason: "its connection is lost" },
    ]);
    expect(whyAfter(...FULL, silent, { type: "engine-back", time: START, engine: 0 })).toEqual([]);
    expect(whyAfter(...RUN, failed("n1", "no route"), joined(1, 2), ready(1))).toEqual([]);
  });

  test("because its engine died, while another one is started", () => {
    const lost: RunEvent = { type: "engine-lost", time: START, engine: 0, reason: "it was killed", crashed: true };
    const again = { type: "engine-restarting", time: START, node: "n0", label: "SSH0", restart: 1, delay: 5 } as const;
    expect(stallsAfter(...FULL, lost, again)).toEqual([
      { why: "no-engines", awaited: false },
      { why: "unreachable", nodes: ["n0"], reason: "it was killed" },
    ]);
    expect(whyAfter(...FULL, lost, again, joined(1, 2), { ...again, node: "n1" })).toEqual([
      "unreachable",
      "unreachable",
      "starting",
    ]);
  });

  test("of which a few reasons are told", () => {
    const events = Array.from({ length: 50 }, (_, n) => failed(`n${n + 10}`, `the name n${n + 10} cannot be resolved`));
    expect(stallsAfter(...RUN, ...events)).toHaveLength(5);
  });
});

test("nothing is told of full slots, however many engines there are", () => {
  const engines = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(engines, fc.boolean(), (sizes, isBarrier) => {
      const events = sizes.flatMap((slots, n) => [
        ...[joined(n, slots), ready(n)],
        ...Array.from({ length: slots }, (_, slot) => assigned(n * 10 + slot, n)),
      ]);
      const met: RunEvent = { type: "barrier-met", time: START, barrier: BARRIER };
      expect(whyAfter(started(), ...events, ...(isBarrier ? [met] : []))).toEqual([]);
    }),
  );
});
