import { basename } from "node:path";
import type { JobFacts } from "./slurm/job-facts.ts";
import type { Environment } from "../domain/environment.ts";

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

/** A warning that Slurm has sent to this process, as it was asked to. */
export interface SlurmWarning {
  readonly signal: NodeJS.Signals;
  /** What was left of the job's time then, in seconds. */
  readonly secondsLeft: number;
}

/** Slurm looks for jobs to be warned so often, in seconds (PERIODIC_TIMEOUT): the warning comes by that much early at the most. */
const LOOKS_APART = 30;

/**
 * The words that submit this program to Slurm once more, as it was submitted before; none when it was started in another
 * way, such as by a script of the user's. What it was to be warned with Slurm does not tell, but the warning does.
 *
 * @param isFile to find the end of the script's path, which may hold blanks.
 */
export function submissionOf(
  { batchCommand = "", timeLimit, wishes }: JobFacts,
  env: Environment,
  isFile: (path: string) => boolean,
  warning?: SlurmWarning,
): string[] {
  const script = scriptIn(batchCommand, isFile);
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
  const warned = warning === undefined || timeLimit === undefined ? [] : signalOption(warning, timeLimit);
  return [
    "sbatch",
    ...(byNode && nodes !== "" ? ["-N", nodes] : []),
    ...options,
    ...others,
    ...limit,
    ...warned,
    script,
  ];
}

/** The shortest beginning of the words that is a file. */
function scriptIn(words: string, isFile: (path: string) => boolean): string | undefined {
  for (let end = words.indexOf(" "); end !== -1; end = words.indexOf(" ", end + 1)) {
    if (isFile(words.slice(0, end))) return words.slice(0, end);
  }
  return isFile(words) ? words : undefined;
}

/**
 * Only the batch script is told, and this process stands in its place: without B it would have heard nothing. A signal that
 * came before half of the time was over was somebody's, and not Slurm's.
 */
function signalOption({ signal, secondsLeft }: SlurmWarning, timeLimit: string): string[] {
  if (secondsLeft - LOOKS_APART > secondsOf(timeLimit) / 2) return [];
  const seconds = Math.max(1, Math.floor((secondsLeft - 1) / LOOKS_APART)) * LOOKS_APART;
  return [`--signal=B:${signal.replace(/^SIG/, "")}@${seconds}`];
}

/** Matches a time as Slurm shows it: `[days-]hours:minutes:seconds`. */
function secondsOf(time: string): number {
  const [, days = 0, hours, minutes, seconds] = /^(?:([0-9]+)-)?([0-9]+):([0-9]+):([0-9]+)$/.exec(time) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}
