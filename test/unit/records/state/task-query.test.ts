import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_ROWS, TASK_STATES, type TaskQuery } from "../../../../src/domain/watch.ts";
import { COLUMN } from "../../../../src/records/statusfile/columns.ts";
import { anyHistory } from "../recovery/history.ts";
import { allPages, WatchedHistory } from "./watched-history.ts";

/** Each run has files of its own. */
const RUNS = { numRuns: 60 };

const anyCondition: fc.Arbitrary<Omit<TaskQuery, "limit">> = fc.record(
  {
    states: fc.uniqueArray(fc.constantFrom(...TASK_STATES)),
    kind: fc.integer({ min: -1, max: 3 }),
    node: fc.constantFrom("n1", "n2", "n3", "nowhere"),
    engine: fc.integer({ min: -1, max: 4 }),
    code: fc.constantFrom(0, 1, 7),
    from: fc.integer({ min: 0, max: 40 }),
    to: fc.integer({ min: 0, max: 60 }),
  },
  { requiredKeys: [] },
);

describe("tasks of a run", () => {
  it("are as a naive reader of its events has them", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ events }) => {
        const run = new WatchedHistory();
        run.tell(events);
        const { rows } = await allPages(run.watch, { limit: MOST_ROWS, to: run.state.table.largestId });
        const seen = rows.flatMap(({ id, state, attempt, engine, node, command }) =>
          run.seen.has(id) ? [[id, { state, attempt, engine, node, command }]] : [],
        );
        const expected = [...run.seen].toSorted(([a], [b]) => a - b);
        expect(seen).toEqual(
          expected.map(([id, { state, attempt, engine, node, command }]) => [
            id,
            { state, attempt, engine, node, command },
          ]),
        );
        const others = rows.filter(({ id }) => !run.seen.has(id));
        expect(others.every(({ state, attempt }) => state === "waiting" && attempt === 0)).toBe(true);
        await run.close();
      }),
      RUNS,
    );
  });

  it("are found as by a naive filter, in pages, with their number", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyCondition, fc.integer({ min: 1, max: 20 }), async ({ events }, query, limit) => {
        const run = new WatchedHistory();
        run.tell(events);
        const { rows, totals } = await allPages(run.watch, { ...query, limit });
        // Tasks that nothing has been said of wait, after these or between them.
        const known = rows.map(({ id }) => id).filter((id) => run.seen.has(id));
        expect(known).toEqual(run.naive(query));
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        expect(new Set(totals)).toEqual(new Set([rows.length]));
        await run.close();
      }),
      RUNS,
    );
  });

  it("are all there are when nothing is asked for but a page", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ events }) => {
        const run = new WatchedHistory();
        run.tell(events);
        const page = await run.watch.tasks({ limit: 10 });
        expect(page.total).toBe(500);
        expect(page.rows).toHaveLength(10);
        await run.close();
      }),
      { numRuns: 20 },
    );
  });

  it("come in the order that is asked for, each once", async () => {
    const anySort = fc.constantFrom("newest", "age", "duration");
    await fc.assert(
      fc.asyncProperty(anyHistory, anySort, fc.integer({ min: 1, max: 20 }), async ({ events }, sort, limit) => {
        const run = new WatchedHistory();
        run.tell(events);
        const { rows } = await allPages(run.watch, { sort, limit, to: 60 });
        const keys = rows.map(({ id, state, start = 0 }) => {
          const chunk = run.state.table.chunkOf(id);
          if (sort === "newest") return [-(chunk?.start[id] ?? start) || Infinity, id] as const;
          if (sort === "age") return [state === "running" ? start : Infinity, id] as const;
          const hasEnded = ["succeeded", "failed", "skipped", "interrupted"].includes(state);
          return [hasEnded ? -(chunk?.duration[id] ?? 0) : Infinity, id] as const;
        });
        expect(keys).toEqual(keys.toSorted(([a, idOfA], [b, idOfB]) => (a === b ? idOfA - idOfB : a - b)));
        expect(rows.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
          (await allPages(run.watch, { limit, to: 60 })).rows.map(({ id }) => id),
        );
        await run.close();
      }),
      RUNS,
    );
  });

  it("are each on one page while the run goes on", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, fc.integer({ min: 1, max: 9 }), async ({ events }, limit) => {
        const run = new WatchedHistory();
        const middle = Math.floor(events.length / 2);
        run.tell(events.slice(0, middle));
        const before = run.naive({});
        let next = middle;
        const goOn = (): void => run.tell(events.slice(next, (next += 3)));
        const { rows } = await allPages(run.watch, { limit }, goOn);
        const ids = rows.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(before.filter((id) => !ids.includes(id))).toEqual([]);
        await run.close();
      }),
      RUNS,
    );
  });
});

