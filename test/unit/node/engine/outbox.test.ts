import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { NO_LEAK, type TaskResult } from "../../../../src/domain/result.ts";
import { Outbox } from "../../../../src/node/engine/outbox.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LINGER_MS = 50;

const result = (taskId: number): TaskResult => ({
  ...{ taskId, attempt: 1, node: "n", engine: 0, slot: 0, pid: 1, ending: exited(0), start: 0, finish: 1 },
  ...{ output: NO_LEAK, error: NO_LEAK },
});

/** An outbox, and the ids of the results that it has delivered, delivery by delivery. */
function makeOutbox() {
  const deliveries: number[][] = [];
  const outbox = new Outbox<TaskResult>((results) => void deliveries.push(results.map(({ taskId }) => taskId)));
  return { outbox, deliveries };
}

test("a result that somebody waits for leaves at once, and takes along those that linger", () => {
  const { outbox, deliveries } = makeOutbox();
  outbox.add(result(1), "patient");
  outbox.add(result(2), "urgent");
  expect(deliveries).toEqual([[1, 2]]);
  vi.advanceTimersByTime(1000);
  expect(deliveries).toEqual([[1, 2]]);
});

test("a result that nobody waits for lingers, but not because of others that follow", () => {
  const { outbox, deliveries } = makeOutbox();
  outbox.add(result(1), "patient");
  vi.advanceTimersByTime(LINGER_MS - 1);
  outbox.add(result(2), "patient");
  expect(deliveries).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(deliveries).toEqual([[1, 2]]);
  outbox.add(result(3), "patient");
  vi.advanceTimersByTime(LINGER_MS);
  expect(deliveries).toEqual([[1, 2], [3]]);
});

test("no more than 256 results travel together", () => {
  const { outbox, deliveries } = makeOutbox();
  for (let id = 0; id < 600; id++) outbox.add(result(id), "patient");
  expect(deliveries.map((ids) => ids.length)).toEqual([256, 256]);
  outbox.flush();
  expect(deliveries.flat()).toEqual(Array.from({ length: 600 }, (_, id) => id));
});

test("what is flushed does not come again, and an empty outbox delivers nothing", () => {
  const { outbox, deliveries } = makeOutbox();
  outbox.flush();
  outbox.add(result(1), "patient");
  outbox.flush();
  outbox.flush();
  vi.advanceTimersByTime(1000);
  expect(deliveries).toEqual([[1]]);
  expect(vi.getTimerCount()).toBe(0);
});

test("what is awaited leaves at once, and with others where something has left just before", () => {
  const { outbox, deliveries } = makeOutbox();
  vi.advanceTimersByTime(LINGER_MS);
  outbox.add(result(1), "patient");
  outbox.add(result(2), "awaited");
  expect(deliveries).toEqual([[1, 2]]);
  outbox.add(result(3), "awaited");
  vi.advanceTimersByTime(1);
  outbox.add(result(4), "awaited");
  expect(deliveries).toEqual([[1, 2]]);
  vi.advanceTimersByTime(1);
  expect(deliveries).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("what is awaited does not wait for what lingers", () => {
  const { outbox, deliveries } = makeOutbox();
  outbox.add(result(1), "urgent");
  outbox.add(result(2), "patient");
  outbox.add(result(3), "awaited");
  vi.advanceTimersByTime(2);
  expect(deliveries).toEqual([[1], [2, 3]]);
  vi.advanceTimersByTime(LINGER_MS);
  expect(deliveries).toHaveLength(2);
});
