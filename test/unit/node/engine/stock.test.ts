import { describe, expect, test } from "vitest";
import type { Share } from "../../../../src/node/engine/shares.ts";
import { capacityOf, type StockOptions, stockOf } from "../../../../src/node/engine/stock.ts";
import { gpusNamedIn, NO_GPUS } from "../../../../src/node/machine/gpu-variables.ts";
import { pretendedFiles } from "../machine/pretended-files.ts";

interface Given extends Partial<StockOptions> {
  readonly resources?: readonly string[];
  readonly affinity?: string;
}

function stocked({ resources = [], affinity = "0-7", env = {}, ...more }: Given = {}) {
  const machine = {
    memory: 1000,
    gpus: gpusNamedIn(env, resources) ?? NO_GPUS,
    affinity,
    files: pretendedFiles({}),
    taskset: "/bin/taskset",
    warnings: [],
  };
  const terms = { resources, offer: { named: {} } };
  return stockOf({ slots: 2, coresPerSlot: 1, openFileLimit: 1e6, terms, env, machine, shares: new Map(), ...more });
}

function processes(...others: readonly Share[]): ReadonlyMap<number, Share> {
  return new Map(others.map((share, i) => [i + 1, share]));
}

const cuda = (value: string): Record<string, string> => ({ CUDA_VISIBLE_DEVICES: value });

describe("tasks at the same time are", () => {
  test("as many as each have the smallest part of a core, and can have their files open", () => {
    expect(stocked().stock.mostTasks).toBe(200);
    expect(stocked({ openFileLimit: 100 }).stock.mostTasks).toBe(20);
    expect(stocked({ openFileLimit: 10 }).stock.mostTasks).toBe(2);
    expect(stocked({ slots: 2000 }).stock.mostTasks).toBe(100_000);
  });

  test("as many as slots, where each slot has something of its own", () => {
    const env = { ...cuda("0,1"), SCRATCH: "/a,/b" };
    expect(stocked({ env, resources: ["SCRATCH"] }).stock.mostTasks).toBe(2);
    expect(stocked({ env, resources: ["CUDA_VISIBLE_DEVICES"] }).stock.mostTasks).toBe(2);
    expect(stocked({ env }).stock.mostTasks).toBe(200);
  });
});

describe("GPUs are", () => {
  const gpus = (given: Given) => stocked(given).stock.gpus.map(({ id, slots, isFixed }) => [id, slots, isFixed]);

  test("for those who ask for them, where the environment names some", () => {
    expect(gpus({ env: cuda("3,4") })).toEqual([
      ["3", [], false],
      ["4", [], false],
    ]);
  });

  test("each one of its slot, where they are dealt out, and those that are left over of none", () => {
    expect(gpus({ env: cuda("3,4,5"), resources: ["CUDA_VISIBLE_DEVICES"] })).toEqual([
      ["3", [0], false],
      ["4", [1], false],
      ["5", [], false],
    ]);
  });

  test("shared by slots that are given the same", () => {
    expect(gpus({ slots: 4, env: cuda("a,a,b,b"), resources: ["CUDA_VISIBLE_DEVICES"] })).toEqual([
      ["a", [0, 1], false],
      ["b", [2, 3], false],
    ]);
  });

  test("those of each slot's process, where Slurm has dealt them out", () => {
    const shares = processes({ affinity: "1", env: cuda("4") });
    expect(gpus({ env: cuda("3"), shares })).toEqual([
      ["3", [0], false],
      ["4", [1], false],
    ]);
  });

  test("of one process only, where Slurm lets each see its own, by the same number", () => {
    const shares = processes({ affinity: "1", env: cuda("0") });
    expect(gpus({ env: { ...cuda("0"), SLURM_GPUS_ON_NODE: "2" }, shares })).toEqual([
      ["0", [0], true],
      ["0", [1], true],
    ]);
    expect(gpus({ env: { ...cuda("0"), SLURM_GPUS_ON_NODE: "1" }, shares })).toEqual([["0", [], false]]);
  });
});

describe("cores are", () => {
  const cpus = (given: Given) =>
    stocked(given)
      .stock.cores()
      .map((core) => core.cpus);

  test("those of the engine", () => {
    expect(cpus({ affinity: "4-7" })).toEqual([[4], [5]]);
  });

  test("those of each slot's process, one slot after the other", () => {
    const shares = processes({ affinity: "0-1", env: {} });
    expect(cpus({ coresPerSlot: 2, affinity: "2-3", shares })).toEqual([[2], [3], [0], [1]]);
  });

  test("unknown where there are too few, or slots share some", () => {
    expect(cpus({ affinity: "0" })).toEqual([[], []]);
    expect(cpus({ affinity: "0-1", shares: processes({ affinity: "1-2", env: {} }) })).toEqual([[], []]);
  });
});

test("the driver is told what there is in all", () => {
  const named = { disk: 5 };
  const { stock } = stocked({ env: cuda("0"), coresPerSlot: 4, terms: { resources: [], offer: { named } } });
  expect(capacityOf(stock)).toEqual({ cores: 8, coresPerSlot: 4, memory: 1000, gpus: 1, named, mostTasks: 800 });
});
