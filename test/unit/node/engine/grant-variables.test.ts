import { expect, test } from "vitest";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import type { Grant } from "../../../../src/node/engine/allotment.ts";
import { type GrantSetting, grantVariables } from "../../../../src/node/engine/grant-variables.ts";

function variables(terms: string, given: Partial<Grant> = {}, setting: Partial<GrantSetting> = {}) {
  const needs = termsOfText(terms)?.needs;
  if (needs === undefined) throw new Error("no terms");
  const grant = { slot: 0, home: 0, cpus: [], isSpread: false, gpus: [], ...given };
  return grantVariables(needs, grant, { coresPerSlot: 2, gpuVariables: [], threadsIn: undefined, ...setting });
}

test("a task is told all that it has for itself", () => {
  const given = { cpus: [0, 1, 2, 3], gpus: ["0"] };
  const told = variables("cores=4 memory=8G gpus=1 license=1", given, { gpuVariables: ["CUDA_VISIBLE_DEVICES"] });
  expect(told).toEqual({
    DISBATCH_RESOURCES: '{"cores":4,"cpus":[0,1,2,3],"memory":8589934592,"gpus":["0"],"license":1}',
    DISBATCH_CORES_PER_TASK: "4",
    CUDA_VISIBLE_DEVICES: "0",
  });
});

test("a task that says nothing of cores has those of a slot, and sees the GPUs that all see", () => {
  expect(variables("memory=1G", {}, { gpuVariables: ["CUDA_VISIBLE_DEVICES"] })).toEqual({
    DISBATCH_RESOURCES: '{"cores":2,"memory":1073741824}',
    DISBATCH_CORES_PER_TASK: "2",
  });
});

test("threads are as many as cores, and at least one, unless the user has said how many", () => {
  const threads = (cores: string, env: Record<string, string>): (string | undefined)[] => {
    const told = variables(`cores=${cores}`, {}, { threadsIn: env });
    return [told["OMP_NUM_THREADS"], told["MKL_NUM_THREADS"]];
  };
  expect(threads("0.5", {})).toEqual(["1", "1"]);
  expect(threads("2.5", { MKL_NUM_THREADS: "9" })).toEqual(["3", undefined]);
  expect(threads("4", { OMP_NUM_THREADS: "9" })).toEqual([undefined, undefined]);
});

test("HIP counts the GPUs that ROCR leaves, and others go by their own ids", () => {
  const gpuVariables = ["ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL"];
  expect(variables("gpus=2", { gpus: ["2", "5"] }, { gpuVariables })).toMatchObject({
    ROCR_VISIBLE_DEVICES: "2,5",
    HIP_VISIBLE_DEVICES: "0,1",
    GPU_DEVICE_ORDINAL: "2,5",
  });
  expect(variables("gpus=1", { gpus: ["5"] }, { gpuVariables: ["HIP_VISIBLE_DEVICES"] })).toMatchObject({
    HIP_VISIBLE_DEVICES: "5",
  });
});

test("a resource that is called as something else is told as that", () => {
  expect(variables("cores=1 cpus=7", { cpus: [3] })["DISBATCH_RESOURCES"]).toBe('{"cores":1,"cpus":[3]}');
});
