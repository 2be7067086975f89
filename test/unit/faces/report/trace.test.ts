import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as v from "valibot";
import { reportTrace } from "../../../../src/faces/report/trace.ts";
import { opened } from "../../records/outcomes/opened.ts";
import { statusFile } from "../../records/statusfile/records.ts";

/** The trace event format, as far as Perfetto needs it of such events. */
const Whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const Trace = v.object({
  displayTimeUnit: v.literal("ms"),
  traceEvents: v.array(
    v.variant("ph", [
      v.object({
        ph: v.literal("M"),
        name: v.picklist(["process_name", "thread_name"]),
        pid: Whole,
        tid: Whole,
        args: v.object({ name: v.string() }),
      }),
      v.object({
        ph: v.literal("X"),
        name: v.string(),
        cat: v.string(),
        pid: Whole,
        tid: Whole,
        ts: Whole,
        dur: Whole,
      }),
    ]),
  ),
});

function traceOf(status: string): v.InferOutput<typeof Trace> {
  return v.parse(Trace, JSON.parse([...reportTrace(opened({ status }))].join("")));
}

test("tasks of a lane never overlap, and every thread has a name", () => {
  const task = fc.record({
    node: fc.constantFrom("n1", "n2"),
    start: fc.integer({ min: 0, max: 50 }),
    length: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(fc.array(task, { maxLength: 20 }), (tasks) => {
      const lines = tasks.map(({ node, start, length }, id) => ({ id, node, start, finish: start + length }));
      const { traceEvents } = traceOf(statusFile(...lines));
      const threads = new Map<string, { ts: number; dur: number }[]>();
      const named = new Set<string>();
      for (const event of traceEvents) {
        const thread = `${event.pid} ${event.tid}`;
        if (event.ph === "M") named.add(thread);
        else threads.set(thread, [...(threads.get(thread) ?? []), event]);
      }
      expect([...threads.values()].flat()).toHaveLength(tasks.length);
      for (const [thread, events] of threads) {
        expect(named).toContain(thread);
        const sorted = events.toSorted((a, b) => a.ts - b.ts || a.dur - b.dur);
        for (const [i, { ts, dur }] of sorted.entries())
          expect(sorted[i + 1]?.ts ?? Infinity).toBeGreaterThanOrEqual(ts + dur);
      }
    }),
    { numRuns: 50 },
  );
});

test("barriers stand in a process of their own, and failures are coloured", () => {
  const { traceEvents } = traceOf(statusFile({ id: 0, returnCode: 2 }, { kind: "barrier", id: 1 }));
  expect(traceEvents.filter(({ ph }) => ph === "X")).toMatchObject([
    { name: "task 0", cat: "failed", pid: 2, tid: 1 },
    { name: "barrier 1", cat: "barrier", pid: 1, tid: 1 },
  ]);
});
