import type { Environment } from "../../domain/environment.ts";
import {
  badEnvironment,
  badVariable,
  wholeNumber,
  type Variable,
  variableOf,
  variableOfComponent,
} from "./environment.ts";
import { hasGpus } from "./gpus.ts";
import { parseNodeNames } from "./node-names.ts";
import { parseRepeatedCounts } from "./repeated-counts.ts";

/** A Slurm job, as far as its being started again goes. */
export interface JobStart {
  readonly id: string;
  /** How often it has been started again. */
  readonly restarts: number;
}

/** What the environment says of the Slurm job that this process is part of. */
export interface SlurmJob {
  /** The number of the job, in digits. */
  readonly id: string;
  /** Nodes in Slurm's order; at least one. */
  readonly nodes: readonly SlurmNode[];
  /** What the job asked for with `-c`. */
  readonly cpusPerTask: number | undefined;
  /** What the job asked for with `--ntasks-per-node`. */
  readonly tasksPerNode: number | undefined;
  /** Whether there is a sign of GPUs: then tasks need more than cores. */
  readonly hasGpus: boolean;
  /** The one of the nodes that this process runs on, if it runs on one. */
  readonly thisNode: string | undefined;
  /** When Slurm ends the job, in Unix seconds. Slurm 23.11 tells it to batch jobs and steps, 22.05 to none. */
  readonly endTime: number | undefined;
  /** How many times the job was put back into the queue after it had begun. */
  readonly restarts: number;
  /** Components of a heterogeneous job, from 2; `nodes` are those of the first. Undefined for every other job. */
  readonly hetSize: number | undefined;
}

/** A node, as far as the job may use it. */
export interface SlurmNode {
  readonly name: string;
  /** Processors that the job has there: cores or hardware threads, as the site has it. */
  readonly cpus: number;
  /** Tasks that Slurm would run there; undefined where that is not known. */
  readonly tasks: number | undefined;
}

const POSITIVE = /^[1-9][0-9]{0,14}$/;

/**
 * The job that an environment belongs to; undefined outside of a job.
 *
 * @throws UserError `bad-slurm-environment` naming variable and value.
 */
export function slurmJobOf(env: Environment): SlurmJob | undefined {
  const id = variableOf(env, "SLURM_JOB_ID", "SLURM_JOBID");
  if (id === undefined) return undefined;
  if (!/^[0-9]+$/.test(id.value)) throw badVariable(id, "no number of a job");
  const nodes = nodesOf(env, id);
  const hetSize = numberOf(variableOf(env, "SLURM_HET_SIZE"), 0) ?? 1;
  return {
    id: id.value,
    nodes,
    cpusPerTask: numberOf(variableOfComponent(env, "SLURM_CPUS_PER_TASK"), 1),
    tasksPerNode: numberOf(variableOfComponent(env, "SLURM_NTASKS_PER_NODE"), 1),
    hasGpus: hasGpus(env),
    thisNode: nodes.find(({ name }) => name === env["SLURMD_NODENAME"])?.name,
    endTime: endTimeOf(env),
    restarts: numberOf(variableOf(env, "SLURM_RESTART_COUNT"), 0) ?? 0,
    hetSize: hetSize > 1 ? hetSize : undefined,
  };
}

function nodesOf(env: Environment, id: Variable): readonly SlurmNode[] {
  const list = variableOfComponent(env, "SLURM_JOB_NODELIST", "SLURM_NODELIST");
  if (list === undefined) {
    throw badEnvironment(`${id.name}=${id.value}: a job, but SLURM_JOB_NODELIST does not say on which nodes`);
  }
  const names = parseNodeNames(list.value);
  if (names === undefined) throw badVariable(list, "no list of nodes");
  const cpus = cpusOf(env, names.length);
  const tasks = tasksOf(env, names.length);
  return names.map((name, i) => ({
    name,
    cpus: cpus[i] ?? 0,
    tasks: tasks === undefined ? undefined : (tasks[i] ?? 0),
  }));
}

/** Processors of each node. SLURM_CPUS_ON_NODE knows those of one node only; no better word is to be had then. */
function cpusOf(env: Environment, nodes: number): readonly number[] {
  const list = variableOfComponent(env, "SLURM_JOB_CPUS_PER_NODE");
  if (list === undefined) {
    const each = numberOf(variableOf(env, "SLURM_CPUS_ON_NODE"), 1) ?? 1;
    return Array.from({ length: nodes }, () => each);
  }
  const cpus = countsIn(list);
  if (cpus.length !== nodes) throw badVariable(list, `processors of ${cpus.length} nodes, and the job has ${nodes}`);
  return cpus;
}

/** Tasks of each node, unless the variable is about the step that this process runs in. */
function tasksOf(env: Environment, nodes: number): readonly number[] | undefined {
  const list = variableOfComponent(env, "SLURM_TASKS_PER_NODE");
  if (list === undefined) return undefined;
  const tasks = countsIn(list);
  return tasks.length === nodes && list.value !== env["SLURM_STEP_TASKS_PER_NODE"] ? tasks : undefined;
}

function countsIn(variable: Variable): readonly number[] {
  const counts = parseRepeatedCounts(variable.value);
  if (counts === undefined) throw badVariable(variable, "no list of counts, such as 40,128(x3)");
  return counts;
}

/** The end of the job in Unix seconds. What makes no sense is left alone, since a run can do without it. */
function endTimeOf(env: Environment): number | undefined {
  const text = env["SLURM_JOB_END_TIME"] ?? "";
  return POSITIVE.test(text) ? Number(text) : undefined;
}

function numberOf(variable: Variable | undefined, least: number): number | undefined {
  return variable === undefined ? undefined : wholeNumber(variable, least);
}
