import { expect, test } from "vitest";
import { slotOf } from "../../../../src/node/engine/slot-processes.ts";
import type { EngineSpec } from "../../../../src/wire/engine-spec.ts";
import { engineTerms } from "../../../support/engine-terms.ts";

const spec: EngineSpec = {
  invitation: { addresses: [], credentials: { authority: "", certificate: "", key: "" } },
  ...{ engineId: "id", context: "SLURM0", node: "n1", slots: 3, coresPerSlot: 1 },
  slotProcesses: true,
  terms: engineTerms(),
};

test("the process that Slurm numbers 0 is the engine, and so is one that Slurm has not numbered", () => {
  expect(slotOf(spec, "0")).toBe(0);
  expect(slotOf(spec, undefined)).toBe(0);
});

test("the others are for the slots of their numbers", () => {
  expect([slotOf(spec, "1"), slotOf(spec, "2")]).toEqual([1, 2]);
});

test("a number without a slot is refused", () => {
  for (const number of ["3", "-1", "", "1.5", "one", "0x1"]) {
    expect(() => slotOf(spec, number)).toThrow(`SLURM_LOCALID is "${number}", and the engine has 3 slots, from 0`);
  }
});

test("where each engine is one process, Slurm's number means nothing", () => {
  const { slotProcesses: _, ...plain } = spec;
  expect(slotOf(plain, "7")).toBe(0);
  expect(slotOf({ ...spec, slotProcesses: false }, "7")).toBe(0);
  expect(slotOf({ ...spec, slots: 1 }, "7")).toBe(0);
});
