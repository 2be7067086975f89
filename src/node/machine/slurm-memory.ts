import type { Environment } from "../../domain/environment.ts";

const MEBI = 1024 ** 2;

/** What a variable says that counts one thing, and what says how many of these the job has on this node. */
const SHARES = [
  ["SLURM_MEM_PER_NODE", undefined],
  ["SLURM_MEM_PER_CPU", "SLURM_CPUS_ON_NODE"],
  ["SLURM_MEM_PER_GPU", "SLURM_GPUS_ON_NODE"],
] as const;

/**
 * Bytes that a Slurm job has on this node; undefined outside of jobs, and where the job has all of the node's memory, for which
 * Slurm writes 0. A job says it in one of three ways, in mebibytes.
 */
export function slurmMemory(env: Environment): number | undefined {
  if (env["SLURM_JOB_ID"] === undefined) return undefined;
  for (const [share, times] of SHARES) {
    const mebibytes = countIn(env, share);
    const count = times === undefined ? 1 : countIn(env, times);
    if (mebibytes !== undefined && count !== undefined) return mebibytes * count * MEBI;
  }
  return undefined;
}

function countIn(env: Environment, name: string): number | undefined {
  const value = env[name] ?? "";
  return /^[0-9]+$/.test(value) && Number(value) > 0 ? Number(value) : undefined;
}
