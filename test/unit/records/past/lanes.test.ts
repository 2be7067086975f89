import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lanes } from "../../../../src/records/past/lanes.ts";

const anyTasks = fc.array(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 40 })), { maxLength: 60 });

describe("lanes", () => {
  it("are as many as tasks that ran at once, when they are told in the order of their ends", () => {
    fc.assert(
      fc.property(anyTasks, (tasks) => {
        const spans = tasks.map(([start, length]) => [start, start + length] as const);
        const lanes = new Lanes();
        for (const [start, end] of spans.toSorted((a, b) => a[1] - b[1])) lanes.add(start, end);
        const atOnce = spans.map(([start]) => spans.filter(([from, to]) => from <= start && to > start).length);
        expect(lanes.count).toBe(Math.max(0, ...atOnce));
      }),
    );
  });

  it("count a task that begins in the millisecond in which another one ends in the same lane", () => {
    const lanes = new Lanes();
    lanes.add(1, 2.001);
    lanes.add(2, 3);
    expect(lanes.count).toBe(1);
  });
});
