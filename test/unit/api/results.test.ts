import { assert, nat, property, uniqueArray } from "fast-check";
import { describe, expect, test } from "vitest";
import { FinishOrder } from "../../../src/api/finish-order.ts";
import { Results } from "../../../src/api/results.ts";
import { SubmittedLines } from "../../../src/api/submitted-lines.ts";
import type { FinishedTask } from "../../../src/domain/finished-task.ts";
import { NO_LEAK } from "../../../src/domain/result.ts";

function finished(id: number): FinishedTask {
  return {
    ...{
      kind: "task",
      id,
      line: id + 1,
      repeatIndex: -1,
      command: "true",
      succeeded: true,
      returnCode: 0,
      node: "here",
    },
    ...{ pid: 1, start: 0, finish: 1, elapsed: 1, output: NO_LEAK, error: NO_LEAK, flags: "    " },
  };
}

/** Results of which two are kept at hand, and which older ones have been read again. */
function fewAtHand(): { results: Results; read: number[][] } {
  const read: number[][] = [];
  const recall = (ids: readonly number[]): Promise<ReadonlyMap<number, FinishedTask>> => {
    read.push([...ids]);
    return Promise.resolve(new Map(ids.filter((id) => id !== 3).map((id) => [id, finished(id)])));
  };
  return { results: new Results(recall, 2), read };
}

describe("results", () => {
  test("that are no longer at hand are read from the records, together", async () => {
    const { results, read } = fewAtHand();
    const early = results.of(0);
    for (const id of [0, 5, 2, 1]) results.add(finished(id));
    expect((await early).id).toBe(0);
    expect((await results.of(0)).id).toBe(0);
    expect((await results.all([1, 5, 0])).map(({ id }) => id)).toEqual([1, 5, 0]);
    expect((await results.from(0, 10)).map(({ id }) => id)).toEqual([0, 5, 2, 1]);
    expect(read).toEqual([[0], [5, 0], [0, 5]]);
  });

  test("whose lines cannot be read are errors", async () => {
    const { results } = fewAtHand();
    for (const id of [3, 4, 5]) results.add(finished(id));
    await expect(results.of(3)).rejects.toMatchObject({ code: "result-unreadable" });
    await expect(results.all([4, 3])).rejects.toMatchObject({ code: "result-unreadable" });
  });

  test("that will not come are said so, to those who wait and to those who ask later", async () => {
    const { results } = fewAtHand();
    results.add(finished(0));
    const waiting = results.of(1);
    const next = results.from(1, 1);
    results.close(undefined);
    await expect(waiting).rejects.toMatchObject({ code: "run-ended" });
    await expect(results.of(2)).rejects.toMatchObject({ code: "run-ended" });
    await expect(results.all([0, 1])).rejects.toMatchObject({ code: "run-ended" });
    expect(await next).toEqual([]);
    expect((await results.of(0)).id).toBe(0);
  });
});

test("the order of finishing is kept, and which ids have finished", () => {
  const ids = uniqueArray(nat({ max: 100_000 }), { maxLength: 3000 });
  assert(
    property(ids, nat({ max: 3000 }), nat({ max: 300 }), (order, from, limit) => {
      const kept = new FinishOrder();
      for (const id of order) kept.add(id);
      expect(kept.length).toBe(order.length);
      expect(kept.slice(from, limit)).toEqual(order.slice(from, from + limit));
      expect(order.every((id) => kept.has(id))).toBe(true);
      expect(kept.has(100_001)).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test("the ids of a million tasks are made when they are asked for", () => {
  const submitted = new SubmittedLines({ first: 7, count: 1_000_000_000 });
  expect(submitted.count).toBe(1_000_000_000);
  expect(() => submitted.id).toThrow(expect.objectContaining({ code: "no-single-id" }));
  expect(new SubmittedLines({ first: 7, count: 3 }).ids).toEqual([7, 8, 9]);
  expect(new SubmittedLines({ first: 7, count: 1 }).id).toBe(7);
});
