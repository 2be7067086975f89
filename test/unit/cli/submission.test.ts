import { expect, test } from "vitest";
import { submissionOf } from "../../../src/cli/submission.ts";

const SCRIPT = "/opt/disbatch/bin/disbatch";

test("a job that was submitted as disbatch itself is submitted once more as it was", () => {
  const env = {
    ...{ SLURM_NTASKS: "20", SLURM_CPUS_PER_TASK: "4", SLURM_JOB_NUM_NODES: "3", SLURM_JOB_PARTITION: "main" },
    ...{ SLURM_MEM_PER_CPU: "2000", SLURM_GPUS_PER_TASK: "1" },
  };
  expect(submissionOf({ script: SCRIPT, timeLimit: "01:00:00" }, env)).toEqual([
    "sbatch",
    "-n",
    "20",
    "-c",
    "4",
    "-p",
    "main",
    "--mem-per-cpu=2000",
    "--gpus-per-task=1",
    "-t",
    "01:00:00",
    SCRIPT,
  ]);
});

test("tasks that were counted by node need their nodes", () => {
  const env = { SLURM_NTASKS: "6", SLURM_NTASKS_PER_NODE: "2", SLURM_JOB_NUM_NODES: "3" };
  expect(submissionOf({ script: SCRIPT }, env)).toEqual([
    "sbatch",
    "-N",
    "3",
    "-n",
    "6",
    "--ntasks-per-node=2",
    SCRIPT,
  ]);
  expect(submissionOf({ script: SCRIPT }, { SLURM_JOB_NUM_NODES: "2" })).toEqual(["sbatch", "-N", "2", SCRIPT]);
});

test("a script of the user's own is nothing to be submitted", () => {
  expect(submissionOf({ script: "/home/jo/job.sh" }, { SLURM_NTASKS: "2" })).toEqual([]);
  expect(submissionOf({}, { SLURM_NTASKS: "2" })).toEqual([]);
});
