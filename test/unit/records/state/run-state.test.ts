import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { exited } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { FIRST_FAILURES, RunState } from "../../../../src/records/state/run-state.ts";
import {
  assigned,
  ended,
  finished,
  interrupted,
  joined,
  resultOf,
  skipped,
  START,
  started,
  task as taskOf,
} from "../../faces/terminal/events.ts";

function countsOf(...events: readonly RunEvent[]): RunState {
  const counts = new RunState();
  for (const event of events) counts.handle(event);
  return counts;
}

describe("RunState", () => {
  it("counts outcomes by kind", () => {
    const counts = countsOf(
      started(6),
      joined(0, 2),
      skipped(0),
      skipped(1, 1),
      assigned(2),
      finished(2),
      assigned(3),
      finished(3, { ending: exited(3) }),
      assigned(4),
      interrupted(4),
    );
    expect(counts).toMatchObject({ total: 6, succeeded: 1, failed: 1, skipped: 2, skippedFailed: 1, interrupted: 1 });
    expect(counts).toMatchObject({ finished: 2, done: 4, running: 0 });
  });

  it("counts a task as running from its assignment to its end or its return", () => {
    const counts = countsOf(joined(0, 4), assigned(0), assigned(1), assigned(2));
    expect(counts.running).toBe(3);
    counts.handle(finished(0));
    counts.handle({ type: "task-returned", time: START, taskId: 1, engine: 0 });
    expect(counts.running).toBe(1);
  });

  it("never counts more running tasks than an engine has slots, though more may wait there", () => {
    expect(countsOf(joined(0, 2), joined(1, 8), assigned(0), assigned(1), assigned(2), assigned(3, 1)).running).toBe(3);
  });

  describe("with tasks that say how many cores they need", () => {
    const capacity = { cores: 4, coresPerSlot: 2, gpus: 0, named: {}, mostTasks: 400 };
    const engine = { id: "id", rank: 0, node: "n", pid: 42, slots: 2, context: "SSH0", capacity };
    const has: RunEvent = { type: "engine-joined", time: START, engine };
    const needs = (id: number, cores: number): RunEvent => {
      const task = { kind: "task", id, line: id + 1, repeatIndex: -1, command: "true" } as const;
      const given = { ...task, terms: termsOfText(`cores=${cores}`) };
      return { type: "task-assigned", time: START, task: given, attempt: 1, crashes: 0, engine: 0 };
    };

    it("counts as many as there are cores for", () => {
      expect(countsOf(has, ...[0, 1, 2, 3].map((id) => needs(id, 1))).running).toBe(4);
      expect(countsOf(has, ...[0, 1, 2, 3].map((id) => needs(id, 4))).running).toBe(1);
      expect(countsOf(has, ...[0, 1, 2, 3, 4, 5].map((id) => needs(id, 1))).running).toBe(4);
      expect(countsOf(has, needs(0, 1), assigned(1)).running).toBe(2);
    });

    it("counts them as gone when they have ended or come back", () => {
      const counts = countsOf(has, needs(0, 4), needs(1, 4), needs(2, 0.3), assigned(3));
      counts.handle(finished(0));
      counts.handle({ type: "task-returned", time: START, taskId: 1, engine: 0 });
      expect([counts.running, counts.held]).toEqual([2, 2]);
      counts.handle(finished(2));
      counts.handle(finished(3));
      expect([counts.running, counts.held, counts.engines[0]?.load]).toEqual([0, 0, 0]);
    });

    it("adds up the time of all slots that they take", () => {
      const counts = countsOf(has, needs(0, 4), needs(1, 1));
      counts.handle(finished(0, { finish: START + 10 }));
      counts.handle(finished(1, { finish: START + 10 }));
      expect(counts.busySlotSeconds).toBe(20 + 5);
    });
  });

  it("forgets the running tasks of a lost engine, and counts them again where they are run again", () => {
    const counts = countsOf(joined(0, 2), joined(1, 2), assigned(0), assigned(1));
    counts.handle({ type: "engine-lost", time: START, engine: 0, reason: "silent", crashed: true });
    expect(counts.running).toBe(0);
    counts.handle(assigned(0, 1));
    expect(counts.running).toBe(1);
  });

  it("still counts the tasks of an engine that is out of touch, which may come back", () => {
    const counts = countsOf(joined(0, 2), { type: "engine-ready", time: START, engine: 0 }, assigned(0));
    counts.handle({ type: "engine-silent", time: START, engine: 0, reason: "its connection is lost" });
    expect([counts.engines[0]?.state, counts.running, counts.slots]).toEqual(["silent", 1, 2]);
    counts.handle({ type: "engine-back", time: START, engine: 0 });
    expect(counts.engines[0]?.state).toBe("ready");
    counts.handle({ type: "engine-silent", time: START, engine: 0, reason: "its connection is lost" });
    counts.handle({ type: "engine-lost", time: START, engine: 0, reason: "its connection is lost", crashed: true });
    expect([counts.engines[0]?.state, counts.running, counts.slots]).toEqual(["lost", 0, 0]);
  });

  it("knows why an engine starts no task for now, until it does again or has gone", () => {
    const counts = countsOf(joined(0, 2), { type: "engine-ready", time: START, engine: 0 });
    const heldBack = { type: "engine-held-back", time: START, engine: 0, reason: "the load is too high" } as const;
    counts.handle(heldBack);
    expect([counts.engines[0]?.state, counts.engines[0]?.heldBack]).toEqual(["ready", heldBack.reason]);
    counts.handle({ ...heldBack, reason: undefined });
    expect(counts.engines[0]?.heldBack).toBeUndefined();
    counts.handle(heldBack);
    counts.handle({ type: "engine-left", time: START, engine: 0 });
    expect(counts.engines[0]?.heldBack).toBeUndefined();
  });

  it("does not count what comes too late as an outcome", () => {
    const counts = countsOf(joined(0, 2), assigned(0), { type: "task-superseded", time: START, result: resultOf(0) });
    expect(counts).toMatchObject({ finished: 0, done: 0, running: 1 });
  });

  it("keeps the first failures only, those of per-engine commands among them", () => {
    const counts = countsOf(started());
    const command = { kind: "per-engine", when: "start", id: 0, line: 1, command: "false" } as const;
    const result = resultOf(0, { ending: exited(1) });
    counts.handle({ type: "per-engine-finished", time: START, command, result });
    counts.handle({ type: "per-engine-finished", time: START, command, result: resultOf(0) });
    for (let id = 0; id < 20; id++) counts.handle(finished(id, { ending: exited(1) }));
    expect(counts.failures).toHaveLength(FIRST_FAILURES);
    expect(counts.failures.map((failure) => failure.command.kind)).toEqual([
      "per-engine",
      "task",
      "task",
      "task",
      "task",
    ]);
    expect(counts.perEngineFailed).toBe(1);
    expect(counts.failed).toBe(20);
  });

  it("adds up the seconds that slots were offered, whenever engines come and go", () => {
    const counts = countsOf(joined(0, 2), joined(1, 4, START + 10));
    expect(counts.slotSeconds(START + 10)).toBe(20);
    counts.handle({ type: "engine-left", time: START + 15, engine: 0 });
    counts.handle({ type: "engine-left", time: START + 15, engine: 0 });
    expect(counts.slots).toBe(4);
    expect(counts.slotSeconds(START + 20)).toBe(20 + 30 + 20);
  });

  it("adds up the seconds that slots were busy", () => {
    const counts = countsOf(finished(0, { finish: START + 1.5 }), finished(1, { finish: START + 2 }));
    expect(counts.busySlotSeconds).toBe(3.5);
  });

  it("does not let a clock that was set back make busy time negative", () => {
    expect(countsOf(finished(0, { finish: START - 60 })).busySlotSeconds).toBe(0);
  });

  it("follows the run from its start to its end", () => {
    const counts = countsOf(started(1), { type: "run-draining", time: START + 1, reason: "interrupted" });
    expect(counts).toMatchObject({ phase: "draining", reason: "interrupted" });
    counts.handle({ type: "run-terminating", time: START + 2, reason: "interrupted" });
    expect(counts.phase).toBe("terminating");
    counts.handle(ended(3, "interrupted"));
    expect(counts).toMatchObject({ phase: "ended", started: START, ended: START + 3, reason: "interrupted" });
  });

  it("goes on when a new driver has taken the run up, whatever the earlier one was about to do", () => {
    const counts = countsOf(started(1), { type: "run-terminating", time: START + 1, reason: "failed-fast" }, ended(2));
    counts.handle({ type: "run-recovered", time: START + 3, host: "h", pid: 2 });
    expect(counts).toMatchObject({ phase: "running", reason: undefined, ended: undefined, started: START });
  });

  it("knows what has failed since the last barrier, and which one that was", () => {
    const barrier = { kind: "barrier", id: 3, line: 4, check: true, text: "#DISBATCH BARRIER CHECK" } as const;
    const counts = countsOf(skipped(0, 1), joined(0, 1), assigned(1), finished(1, { ending: exited(1) }));
    expect(counts).toMatchObject({ failedSinceBarrier: 2, lastBarrier: -1, checkFailed: false });
    counts.handle({ type: "barrier-passed", time: START, barrier, since: START, failed: true });
    expect(counts).toMatchObject({ failedSinceBarrier: 0, lastBarrier: 3, checkFailed: true, barriers: 1 });
  });

  it("has no running task left when every assigned task has come to some end, in any order", () => {
    const ends = fc.array(
      fc.record({ engine: fc.nat(3), end: fc.constantFrom("finished", "returned", "interrupted") }),
    );
    fc.assert(
      fc.property(ends, fc.infiniteStream(fc.nat()), (tasks, order) => {
        const counts = countsOf(started(), joined(0, 1), joined(1, 2), joined(2, 3), joined(3, 100));
        for (const [id, { engine }] of tasks.entries()) counts.handle(assigned(id, engine));
        const open = [...tasks.entries()];
        while (open.length > 0) {
          const [next] = open.splice((order.next().value ?? 0) % open.length, 1);
          if (next === undefined) break;
          const [id, { engine, end }] = next;
          if (end === "finished") counts.handle(finished(id, { engine }));
          else if (end === "returned") counts.handle({ type: "task-returned", time: START, taskId: id, engine });
          else counts.handle(interrupted(id, engine));
        }
        expect(counts.running).toBe(0);
        expect(counts.finished).toBe(tasks.filter(({ end }) => end === "finished").length);
      }),
    );
  });
});

