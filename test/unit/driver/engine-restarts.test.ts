import { expect, test } from "vitest";
import { EngineRestarts } from "../../../src/driver/engine-restarts.ts";

const node = { node: "alpha", slots: 1, coresPerSlot: 1 };

test("an engine is started again at once, then later and later", () => {
  const restarts = new EngineRestarts(6);
  const delays = Array.from({ length: 6 }, () => restarts.next(node));
  expect(delays).toEqual([0, 5, 30, 60, 60, 60].map((delay, i) => ({ restart: i + 1, delay })));
});

test("there are so many restarts on each node, be it called as it may", () => {
  const restarts = new EngineRestarts(1);
  const other = { ...node };
  expect(restarts.next(node)).toMatchObject({ restart: 1 });
  expect(restarts.next(node)).toBeUndefined();
  expect(restarts.next(other)).toMatchObject({ restart: 1 });
  expect(new EngineRestarts(0).next(node)).toBeUndefined();
});
