import { expect, test } from "vitest";
import { EngineRestarts } from "../../../../src/core/pool/engine-restarts.ts";

const node = { node: "alpha", slots: 1, coresPerSlot: 1 };
/** Seconds in the run: of one that dies of being started, and of one that does not. */
const [SHORT, LONG] = [9, 10];

test("an engine is started again at once, and where they die soon later and later", () => {
  const restarts = new EngineRestarts(6);
  const delays = Array.from({ length: 6 }, () => restarts.next(node, SHORT));
  expect(delays).toEqual([0, 5, 30, 60, 60, 60].map((delay, i) => ({ restart: i + 1, delay })));
});

test("one that has lived well is started again at once, and the next waits as if it was the first", () => {
  const restarts = new EngineRestarts(9);
  const delays = [SHORT, SHORT, LONG, SHORT, SHORT, LONG].map((lived) => restarts.next(node, lived)?.delay);
  expect(delays).toEqual([0, 5, 0, 5, 30, 0]);
});

test("there are so many restarts on each node, be it called as it may, however long they live", () => {
  const restarts = new EngineRestarts(1);
  const other = { ...node };
  expect(restarts.next(node, LONG)).toMatchObject({ restart: 1 });
  expect(restarts.next(node, LONG)).toBeUndefined();
  expect(restarts.next(other, LONG)).toMatchObject({ restart: 1 });
  expect(new EngineRestarts(0).next(node, LONG)).toBeUndefined();
});