describe("tries that have failed", () => {
  const retrying = (id: number, attempt: number): RunEvent => {
    const result = resultOf(id, { attempt, ending: exited(3) });
    return { type: "task-retrying", time: START + 1, task: taskOf(id), result, failures: attempt, delay: 5 };
  };
  const again = (id: number, attempt: number, engine = 0): RunEvent => {
    return { type: "task-assigned", time: START + 6, task: taskOf(id), attempt, crashes: 0, engine };
  };

  it("are no outcome, and leave their engines, while the tasks wait for the next one", () => {
    const counts = countsOf(started(2), joined(0, 2), assigned(0), retrying(0, 1));
    expect(counts).toMatchObject({ failed: 0, held: 0, running: 0, retrying: 1, retries: 1, restarts: 0 });
    expect(counts.table.retries.dueOf(0)).toBe(START + 6);
    counts.handle(again(0, 2));
    expect(counts).toMatchObject({ held: 1, retrying: 0, retries: 1, restarts: 0 });
    counts.handle(finished(0, { attempt: 2 }));
    expect(counts).toMatchObject({ succeeded: 1, held: 0, laterSuccesses: 1, failedSinceBarrier: 0 });
  });

  it("are told from starts after the loss of an engine", () => {
    const counts = countsOf(started(1), joined(0, 1), joined(1, 1), assigned(0), retrying(0, 1), again(0, 2));
    counts.handle({ type: "engine-lost", time: START + 7, engine: 0, reason: "died", crashed: true });
    counts.handle(again(0, 3, 1));
    expect(counts).toMatchObject({ restarts: 1, retries: 1, retrying: 0 });
  });

  it("stand for tasks that were stopped, or whose run has ended, while they waited; their time counts once", () => {
    const waiting = [started(2), joined(0, 2), assigned(1), assigned(0), retrying(0, 1)];
    const busy = countsOf(...waiting).busySlotSeconds;
    const stopped = countsOf(...waiting, finished(0, { attempt: 1, ending: exited(3) }));
    expect(stopped).toMatchObject({ failed: 1, retrying: 0, held: 1, busySlotSeconds: busy });
    const cut = { type: "task-interrupted", time: START + 2, task: taskOf(0) } as const;
    const ending = countsOf(...waiting, { ...cut, result: resultOf(0, { attempt: 1, ending: exited(3) }) });
    expect(ending).toMatchObject({ failed: 0, interrupted: 1, retrying: 0, held: 1, busySlotSeconds: busy });
  });
});
