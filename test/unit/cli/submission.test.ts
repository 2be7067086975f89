import { expect, test } from "vitest";
import { type SlurmWarning, submissionOf } from "../../../src/cli/submission.ts";
import { type JobFacts, NO_FACTS } from "../../../src/places/slurm/job-facts.ts";

const SCRIPT = "/opt/disbatch/bin/disbatch";
const WITH_BLANKS = "/home/jo/my disbatch  x/bin/disBatch";
const isFile = (path: string): boolean => [SCRIPT, WITH_BLANKS, "/home/jo/job.sh"].includes(path);

function submit(
  known: Partial<JobFacts>,
  env: Record<string, string>,
  isFileThere: (path: string) => boolean,
  warning?: SlurmWarning,
): string[] {
  return submissionOf({ ...NO_FACTS, ...known }, env, isFileThere, warning);
}

test("a job that was submitted as disbatch itself is submitted once more as it was", () => {
  const env = {
    ...{ SLURM_NTASKS: "20", SLURM_CPUS_PER_TASK: "4", SLURM_JOB_NUM_NODES: "3", SLURM_JOB_PARTITION: "main" },
    ...{ SLURM_MEM_PER_CPU: "2000", SLURM_GPUS_PER_TASK: "1" },
  };
  expect(submit({ batchCommand: `${SCRIPT} -p x Tasks`, timeLimit: "01:00:00" }, env, isFile)).toEqual([
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
  expect(submit({ batchCommand: SCRIPT }, env, isFile)).toEqual([
    "sbatch",
    "-N",
    "3",
    "-n",
    "6",
    "--ntasks-per-node=2",
    SCRIPT,
  ]);
  expect(submit({ batchCommand: SCRIPT }, { SLURM_JOB_NUM_NODES: "2" }, isFile)).toEqual(["sbatch", "-N", "2", SCRIPT]);
});

test("a script of the user's own is nothing to be submitted", () => {
  expect(submit({ batchCommand: "/home/jo/job.sh Tasks" }, { SLURM_NTASKS: "2" }, isFile)).toEqual([]);
  expect(submit({}, { SLURM_NTASKS: "2" }, isFile)).toEqual([]);
});

test("the script's path may hold blanks, and so may its arguments", () => {
  const submitted = (batchCommand: string): string[] => submit({ batchCommand }, { SLURM_NTASKS: "2" }, isFile);
  for (const words of ["", " -p a  b /x/disbatch Tasks"]) {
    expect(submitted(WITH_BLANKS + words)).toEqual(["sbatch", "-n", "2", WITH_BLANKS]);
  }
  expect(submitted("/gone/bin/disbatch Tasks")).toEqual([]);
});

test.each([
  ["SIGUSR1", 84, "--signal=B:USR1@60"],
  ["SIGUSR1", 115, "--signal=B:USR1@90"],
  ["SIGUSR2", 630, "--signal=B:USR2@600"],
  ["SIGUSR2", 12, "--signal=B:USR2@30"],
] as const)(
  "a job that was warned by %s with %i s left is to be warned once more: %s",
  (signal, secondsLeft, option) => {
    const warning = { signal, secondsLeft };
    const facts = { batchCommand: SCRIPT, timeLimit: "00:30:00" };
    const words = submit(facts, { SLURM_NTASKS: "2" }, isFile, warning);
    expect(words).toEqual(["sbatch", "-n", "2", "-t", "00:30:00", option, SCRIPT]);
  },
);

test("a signal that somebody has sent is no warning of Slurm's", () => {
  const env = { SLURM_NTASKS: "2" };
  const warning = { signal: "SIGUSR1", secondsLeft: 80_000 } as const;
  for (const timeLimit of ["1-00:00:00", "24:00:00"]) {
    const words = submit({ batchCommand: SCRIPT, timeLimit }, env, isFile, warning);
    expect(words).toEqual(["sbatch", "-n", "2", "-t", timeLimit, SCRIPT]);
  }
  const unlimited = submit({ batchCommand: SCRIPT }, env, isFile, { ...warning, secondsLeft: 60 });
  expect(unlimited).toEqual(["sbatch", "-n", "2", SCRIPT]);
});
