import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CELL, type TimelineDocument } from "../../../../src/records/pictures/documents.ts";
import { taskAt } from "../../../../src/records/pictures/task-at.ts";
import { timeline } from "../../../../src/records/pictures/timeline.ts";
import { CHUNK_TASKS } from "../../../../src/records/state/task-chunk.ts";
import { anyRange, anyRun, pictured, type SomeRun, type SomeTask, STARTED, stretchOf } from "./pictured.ts";

const RUNS = { numRuns: 150 };

function rowsOf({ cells, lanes, px }: TimelineDocument): number[][] {
  const bytes = Buffer.from(cells, "base64");
  expect(bytes.length).toBe(lanes.length * px);
  return lanes.map((_, lane) => [...bytes.subarray(lane * px, (lane + 1) * px)]);
}

const SHOWN: Partial<Record<SomeTask["what"], number>> = {
  ...{ succeeded: CELL.succeeded, failed: CELL.failed, "not-started": CELL.failed, retrying: CELL.failed },
  ...{ running: CELL.running, interrupted: CELL.cut },
};
const WORST_FIRST = [CELL.failed, CELL.cut, CELL.running, CELL.succeeded];

function overlap(a: number, b: number, from: number, to: number): number {
  return Math.max(0, Math.min(b, to) - Math.max(a, from));
}

/** Cells of a second each, painted one by one. */
function naive(some: SomeRun, lane: (task: SomeTask) => boolean, engines: readonly number[], slots?: number): number[] {
  return Array.from({ length: some.seconds }, (_, second) => {
    const offered = engines.reduce((sum, rank) => {
      const { joined = 0, gone = some.seconds, slots: own = 0 } = some.engines[rank] ?? {};
      const from = Math.min(joined, some.seconds);
      return sum + (slots ?? own) * overlap(from, Math.max(from, gone), second, second + 1);
    }, 0);
    let busy = 0;
    const seen = new Set<number>();
    for (const task of some.tasks.filter(lane)) {
      const [a, b] = stretchOf(task, some) ?? [-1, -1];
      if (a < 0) continue;
      const isIn = a === b ? Math.min(Math.floor(a), some.seconds - 1) === second : a < second + 1 && b > second;
      if (!isIn) continue;
      seen.add(SHOWN[task.what] ?? 0);
      busy += overlap(a, b, second, second + 1);
    }
    if (seen.size === 0) return (offered > 0 ? CELL.idle : CELL.none) << 4;
    const level = Math.max(1, Math.min(15, Math.round((busy / (offered > 0 ? offered : 1)) * 15)));
    return ((WORST_FIRST.find((cell) => seen.has(cell)) ?? 0) << 4) | level;
  });
}

