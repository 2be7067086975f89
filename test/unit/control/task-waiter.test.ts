import path from "node:path";
import { describe, expect, test } from "vitest";
import { type ResultsOfPast, TaskWaiter } from "../../../src/control/task-waiter.ts";
import { finishedTask } from "../../support/finished-task.ts";
import { scratchFolder } from "../node/process/scratch.ts";

/** Records of a run that is over, in which these ids have finished. */
function recordsOf(ids: readonly number[]): ResultsOfPast {
  const found = ids.map((id) => [id, finishedTask(id)] as const);
  return {
    knownEnd: Math.max(...ids) + 1,
    isDone: true,
    isFinished: (id) => ids.includes(id),
    finished: () => Promise.resolve(new Map(found)),
    close: () => Promise.resolve(),
  };
}

describe("whoever waits for tasks of a run that is over", () => {
  test("is told at once which of a billion there are not", async () => {
    const told: number[] = [];
    const waiter = new TaskWaiter({
      contact: path.join(scratchFolder(), "run_contact.json"),
      words: ["disbatch"],
      ranges: [{ from: 0, to: 1_000_000_000 }],
      records: () => Promise.resolve(recordsOf([0, 2, 3])),
      take: ({ id }) => void told.push(id),
    });
    await expect(waiter.wait()).rejects.toThrow(/had no such task: 1, 4-1000000000$/);
    expect(told).toEqual([0, 2, 3]);
  });
});
