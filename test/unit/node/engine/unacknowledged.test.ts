import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { NO_LEAK, type TaskResult } from "../../../../src/domain/result.ts";
import { Unacknowledged } from "../../../../src/node/engine/unacknowledged.ts";

const result = (taskId: number): TaskResult => ({
  ...{ taskId, attempt: 1, node: "n", engine: 0, slot: 0, pid: 1, ending: exited(0), start: 0, finish: 1 },
  ...{ output: NO_LEAK, error: NO_LEAK },
});
const command = { kind: "per-engine", when: "start", id: 0, line: 1, command: "x" } as const;

const sequences = (kept: Unacknowledged): number[] =>
  kept.messages.flatMap((message) => ("sequence" in message ? [message.sequence] : []));

test("messages are numbered from 1 and kept in that order, until they are safe", () => {
  const kept = new Unacknowledged();
  expect(kept.add({ type: "results", results: [result(7)], interrupted: false })).toEqual({
    ...{ type: "results", sequence: 1, results: [result(7)], interrupted: false },
  });
  kept.add({ type: "per-engine-result", command, result: result(0) });
  kept.add({ type: "results", results: [result(8)], interrupted: false });
  expect(sequences(kept)).toEqual([1, 2, 3]);
  kept.acknowledge(2);
  kept.acknowledge(1);
  expect(sequences(kept)).toEqual([3]);
  kept.acknowledge(Number.POSITIVE_INFINITY);
  expect(sequences(kept)).toEqual([]);
  expect(kept.add({ type: "results", results: [], interrupted: false }).sequence).toBe(4);
});

test("results are the outcomes of tasks alone", () => {
  const kept = new Unacknowledged();
  kept.add({ type: "results", results: [result(1), result(2)], interrupted: false });
  kept.add({ type: "per-engine-result", command, result: result(0) });
  kept.add({ type: "results", results: [result(3)], interrupted: true });
  kept.add({ type: "results", results: [result(4)], interrupted: false });
  expect(kept.results.map(({ taskId }) => taskId)).toEqual([1, 2, 4]);
});

test("whatever is said and acknowledged in whatever order, what is not safe is kept, and nothing else", () => {
  const steps = fc.array(fc.oneof(fc.constant("add" as const), fc.nat({ max: 40 })), { maxLength: 80 });
  fc.assert(
    fc.property(steps, (what) => {
      const kept = new Unacknowledged();
      let [added, safe] = [0, 0];
      for (const step of what) {
        if (step === "add") added = kept.add({ type: "results", results: [], interrupted: false }).sequence;
        else {
          kept.acknowledge(step);
          safe = Math.max(safe, Math.min(step, added));
        }
      }
      expect(sequences(kept)).toEqual(Array.from({ length: added - safe }, (_, i) => safe + i + 1));
    }),
  );
});
