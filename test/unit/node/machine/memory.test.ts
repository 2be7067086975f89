import { describe, expect, test } from "vitest";
import { memoryHere } from "../../../../src/node/machine/memory.ts";
import { systemFiles } from "../../../../src/node/machine/system-files.ts";
import { pretendedFiles } from "./pretended-files.ts";

const MEBI = 1024 ** 2;
const MACHINE = { "/proc/meminfo": "MemTotal:       1024000 kB\nMemFree:  5 kB\n" };
const ALL = 1_024_000 * 1024;

function memory(files: Record<string, string>, env: Record<string, string> = {}): number | undefined {
  return memoryHere(pretendedFiles({ ...MACHINE, ...files }), env);
}

describe("the memory for tasks is", () => {
  test("the machine's where nothing limits it", () => {
    expect(memory({})).toBe(ALL);
  });

  test("the smallest limit of its own group and those above it", () => {
    const files = {
      "/proc/self/cgroup": "0::/user.slice/a.scope\n",
      "/sys/fs/cgroup/memory.max": "max\n",
      "/sys/fs/cgroup/user.slice/memory.max": "200000000\n",
      "/sys/fs/cgroup/user.slice/a.scope/memory.max": "300000000\n",
    };
    expect(memory(files)).toBe(200_000_000);
  });

  test("a container's, which sees its own group as the top and may be told another path", () => {
    expect(memory({ "/proc/self/cgroup": "0::/../../job\n", "/sys/fs/cgroup/memory.max": "500000000\n" })).toBe(
      500_000_000,
    );
  });

  test("the limit of groups of the first version, beside which the second may stand without any", () => {
    const files = {
      "/proc/self/cgroup": "4:memory:/job/one\n1:cpu,cpuacct:/elsewhere\n0::/\n",
      "/sys/fs/cgroup/memory/job/one/memory.limit_in_bytes": "9223372036854771712\n",
      "/sys/fs/cgroup/memory/job/memory.limit_in_bytes": "400000000\n",
      "/sys/fs/cgroup/memory/elsewhere/memory.limit_in_bytes": "1\n",
    };
    expect(memory(files)).toBe(400_000_000);
  });

  test.each([
    ["for the node", { SLURM_MEM_PER_NODE: "100" }, 100 * MEBI],
    ["for each processor", { SLURM_MEM_PER_CPU: "10", SLURM_CPUS_ON_NODE: "8" }, 80 * MEBI],
    ["for each GPU", { SLURM_MEM_PER_GPU: "50", SLURM_GPUS_ON_NODE: "2" }, 100 * MEBI],
    ["of all, which is written 0", { SLURM_MEM_PER_NODE: "0" }, ALL],
    ["of no use", { SLURM_MEM_PER_CPU: "10", SLURM_CPUS_ON_NODE: "4(x2)" }, ALL],
  ])("what a Slurm job has: memory %s", (_, env, bytes) => {
    expect(memory({}, { SLURM_JOB_ID: "7", ...env })).toBe(bytes);
  });

  test("no matter of variables outside of jobs", () => {
    expect(memory({}, { SLURM_MEM_PER_NODE: "100" })).toBe(ALL);
  });

  test("unknown where nothing can be read", () => {
    expect(memoryHere(systemFiles("/no/such/folder"), {})).toBeUndefined();
  });

  test("known on the machine that runs this", () => {
    expect(memoryHere(systemFiles(), {})).toBeGreaterThan(MEBI);
  });
});
