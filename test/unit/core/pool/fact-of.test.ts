import { expect, test } from "vitest";
import { EngineHandle } from "../../../../src/core/pool/engine-handle.ts";
import { factOf } from "../../../../src/core/pool/fact-of.ts";
import { task } from "../scheduler/items.ts";

const engine = new EngineHandle({ id: "e", rank: 0, node: "n", slots: 1, context: "SSH0" });

test("what an engine says is a fact for the run", () => {
  const held = [{ task: task(0), attempt: 1 }];
  const report = { type: "report", held, welcomed: true, ready: true, leaving: false } as const;
  expect(factOf(engine, report)).toEqual({ type: "reported", engine, report });
  expect(factOf(engine, { type: "ended", tasks: held })).toEqual({ type: "repeating", engine, tasks: held });
  expect(factOf(engine, { type: "ready" })).toEqual({ type: "ready", engine });
  expect(factOf(engine, { type: "draining", reason: "SIGTERM" })).toEqual({
    type: "leaving",
    engine,
    reason: "SIGTERM",
  });
  expect(factOf(engine, { type: "returned", taskIds: [1] })).toEqual({ type: "returned", engine, taskIds: [1] });
});

test("results of tasks that were cut short are no outcomes", () => {
  for (const [interrupted, type] of [
    [true, "interrupted"],
    [false, "results"],
  ] as const) {
    expect(factOf(engine, { type: "results", sequence: 1, results: [], interrupted })).toMatchObject({ type });
  }
});
