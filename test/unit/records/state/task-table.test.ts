import { describe, expect, it } from "vitest";
import { exited, GIVEN_UP, hadProcess, signalled, STOPPED } from "../../../../src/domain/ending.ts";
import type { RunEvent } from "../../../../src/domain/events.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import type { TaskDetail, TaskRow } from "../../../../src/domain/watch.ts";
import { AttemptLog } from "../../../../src/records/state/attempt-log.ts";
import { CHUNK_TASKS } from "../../../../src/records/state/task-chunk.ts";
import {
  assigned,
  finished,
  interrupted,
  joined,
  resultOf,
  runs,
  skipped,
  START,
  started,
} from "../../faces/terminal/events.ts";
import { WatchedHistory } from "./watched-history.ts";

function told(...events: readonly RunEvent[]): WatchedHistory {
  const run = new WatchedHistory();
  run.tell([started(4), joined(0, 2), joined(1, 2), ...events]);
  return run;
}

async function rowAfter(...events: readonly RunEvent[]): Promise<TaskRow | undefined> {
  return (await told(...events).watch.task(2))?.row;
}

const again: RunEvent = { ...assignedTo(1), attempt: 2 };

function assignedTo(engine: number): Extract<RunEvent, { type: "task-assigned" }> {
  const event = assigned(2, engine);
  if (event.type !== "task-assigned") throw new Error("another event");
  return event;
}

function lost(engine: number): RunEvent {
  return { type: "engine-lost", time: START + 7, engine, reason: "died", crashed: true };
}

describe("the row of a task", () => {
  it("says that it waits as long as nobody has said anything of it", async () => {
    expect(await rowAfter()).toEqual({ id: 2, state: "waiting", attempt: 0 });
  });

  it("says who holds it, and since when it runs", async () => {
    expect(await rowAfter(assigned(2))).toMatchObject({
      state: "assigned",
      attempt: 1,
      engine: 0,
      node: "n0",
      line: 3,
    });
    const row = await rowAfter(assigned(2), runs(2, { slot: 1, start: START + 3 }));
    expect(row).toMatchObject({ state: "running", slot: 1, start: START + 3, command: "true" });
    expect([row?.finish, row?.ending, row?.kind]).toEqual([undefined, undefined, undefined]);
  });

  it("says on which terms it runs, also when it has ended", async () => {
    const terms = termsOfText("cores=2 timeout=60");
    const event = assignedTo(0);
    const withTerms: RunEvent = { ...event, task: { ...event.task, terms } };
    expect((await rowAfter(withTerms))?.terms).toBe("cores=2 timeout=60");
    expect((await rowAfter(withTerms, finished(2)))?.terms).toBe("cores=2 timeout=60");
    expect((await rowAfter(event))?.terms).toBeUndefined();
  });

  it("says how it ended, with what its line in the status file has", async () => {
    const error = { bytes: 3, snippet: "oh\n" };
    const end = finished(2, {
      ending: signalled(9),
      error,
      node: "n0",
      slot: 1,
      start: START + 1,
      finish: START + 2.5,
    });
    expect(await rowAfter(assigned(2), end)).toMatchObject({
      ...{ state: "failed", ending: signalled(9), kind: 0, error, command: "true", line: 3, repeatIndex: -1 },
      ...{ slot: 1, start: START + 1, finish: START + 2.5, node: "n0" },
    });
  });

  it("keeps endings apart that have the same number", async () => {
    for (const ending of [exited(12), { type: "not-started", errno: 12 } as const, GIVEN_UP, STOPPED, signalled(100)]) {
      const pid = hadProcess(ending) ? 7 : -1;
      expect((await rowAfter(assigned(2), finished(2, { ending, pid })))?.ending).toEqual(ending);
    }
  });

  it("forgets, when it is started once more, where it ran before", async () => {
    const row = await rowAfter(assigned(2), runs(2, { slot: 1 }), lost(0), again);
    expect(row).toMatchObject({ state: "assigned", attempt: 2, engine: 1, node: "n1" });
    expect([row?.slot, row?.start]).toEqual([undefined, undefined]);
  });

  it("says of a skipped task what the earlier run has said", async () => {
    expect(await rowAfter(skipped(2, 3))).toMatchObject({
      state: "skipped",
      attempt: 0,
      node: "n1",
      ending: exited(3),
    });
  });

  it("is none of a barrier, nor of a task beyond the last", async () => {
    const barrier = { kind: "barrier", id: 2, line: 3, check: false, text: "#DISBATCH BARRIER" } as const;
    const run = told({ type: "barrier-passed", time: START, barrier, since: START, failed: false });
    expect(await run.watch.task(2)).toBeUndefined();
    expect(await run.watch.task(4)).toMatchObject({ row: { state: "waiting" } });
    expect(await run.watch.task(5)).toBeUndefined();
  });
});

