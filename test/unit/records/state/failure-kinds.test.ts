import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exited, signalled } from "../../../../src/domain/ending.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import { FailureKinds } from "../../../../src/records/state/failure-kinds.ts";
import { MOST_KINDS } from "../../../../src/records/state/kind-table.ts";
import { resultOf, START } from "../../faces/terminal/events.ts";

function failure(id: number, snippet: string, changes: Partial<TaskResult> = {}): TaskResult {
  return resultOf(id, { ending: exited(1), error: { bytes: snippet.length, snippet }, ...changes });
}

function letters(n: number): string {
  return String.fromCodePoint(97 + Math.floor(n / 26), 97 + (n % 26));
}

describe("kinds of failures", () => {
  test("are counted, with their first and last time, an example and nodes", () => {
    const kinds = new FailureKinds();
    kinds.take(failure(7, "out of memory allocating 17 bytes", { node: "a" }), START);
    kinds.take(failure(8, "no such file"), START + 1);
    kinds.take(failure(9, "out of memory allocating 4096 bytes", { node: "b" }), START + 2);
    kinds.take(failure(10, "out of memory allocating 1 bytes", { node: "b" }), START + 3);
    expect(kinds.list()).toEqual([
      {
        ...{ id: 0, ending: exited(1), text: "out of memory allocating # bytes", isOther: false },
        ...{ count: 3, first: START, last: START + 3, node: "a", nodes: 2, example: 7 },
      },
      {
        ...{ id: 1, ending: exited(1), text: "no such file", isOther: false },
        ...{ count: 1, first: START + 1, last: START + 1, node: "n1", nodes: 1, example: 8 },
      },
    ]);
  });

  test("differ by how the task ended", () => {
    const kinds = new FailureKinds();
    const ids = [exited(1), exited(2), signalled(9), exited(1)].map((ending) =>
      kinds.take(failure(0, "", { ending }), START),
    );
    expect(ids).toEqual([0, 1, 2, 0]);
  });

  test("that are too many share the last one, which has no text", () => {
    const kinds = new FailureKinds();
    const ids = Array.from({ length: 300 }, (_, n) => kinds.take(failure(n, `failed: ${letters(n)}`), START + n));
    expect(ids.slice(0, MOST_KINDS)).toEqual(Array.from({ length: MOST_KINDS }, (_, n) => n));
    expect(new Set(ids.slice(MOST_KINDS))).toEqual(new Set([MOST_KINDS - 1]));
    expect(kinds.list()).toHaveLength(MOST_KINDS);
    expect(kinds.list().filter(({ isOther }) => isOther)).toMatchObject([
      { id: MOST_KINDS - 1, text: "", count: 300 - MOST_KINDS + 1, example: MOST_KINDS - 1 },
    ]);
    expect(kinds.take(failure(0, `failed: ${letters(3)}`), START)).toBe(3);
  });

  test("tell of a failed task which kind it is, right after it was taken note of and any time later", () => {
    const result = fc.record({ text: fc.nat(400), code: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(result, { maxLength: 600, size: "max" }), (failures) => {
        const kinds = new FailureKinds();
        const taken = failures.map(({ text, code }, id) => {
          const failed = failure(id, letters(text), { ending: exited(code) });
          const kind = kinds.take(failed, START);
          expect(kinds.idOf(failed)).toBe(kind);
          return { failed, kind };
        });
        for (const { failed, kind } of taken) expect(kinds.idOf({ ...failed })).toBe(kind);
        expect(kinds.list().reduce((sum, { count }) => sum + count, 0)).toBe(failures.length);
      }),
      { numRuns: 30 },
    );
  });

  test("do not tell of a task that is like none of them", () => {
    const kinds = new FailureKinds();
    kinds.take(failure(0, "one"), START);
    expect(kinds.idOf(failure(1, "two"))).toBeUndefined();
  });
});
