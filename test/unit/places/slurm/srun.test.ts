import { describe, expect, test } from "vitest";
import { srunArguments, srunEnvironment, type SrunRequest } from "../../../../src/places/slurm/srun.ts";
import { recorded, RECORDED_NAMES } from "./support.ts";

const REQUEST: SrunRequest = {
  jobId: "7",
  node: "n1",
  slots: 2,
  coresPerSlot: 3,
  cpus: 6,
  binds: true,
  options: undefined,
};

describe("arguments for srun", () => {
  test("ask for one step on one node, of which no task ends the others", () => {
    expect(srunArguments(REQUEST)).toEqual([
      ...["--jobid=7", "--nodes=1", "--ntasks=2", "--nodelist=n1", "--cpus-per-task=3"],
      ...["--kill-on-bad-exit=0", "--wait=0", "--input=all", "--quiet"],
    ]);
  });

  test.each([
    [{ slots: 2, coresPerSlot: 3, cpus: 5 }, "--overcommit"],
    [{ slots: 8, coresPerSlot: 1, cpus: 4 }, "--overcommit"],
    [{ slots: 3, coresPerSlot: 1, cpus: 4 }, "--cpus-per-task=1"],
  ])("overcommit only where the cores do not suffice: %j", (sizes, argument) => {
    expect(srunArguments({ ...REQUEST, ...sizes })[4]).toBe(argument);
  });
});

describe("the environment for srun", () => {
  const from = (env: Record<string, string>, options?: Record<string, string>): Record<string, string | undefined> =>
    srunEnvironment({ ...REQUEST, options }, env);
  const DEFAULTS = { SLURM_EXPORT_ENV: "ALL", SLURM_OVERLAP: "1", SLURM_CPU_BIND: "cores", SLURM_MPI_TYPE: "none" };

  test("is what there is, with the whole of it for the tasks, and steps that overlap", () => {
    expect(from({ HOME: "/home/user", EMPTY: "" })).toEqual({ HOME: "/home/user", EMPTY: "", ...DEFAULTS });
  });

  test.each([
    ...["SLURM_NTASKS", "SLURM_NPROCS", "SLURM_NNODES", "SLURM_JOB_NUM_NODES", "SLURM_NTASKS_PER_NODE"],
    ...["SLURM_NTASKS_PER_GPU", "SLURM_NTASKS_PER_SOCKET", "SLURM_NTASKS_PER_CORE", "SLURM_NTASKS_PER_TRES"],
    ...["SLURM_TASKS_PER_NODE", "SLURM_CPUS_PER_TASK", "SRUN_CPUS_PER_TASK", "SLURM_OVERCOMMIT", "SLURM_GPUS"],
    ...["SLURM_CPUS_PER_GPU", "SLURM_HOSTFILE", "SLURM_ARBITRARY_NODELIST", "SLURM_DISTRIBUTION", "SLURM_EXACT"],
    ...["SLURM_EXCLUSIVE", "SLURM_IMMEDIATE", "SLURM_STDINMODE", "SLURM_STDOUTMODE", "SLURM_STDERRMODE"],
    ...["SLURM_OPEN_MODE", "SLURM_LABELIO", "SLURM_UNBUFFEREDIO", "SLURM_DEBUG", "SLURM_WAIT", "SLURM_KILL_BAD_EXIT"],
    ...["SLURM_TIMELIMIT", "SLURM_REMOTE_CWD", "SLURM_WORKING_DIR", "SRUN_EXPORT_ENV", "SLURM_STEPID"],
    ...["SLURM_STEP_ID", "SLURM_STEP_NODELIST", "SLURM_STEP_GPUS", "SLURM_PTY_PORT", "SLURM_CPU_BIND_TYPE"],
  ])("has no %s, which would make another step of it", (name) => {
    expect(from({ [name]: "1" })).toEqual(DEFAULTS);
  });

  test.each([
    ...["SLURM_JOB_ID", "SLURM_JOB_NODELIST", "SLURM_GPUS_PER_TASK", "SLURM_GPUS_PER_NODE", "SLURM_GPU_BIND"],
    ...["SLURM_MEM_PER_CPU", "SLURM_MEM_PER_NODE", "SLURM_MEM_BIND", "SLURM_STEP_GRES", "SLURM_CONF"],
    ...["SLURM_THREADS_PER_CORE", "SLURM_CLUSTERS", "XSLURM_NTASKS"],
  ])("keeps %s", (name) => {
    expect(from({ [name]: "1" })).toEqual({ [name]: "1", ...DEFAULTS });
  });

  test("goes against what is there already, but for the binding", () => {
    const env = { SLURM_EXPORT_ENV: "NONE", SLURM_OVERLAP: "0", SLURM_CPU_BIND: "none", SLURM_MPI_TYPE: "pmix" };
    expect(from(env)).toEqual({ ...DEFAULTS, SLURM_CPU_BIND: "none" });
  });

  test("leaves the binding to a hint", () => {
    const { SLURM_CPU_BIND: _, ...others } = DEFAULTS;
    expect(from({ SLURM_HINT: "nomultithread" })).toEqual({ SLURM_HINT: "nomultithread", ...others });
    expect(from({ SLURM_HINT: "" })).toEqual({ SLURM_HINT: "", ...DEFAULTS });
  });

  test("has what the user's file says in place of both defaults", () => {
    expect(from({}, {})).toEqual({ SLURM_EXPORT_ENV: "ALL", SLURM_OVERLAP: "1" });
    expect(from({ SLURM_CPU_BIND: "none" }, { SLURM_EXPORT_ENV: "HOME", SLURM_NTASKS_PER_CORE: "1" })).toEqual({
      ...{ SLURM_EXPORT_ENV: "HOME", SLURM_OVERLAP: "1", SLURM_CPU_BIND: "none", SLURM_NTASKS_PER_CORE: "1" },
    });
  });

  test.each([
    ["cpu=4", undefined],
    ["cpu:4,gres/gpu:1", "gres/gpu:1"],
    ["gres/gpu:1", "gres/gpu:1"],
  ])("of SLURM_TRES_PER_TASK=%s keeps all but the processors", (value, kept) => {
    expect(from({ SLURM_TRES_PER_TASK: value })["SLURM_TRES_PER_TASK"]).toBe(kept);
  });

  test("does not bind tasks to the processors of the step that disbatch runs in", () => {
    expect(from(recorded("srun-pty-c8-bound-23.11"))).toMatchObject({
      SLURM_CPU_BIND: "cores",
      SLURM_JOB_ID: "17552256",
    });
    expect(from({ SLURM_MEM_BIND: "quiet,mask_mem:0x1", SLURM_MEM_BIND_LIST: "0x1" })).toEqual(DEFAULTS);
  });

  test.each(RECORDED_NAMES)("of %s has nothing left of the job's size or the step", (name) => {
    const left = Object.keys(from(recorded(name))).filter((variable) =>
      /^SLURM_(?:N|TASKS|CPUS_PER|STEP|PTY|DISTR)/.test(variable),
    );
    expect(left.filter((variable) => !/_(?:HET|PACK)_GROUP_|NODELIST|NODEID|NODE_ALIASES/.test(variable))).toEqual([]);
  });
});

test("tasks are bound to nothing where the cluster cannot bind them", () => {
  expect(srunEnvironment({ ...REQUEST, binds: false }, {})).not.toHaveProperty("SLURM_CPU_BIND");
  expect(srunEnvironment({ ...REQUEST, binds: false }, { SLURM_CPU_BIND: "none" })).toMatchObject({
    SLURM_CPU_BIND: "none",
  });
});