describe("a text", () => {
  const anyText = fc.constantFrom(
    "true",
    "echo",
    "oh 'no'",
    "oh",
    "grün",
    "\t1\t",
    "n2",
    "b'",
    "\n",
    "nothing like it",
  );

  it("is found as by a naive search, whatever is read at once", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyText, fc.integer({ min: 1, max: 300 }), async ({ events }, text, block) => {
        const run = new WatchedHistory(block);
        run.tell(events);
        const { rows } = await allPages(run.watch, { text, limit: 7 });
        const lines = readFileSync(run.status, "utf8").split("\n").slice(1, -1);
        const outcomes = lines.filter((line) => /^.{3}[ S]\t/.test(line));
        const hits = outcomes.filter((line) => line.includes(text));
        const held = [...run.state.table.open.values()].filter(({ command }) => command.includes(text));
        const expected = [
          ...held.map(({ id }) => id).toSorted((a, b) => a - b),
          ...hits.map((line) => Number(line.split("\t")[COLUMN.id])),
        ];
        expect(rows.map(({ id }) => id)).toEqual(expected);
        await run.close();
      }),
      RUNS,
    );
  });

  it("is one condition among others", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, anyText, anyCondition, async ({ events }, text, query) => {
        const run = new WatchedHistory(50);
        run.tell(events);
        const { rows } = await allPages(run.watch, { ...query, text, limit: 3 });
        const withText = (await allPages(run.watch, { text, limit: 500 })).rows.map(({ id }) => id);
        const wanted = new Set(run.naive(query));
        expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(withText.filter((id) => wanted.has(id))));
        await run.close();
      }),
      RUNS,
    );
  });
});

describe("what comes from strangers", () => {
  const refused = { code: "cursor-unknown" };

  it("is no cursor unless it is one", async () => {
    const run = new WatchedHistory();
    for (const cursor of ["", "x", "W10", "é".repeat(1000), Buffer.from('["id","a",1,2]').toString("base64url")])
      await expect(run.watch.tasks({ limit: 5, cursor })).rejects.toMatchObject(refused);
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.boolean(), async (cursor, isText) => {
        const text = isText ? "x" : undefined;
        await expect(run.watch.tasks({ limit: 5, cursor, text })).rejects.toMatchObject(refused);
      }),
    );
  });

  it("is no cursor of another order, or of a text", async () => {
    const run = new WatchedHistory();
    run.tell([{ type: "run-started", time: 1, jobId: "run", taskFile: "Tasks", total: 50 }]);
    const { cursor } = await run.watch.tasks({ limit: 5 });
    expect(cursor).toBeTypeOf("string");
    await expect(run.watch.tasks({ limit: 5, cursor, sort: "age" })).rejects.toMatchObject(refused);
    await expect(run.watch.tasks({ limit: 5, cursor, text: "x" })).rejects.toMatchObject(refused);
  });

  it("is a number of rows within bounds", async () => {
    const run = new WatchedHistory();
    run.tell([{ type: "run-started", time: 1, jobId: "run", taskFile: "Tasks", total: 1e12 }]);
    for (const [limit, rows] of [
      [1e9, 500],
      [0, 1],
      [-3, 1],
      [Number.NaN, 1],
      [2.9, 2],
    ] as const) {
      const page = await run.watch.tasks({ limit });
      expect({ limit, rows: page.rows.length, total: page.total }).toEqual({ limit, rows, total: 1e12 });
    }
    const last = await run.watch.tasks({ limit: 3, from: 1e12 - 2, to: 1e15 });
    expect(last.rows.map(({ id }) => id)).toEqual([1e12 - 2, 1e12 - 1]);
    expect(await run.watch.task(1e12)).toBeUndefined();
    expect(await run.watch.task(Number.NaN)).toBeUndefined();
    expect(await run.watch.task(0.5)).toBeUndefined();
    expect((await run.watch.tasks({ limit: 3, from: Number.NaN })).rows).toEqual([]);
  });
});