describe("a timeline", () => {
  test("has cells as a naive painter paints them, for slots and for nodes", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (some) => {
        if (some.seconds === 0) return;
        const run = pictured(some);
        const range = { from: run.started, to: run.until, px: some.seconds };
        const slots = await timeline(run, { ...range, by: "slot" });
        for (const [n, row] of rowsOf(slots).entries()) {
          const { engine = -1, slot = -1 } = slots.lanes[n] ?? {};
          expect(row).toEqual(naive(some, (task) => task.engine === engine && task.slot === slot, [engine], 1));
        }
        const nodes = await timeline(run, { ...range, by: "node" });
        for (const [n, row] of rowsOf(nodes).entries()) {
          const ranks = [...some.engines.keys()].filter((rank) => some.engines[rank]?.node === nodes.lanes[n]?.node);
          expect(row).toEqual(naive(some, ({ engine }) => ranks.includes(engine), ranks));
        }
      }),
      RUNS,
    );
  });

  test("of a part is the same whatever has been looked at before", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, fc.array(anyRange, { minLength: 1, maxLength: 4 }), async (some, ranges) => {
        const apart = CHUNK_TASKS;
        const known = pictured(some, apart);
        for (const { from, to, points = 10 } of ranges) {
          const asked = { from, to, px: points, by: "slot" as const };
          expect(await timeline(known, asked)).toEqual(await timeline(pictured(some, apart), asked));
          const point = { at: from ?? STARTED, engine: 0, slot: 0, within: 1 };
          expect(await taskAt(known, point)).toBe(await taskAt(pictured(some, apart), point));
        }
      }),
      RUNS,
    );
  });

  test("of a run that goes on is right later, too, though nothing new is known of its tasks", async () => {
    const later = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(anyRun, later, anyRange, async (run, laps, { from, to, points = 10 }) => {
        const some = { ...run, hasEnded: false };
        const apart = CHUNK_TASKS;
        const known = pictured(some, apart);
        let { seconds } = some;
        for (const lap of [0, ...laps]) {
          seconds += lap;
          const [now, fresh] = [{ ...known, until: STARTED + seconds }, pictured({ ...some, seconds }, apart)];
          const asked = { from, to, px: points, by: "slot" as const };
          expect(await timeline(now, asked)).toEqual(await timeline(fresh, asked));
          const point = { at: STARTED + seconds, engine: 0, slot: 0, within: 1 };
          expect(await taskAt(now, point)).toBe(await taskAt(fresh, point));
        }
      }),
      RUNS,
    );
  });

  test("is bounded whatever is asked", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, anyRange, fc.constantFrom("slot" as const, "node" as const), async (some, range, by) => {
        const { from, to, points } = range;
        const document = await timeline(pictured(some), { from, to, px: points, by });
        expect(document.to).toBeGreaterThan(document.from);
        expect(document.px >= 1 && document.px <= 4096).toBe(true);
        rowsOf(document);
        let end = -Infinity;
        for (const gap of document.gaps) {
          expect(gap.from >= end && gap.to > gap.from && gap.to <= document.to).toBe(true);
          end = gap.to;
        }
        expect(document.gaps.length).toBeLessThanOrEqual(document.px);
      }),
      RUNS,
    );
  });

  test("of very many slots shows the first of them that were there then, and says how many there are", async () => {
    const engines = Array.from({ length: 1000 }, (_, n) => ({
      ...{ node: `n${n % 40}`, slots: 60, joined: 0, gone: n < 20 ? 5 : 100 },
    }));
    const tasks: SomeTask[] = [{ what: "running", engine: 999, slot: 59, start: 90, seconds: 0 }];
    const run = pictured({ engines, tasks, seconds: 100 });
    const whole = await timeline(run, { px: 4096, by: "slot" });
    expect([whole.lanes.length, whole.total, whole.truncated, whole.px]).toEqual([1024, 60_000, true, 1024]);
    expect(whole.lanes[0]).toEqual({ node: "n0", engine: 0, slot: 0 });
    const late = await timeline(run, { from: STARTED + 50, to: STARTED + 60, px: 10, by: "slot" });
    expect(late.lanes[0]).toEqual({ node: "n20", engine: 20, slot: 0 });
    const ofNode = await timeline(run, { px: 10, by: "slot", node: "n39" });
    expect(ofNode.lanes.every(({ node }) => node === "n39")).toBe(true);
    const nodes = await timeline(run, { px: 10, by: "node" });
    expect([nodes.lanes.length, nodes.truncated]).toEqual([40, false]);
    expect((rowsOf(nodes)[39]?.at(-1) ?? 0) >> 4).toBe(CELL.running);
  });

  test("shows of many short tasks in a pixel the worst, and how much of its time had a task", async () => {
    const tasks = Array.from({ length: 1000 }, (_, n): SomeTask => ({
      ...{ what: n === 700 ? "failed" : "succeeded", engine: 0, slot: 0, start: n / 100, seconds: 0.004 },
    }));
    const run = pictured({ engines: [{ node: "n", slots: 1 }], tasks, seconds: 10 });
    const [row = []] = rowsOf(await timeline(run, { px: 2, by: "slot" }));
    expect(row).toEqual([(CELL.succeeded << 4) | 6, (CELL.failed << 4) | 6]);
  });

  test("tells why slots were idle", async () => {
    const tasks: SomeTask[] = [
      { what: "succeeded", engine: 0, slot: 0, start: 10, seconds: 10 },
      { what: "succeeded", engine: 0, slot: 0, start: 40, seconds: 60 },
    ];
    const some: SomeRun = { engines: [{ node: "n", slots: 2 }], tasks, seconds: 100, barriers: [[15, 40]] };
    const gaps = [
      { from: STARTED, to: STARTED + 10, why: "start" },
      { from: STARTED + 15, to: STARTED + 40, why: "barrier" },
      { from: STARTED + 40, to: STARTED + 100, why: "tail" },
    ];
    expect((await timeline(pictured(some), { px: 100, by: "slot" })).gaps).toEqual(gaps);
    const going = await timeline(pictured({ ...some, hasEnded: false }), { px: 100, by: "slot" });
    expect(going.gaps).toEqual(gaps.slice(0, 2));
  });

  test("of a run without engines is empty", async () => {
    const document = await timeline(pictured({ engines: [], tasks: [], seconds: 0 }), { by: "slot" });
    expect([document.lanes, document.cells, document.gaps]).toEqual([[], "", []]);
  });
});

describe("the task at a point", () => {
  const tasks: SomeTask[] = [
    { what: "succeeded", engine: 0, slot: 0, start: 0, seconds: 5 },
    { what: "running", engine: 0, slot: 0, start: 6, seconds: 0 },
    { what: "failed", engine: 0, slot: 1, start: 0, seconds: 2 },
  ];
  const run = pictured({ engines: [{ node: "n", slots: 2 }], tasks, seconds: 20, hasEnded: false });
  const at = (seconds: number, slot: number, within?: number): Promise<number | undefined> =>
    taskAt(run, { at: STARTED + seconds, engine: 0, slot, within });

  test("is the one that ran there then", async () => {
    expect(await Promise.all([at(3, 0), at(19, 0), at(1, 1), at(3, 1), at(5.5, 0)])).toEqual([
      0,
      1,
      2,
      undefined,
      undefined,
    ]);
  });

  test("is the nearest one, where it may be beside the point", async () => {
    expect(await Promise.all([at(5.4, 0, 1), at(5.6, 0, 1), at(3, 1, 0.5), at(Number.NaN, 0)])).toEqual([
      0,
      1,
      undefined,
      undefined,
    ]);
  });
});
