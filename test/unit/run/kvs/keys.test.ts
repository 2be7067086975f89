import { describe, expect, test } from "vitest";
import type { Barrier } from "../../../../src/domain/task.ts";
import { RunState } from "../../../../src/records/state/run-state.ts";
import { BarrierKeys } from "../../../../src/run/kvs/barrier-keys.ts";
import { STATUS_KEY, StatusKey } from "../../../../src/run/kvs/status-key.ts";
import { Deliveries } from "../../../../src/tasks/kvs/deliveries.ts";
import { IdRanges } from "../../../../src/tasks/kvs/id-ranges.ts";
import { MemoryValues } from "../../../support/memory-values.ts";
import { ended, START, started } from "../../faces/terminal/events.ts";

function barrier(id: number, key?: string): Barrier {
  return { kind: "barrier", id, line: 1, check: false, key, text: "#DISBATCH BARRIER" };
}

describe("keys of barriers", () => {
  test("hold the ids of those that are passed, and of those that an earlier driver has passed, unless they have arrived", () => {
    const values = new MemoryValues();
    const deliveries = new Deliveries(new IdRanges([[2, 2]]), () => undefined);
    const keys = new BarrierKeys(values, deliveries, [barrier(2, "known"), barrier(4, "unknown")]);
    const passed = { type: "barrier-passed", time: START, since: START, failed: false } as const;
    keys.observe({ ...passed, barrier: barrier(7, "now") });
    keys.observe({ ...passed, barrier: barrier(8) });
    expect(["known", "unknown", "now"].map((key) => values.texts(key))).toEqual([[], ["4"], ["7"]]);
  });
});

describe("the key that says where a run stands", () => {
  test("has one value, which is replaced, and at last that of the end", async () => {
    const values = new MemoryValues();
    const counts = new RunState();
    const key = new StatusKey(values, counts, () => START, false);
    expect((await values.view(STATUS_KEY)).encoding).toBe("ASTR");
    for (const event of [started(0), ended(0)]) {
      counts.handle(event);
      key.observe(event);
    }
    await key.close();
    const [last = "", ...others] = values.texts(STATUS_KEY);
    expect([JSON.parse(last), others]).toEqual([expect.objectContaining({ more: "No more tasks." }), []]);
  });

  test("takes the place of what an earlier driver has left there", async () => {
    const values = new MemoryValues();
    values.putText(STATUS_KEY, "old");
    const key = new StatusKey(values, new RunState(), () => START, true);
    await key.close();
    expect(values.texts(STATUS_KEY)).toHaveLength(1);
  });
});
