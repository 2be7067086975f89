import type { Environment } from "../../domain/environment.ts";
import { GPU_VARIABLES } from "../machine/gpu-variables.ts";

/** What one of the processes that Slurm has started for an engine may use of the node. */
export interface Share {
  /** The processors, as the system writes them. */
  readonly affinity: string;
  /** All that it was given. */
  readonly env: Environment;
}

/** Variables that only number the tasks of a step, or tell them how to reach each other (PMI and PMIx, for MPI). */
const NUMBERING: ReadonlySet<string> = new Set(["SLURM_PROCID", "SLURM_LOCALID", "SLURM_TASK_PID", "SLURM_GTIDS"]);
const NUMBERING_PREFIXES = ["PMI_", "PMI2_", "PMIX_"] as const;

/** Whether it makes a difference which of these processes runs a task. */
export function needsSlotProcesses(own: Share, others: readonly Share[]): boolean {
  if (others.length === 0) return false;
  return [own, ...others].some(namesDevices) || others.some((other) => differs(own, other));
}

/** The variables, of these, that every process has the same value of, so that the engine may deal them out. */
export function notDealtOut(names: readonly string[], own: Share, others: readonly Share[]): string[] {
  return names.filter((name) => others.every(({ env }) => env[name] === own.env[name]));
}

/** Where devices are named, a cgroup may give every process its own, which each of them sees as number 0: equal values say nothing. */
function namesDevices({ env }: Share): boolean {
  return GPU_VARIABLES.some((name) => (env[name] ?? "") !== "");
}

function differs(one: Share, other: Share): boolean {
  if (one.affinity !== other.affinity) return true;
  const names = new Set([...Object.keys(one.env), ...Object.keys(other.env)]);
  return [...names].some((name) => one.env[name] !== other.env[name] && !isNumbering(name));
}

function isNumbering(name: string): boolean {
  return NUMBERING.has(name) || NUMBERING_PREFIXES.some((prefix) => name.startsWith(prefix));
}
