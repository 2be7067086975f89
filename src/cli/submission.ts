import { basename } from "node:path";
import type { JobFacts } from "../slurm/job-facts.ts";
import type { Environment } from "../slurm/environment.ts";
import type { SlurmPlace } from "./slurm-place.ts";

/** What a job was submitted with, as far as its environment tells: an option of sbatch for each variable. */
const OPTIONS: ReadonlyArray<readonly [variable: string, option: string]> = [
  ["SLURM_NTASKS", "-n"],
  ["SLURM_NTASKS_PER_NODE", "--ntasks-per-node"],
  ["SLURM_CPUS_PER_TASK", "-c"],
  ["SLURM_JOB_ACCOUNT", "-A"],
  ["SLURM_JOB_PARTITION", "-p"],
  ["SLURM_JOB_QOS", "-q"],
  ["SLURM_JOB_RESERVATION", "--reservation"],
  ["SLURM_MEM_PER_CPU", "--mem-per-cpu"],
  ["SLURM_MEM_PER_NODE", "--mem"],
  ["SLURM_MEM_PER_GPU", "--mem-per-gpu"],
  ["SLURM_GPUS", "--gpus"],
  ["SLURM_GPUS_PER_NODE", "--gpus-per-node"],
  ["SLURM_GPUS_PER_TASK", "--gpus-per-task"],
];

/** Where the words are good that go on with a run of this job; undefined when that is here. */
export function whereToGoOn(place: SlurmPlace | undefined, submission: readonly string[], requeue: boolean) {
  if (place === undefined) return undefined;
  if (requeue) return "(unless Slurm starts this job again)";
  return submission.length === 0 ? "in a Slurm job" : undefined;
}

/**
 * The words that submit this program to Slurm once more, as it was submitted before; none when it was started in another
 * way, such as by a script of the user's.
 */
export function submissionOf({ script, timeLimit, wishes = [] }: JobFacts, env: Environment): string[] {
  if (script === undefined || basename(script).toLowerCase() !== "disbatch") return [];
  const nodes = env["SLURM_JOB_NUM_NODES"] ?? "";
  // Tasks that were counted for each node need the number of nodes; others do with as many as it takes.
  const byNode = env["SLURM_NTASKS_PER_NODE"] !== undefined || env["SLURM_NTASKS"] === undefined;
  const options = OPTIONS.flatMap(([variable, option]) => {
    const value = env[variable] ?? "";
    return value === "" ? [] : option.startsWith("--") ? [`${option}=${value}`] : [option, value];
  });
  // GPUs that were counted for each node stand there already.
  const others = wishes.filter((wish) => !wish.startsWith("--gres=gpu") || env["SLURM_GPUS_PER_NODE"] === undefined);
  const limit = timeLimit === undefined ? [] : ["-t", timeLimit];
  return ["sbatch", ...(byNode && nodes !== "" ? ["-N", nodes] : []), ...options, ...others, ...limit, script];
}
