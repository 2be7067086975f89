import { array, assert, constantFrom, dictionary, property, record } from "fast-check";
import { describe, expect, test } from "vitest";
import { needsSlotProcesses, notDealtOut, type Share } from "../../../../src/node/engine/shares.ts";

const own: Share = { affinity: "0-3", env: { PATH: "/bin", SLURM_PROCID: "0", SLURM_LOCALID: "0" } };
const other = (env: Share["env"] = {}, affinity = own.affinity): Share => ({ affinity, env: { ...own.env, ...env } });

describe("slots need processes of their own", () => {
  test("when any of them has other processors", () => {
    expect(needsSlotProcesses(own, [other(), other({}, "0-1")])).toBe(true);
  });

  test("when any of them has another environment, in whatever way", () => {
    for (const env of [{ PATH: "/usr/bin" }, { TMPDIR: "/tmp/1" }, { PATH: undefined }, { SLURM_PROCID2: "1" }]) {
      expect(needsSlotProcesses(own, [other(), other(env)])).toBe(true);
    }
  });

  test.each([
    "CUDA_VISIBLE_DEVICES",
    "GPU_DEVICE_ORDINAL",
    "ROCR_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "ZE_AFFINITY_MASK",
  ])("when there is a %s, since equal numbers may mean different devices", (name) => {
    const sees = (value: string): Share => other({ [name]: value });
    expect(needsSlotProcesses(sees("0"), [sees("0")])).toBe(true);
    expect(needsSlotProcesses(sees(""), [sees("")])).toBe(false);
  });
});

describe("slots need no processes of their own", () => {
  test("when only the numbers of Slurm's tasks differ", () => {
    const numbers = { SLURM_PROCID: "5", SLURM_LOCALID: "1", SLURM_TASK_PID: "77", SLURM_GTIDS: "4,5" };
    const mpi = { PMI_RANK: "5", PMI_FD: "7", PMIX_RANK: "5", PMI2_RANK: "1" };
    expect(needsSlotProcesses(own, [other(), other(numbers), other(mpi)])).toBe(false);
  });

  test("when there is only one slot", () => {
    expect(needsSlotProcesses(other({ CUDA_VISIBLE_DEVICES: "0" }), [])).toBe(false);
  });
});

const shareOf = record({
  affinity: constantFrom("0", "1", "0-1"),
  env: dictionary(constantFrom("A", "B", "SLURM_PROCID", "PMI_RANK", "ZE_AFFINITY_MASK"), constantFrom("", "1")),
});

test("it does not matter whose share is whose", () => {
  assert(
    property(shareOf, shareOf, (a, b) => {
      expect(needsSlotProcesses(a, [b])).toBe(needsSlotProcesses(b, [a]));
    }),
  );
});

test("one more slot never makes processes needless", () => {
  assert(
    property(shareOf, array(shareOf), shareOf, (a, others, more) => {
      const before = needsSlotProcesses(a, others);
      expect(needsSlotProcesses(a, [...others, more]) || !before).toBe(true);
    }),
  );
});

test("what every process has the same value of is for the engine to deal out", () => {
  const names = ["A", "B", "C", "D"];
  const [a, b] = [other({ A: "1,2", B: "1", C: "x" }), other({ A: "1,2", B: "2" })];
  expect(notDealtOut(names, a, [a, b])).toEqual(["A", "D"]);
  expect(notDealtOut(names, a, [])).toEqual(names);
});