describe("attempts of a task", () => {
  const attemptsAfter = async (...events: readonly RunEvent[]): Promise<TaskDetail["attempts"] | undefined> =>
    (await told(...events).watch.task(2))?.attempts;

  it("are its starts that brought no outcome, in order", async () => {
    const returned: RunEvent = { type: "task-returned", time: START + 3, taskId: 2, engine: 0 };
    const start = runs(2, { slot: 1, start: START + 5 });
    const cut = interrupted(2, 1);
    expect(
      await attemptsAfter(assigned(2), returned, assigned(2), start, lost(0), again, cut, again, finished(2)),
    ).toEqual([
      { attempt: 1, engine: 0, node: "n0", slot: undefined, start: undefined, finish: undefined, end: "returned" },
      { attempt: 1, engine: 0, node: "n0", slot: 1, start: START + 5, finish: START + 7, end: "lost" },
      { attempt: 1, engine: 1, node: "n1", slot: 0, start: START, finish: START + 1, end: "interrupted" },
    ]);
  });

  it("have in the place of a lost one what its engine has reported of it after all", async () => {
    const late = resultOf(2, { node: "n0", slot: 1, start: START + 2, finish: START + 9 });
    const superseded: RunEvent = { type: "task-superseded", time: START + 9, result: late };
    expect(await attemptsAfter(assigned(2), lost(0), again, superseded)).toEqual([
      { attempt: 1, engine: 0, node: "n0", slot: 1, start: START + 2, finish: START + 9, end: "superseded" },
    ]);
  });

  it("are forgotten when there are too many, the oldest first", () => {
    const log = new AttemptLog(3);
    const attempt = (n: number) => ({ attempt: n, engine: 0, node: "n", end: "lost" }) as const;
    for (const [id, n] of [
      [7, 1],
      [7, 2],
      [8, 1],
      [7, 3],
      [9, 1],
    ] as const)
      log.add(id, attempt(n));
    expect([7, 8, 9].map((id) => log.of(id).map((one) => one.attempt))).toEqual([[3], [1], [1]]);
    for (let n = 2; n < 1000; n++) log.add(9, attempt(n));
    expect([7, 8, 9].map((id) => log.of(id).map((one) => one.attempt))).toEqual([[], [], [997, 998, 999]]);
  });
});

describe("slots of a run", () => {
  it("tell what engines that are there have said to run", async () => {
    const run = told(assigned(2), runs(2, { slot: 1 }), assigned(3), runs(3, { slot: 0 }), lost(1));
    expect(await run.watch.slots()).toEqual([
      {
        rank: 0,
        tasks: [
          { taskId: 3, attempt: 1, slot: 0, start: START },
          { taskId: 2, attempt: 1, slot: 1, start: START },
        ],
      },
    ]);
  });
});

describe("ids", () => {
  it("may be far from each other", async () => {
    const run = new WatchedHistory();
    const ids = [0, CHUNK_TASKS - 1, CHUNK_TASKS, 5 * CHUNK_TASKS + 3, 2 ** 31 - 1];
    run.tell([joined(0, 2), ...ids.map((id) => assigned(id)), ...ids.map((id) => finished(id))]);
    const { rows, total } = await run.watch.tasks({ limit: 10, states: ["succeeded"] });
    expect(rows.map(({ id }) => id)).toEqual(ids);
    expect(total).toBe(ids.length);
  });

  it("that no run gives are passed over", async () => {
    const run = new WatchedHistory();
    run.tell([joined(0, 2), ...[2 ** 31, 2 ** 32, 1e15, -1].map((id) => finished(id))]);
    expect(await run.watch.tasks({ limit: 10 })).toMatchObject({ rows: [], total: 0 });
  });
});
