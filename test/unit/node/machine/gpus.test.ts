import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { gpusOfPrograms } from "../../../../src/node/machine/gpu-programs.ts";
import { findGpus } from "../../../../src/node/machine/gpus.ts";
import type { SystemFiles } from "../../../../src/node/machine/system-files.ts";
import { until } from "../../../support/until.ts";
import { living } from "../process/children.ts";
import { scratchFolder } from "../process/scratch.ts";
import { pretendedFiles } from "./pretended-files.ts";

const NOTHING = pretendedFiles({});
const A = "GPU-8d1d3c3a-0000-4000-8000-000000000001";
const B = "GPU-8d1d3c3a-0000-4000-8000-000000000002";

/** A PATH in which these programs stand, which are scripts. */
function withPrograms(scripts: Record<string, string>) {
  const folder = scratchFolder();
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(path.join(folder, name), `#!/bin/bash\n${script}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  return { PATH: `${folder}:/usr/bin:/bin` };
}

async function found(env: Record<string, string>, files: SystemFiles = NOTHING, first: readonly string[] = []) {
  const { gpus, warnings } = await findGpus(files, env, first);
  expect(warnings).toEqual([]);
  return gpus;
}

describe("the GPUs that the environment names", () => {
  test.each([
    ["0,1", ["0", "1"]],
    [`${A},MIG-1/2/3`, [A, "MIG-1/2/3"]],
    ["3, 4", ["3", "4"]],
    ["0,1,-1,2", ["0", "1"]],
    ["NoDevFiles", []],
    ["", []],
  ])("are those of CUDA_VISIBLE_DEVICES=%s", async (value, ids) => {
    expect(await found({ CUDA_VISIBLE_DEVICES: value })).toEqual({ ids, variables: ["CUDA_VISIBLE_DEVICES"] });
  });

  test("are set by every variable that names the same", async () => {
    const env = { ROCR_VISIBLE_DEVICES: "0,1", GPU_DEVICE_ORDINAL: "0,1", ZE_AFFINITY_MASK: "2" };
    expect(await found(env)).toEqual({ ids: ["0", "1"], variables: ["ROCR_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL"] });
  });

  test("are those of the variable that is dealt out, where another names some, too", async () => {
    const env = { CUDA_VISIBLE_DEVICES: "0", HIP_VISIBLE_DEVICES: "1,2" };
    expect(await found(env, NOTHING, ["HIP_VISIBLE_DEVICES"])).toEqual({
      ids: ["1", "2"],
      variables: ["HIP_VISIBLE_DEVICES"],
    });
  });
});

describe("the GPUs that drivers know", () => {
  const nvidia = (one: string) => ({
    "/proc/driver/nvidia/gpus/0000:c1:00.0/information": `Model:  X\nGPU UUID:   ${B}\nDevice Minor: 1\n`,
    "/proc/driver/nvidia/gpus/0000:41:00.0/information": `Model:  X\nGPU UUID:   ${one}\n`,
  });

  test("are NVIDIA's by their words, in the order of their places", async () => {
    expect(await found({}, pretendedFiles(nvidia(A)))).toEqual({ ids: [A, B], variables: ["CUDA_VISIBLE_DEVICES"] });
  });

  test("are asked of its program where one has not been used yet, or is divided", async () => {
    const env = withPrograms({ "nvidia-smi": `echo "0, ${A}, [N/A]"` });
    const part = "/proc/driver/nvidia/capabilities/gpu0/mig/gi1/access";
    for (const files of [nvidia("GPU-????????-????"), { ...nvidia(A), [part]: "" }]) {
      expect((await found(env, pretendedFiles(files))).ids).toEqual([A]);
    }
  });

  test("are AMD's by their numbers, without the processors that stand among them", async () => {
    const nodes = "/sys/class/kfd/kfd/topology/nodes";
    const files = pretendedFiles({
      [`${nodes}/0/properties`]: "cpu_cores_count 64\nsimd_count 0\n",
      [`${nodes}/1/properties`]: "cpu_cores_count 0\nsimd_count 440\n",
      [`${nodes}/2/properties`]: "cpu_cores_count 0\nsimd_count 440\n",
    });
    expect(await found({}, files)).toEqual({ ids: ["0", "1"], variables: ["ROCR_VISIBLE_DEVICES"] });
  });
});

describe("the GPUs that programs list", () => {
  test("are none where there is no such program", async () => {
    expect(await found(withPrograms({}))).toEqual({ ids: [], variables: [] });
  });

  test("are nvidia-smi's", async () => {
    const env = withPrograms({ "nvidia-smi": `echo "0, ${A}, Disabled"; echo "1, ${B}, [N/A]"` });
    expect(await found(env)).toEqual({ ids: [A, B], variables: ["CUDA_VISIBLE_DEVICES"] });
  });

  test("are the parts of those that are divided", async () => {
    const env = withPrograms({
      "nvidia-smi": `if [ "$1" = -L ]; then
        echo "GPU 0: NVIDIA A100 (UUID: ${A})"
        echo "  MIG 1g.5gb      Device  0: (UUID: MIG-1)"
        echo "  MIG 2g.10gb     Device  1: (UUID: MIG-2)"
        echo "GPU 1: NVIDIA A100 (UUID: ${B})"
      else echo "0, ${A}, Enabled"; echo "1, ${B}, Disabled"; fi`,
    });
    expect((await found(env)).ids).toEqual(["MIG-1", "MIG-2", B]);
  });

  test("are rocm-smi's, each once", async () => {
    const env = withPrograms({
      "nvidia-smi": "exit 9",
      "rocm-smi": `echo "== ROCm =="; for n in 0 0 1; do echo "GPU[$n]  : GPU ID: 0x740c"; done`,
    });
    expect(await found(env)).toEqual({ ids: ["0", "1"], variables: ["ROCR_VISIBLE_DEVICES"] });
  });

  test("are none where the program has found none, or no driver", async () => {
    for (const script of ["echo No devices were found", "exit 9", ""]) {
      expect((await found(withPrograms({ "nvidia-smi": script }))).ids).toEqual([]);
    }
  });

  test("are none where it prints something else, and the user hears of it", async () => {
    const env = withPrograms({ "nvidia-smi": String.raw`printf 'hello \033[31m\n'` });
    const { gpus, warning } = await gpusOfPrograms(env);
    expect(gpus).toBeUndefined();
    expect(warning).toMatch(/nvidia-smi writes no list of GPUs: hello \?\[31m; no GPUs are counted here: set CUDA_VIS/);
  });

  test("are none where it hangs, and the user hears of it", async () => {
    const env = withPrograms({ "nvidia-smi": 'sleep 1000 & echo $! > "$0.pid"; wait' });
    const { gpus, warning } = await gpusOfPrograms(env, 6_000);
    expect(gpus).toBeUndefined();
    const child = Number(readFileSync(path.join(env.PATH.split(":")[0] ?? "", "nvidia-smi.pid"), "utf8"));
    await until(
      () => living([child]).length === 0,
      () => "what it has started is gone, too",
    );
    expect(warning).toContain("nvidia-smi has not answered for 6 s; no GPUs are counted here");
  });
});
