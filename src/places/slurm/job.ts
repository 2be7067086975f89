import {
  badEnvironment,
  badVariable,
  type Environment,
  numberIn,
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
  /** Digits. */
  readonly id: string;
  /** In Slurm's order; at least one. */
  readonly nodes: readonly SlurmNode[];
  /** What the job asked for with `-c`. */
  readonly cpusPerTask?: number;
  /** What the job asked for with `--ntasks-per-node`. */
  readonly tasksPerNode?: number;
  /** There is a sign of GPUs: then tasks need more than cores. */
  readonly hasGpus: boolean;
  /** The one of the nodes that this process runs on, if it runs on one. */
  readonly thisNode?: string;
  /** When Slurm ends the job, in Unix seconds. Slurm 23.11 tells it to batch jobs and steps, 22.05 to none. */
  readonly endTime?: number;
  /** How many times the job was put back into the queue after it had begun. */
  readonly restarts: number;
  /** Components of a heterogeneous job, from 2; `nodes` are those of the first. Missing for every other job. */
  readonly hetSize?: number;
}

/** A node, as far as the job may use it. */
export interface SlurmNode {
  readonly name: string;
  /** Processors that the job has there: cores or hardware threads, as the site has it. */
  readonly cpus: number;
  /** Tasks that Slurm would run there; missing where that is not known. */
  readonly tasks?: number;
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
  const cpusPerTask = numberOf(variableOfComponent(env, "SLURM_CPUS_PER_TASK"), 1);
  const tasksPerNode = numberOf(variableOfComponent(env, "SLURM_NTASKS_PER_NODE"), 1);
  const thisNode = nodes.find(({ name }) => name === env["SLURMD_NODENAME"])?.name;
  const endTime = endTimeOf(env);
  const hetSize = numberOf(variableOf(env, "SLURM_HET_SIZE"), 0) ?? 1;
  return {
    id: id.value,
    nodes,
    hasGpus: hasGpus(env),
    restarts: numberOf(variableOf(env, "SLURM_RESTART_COUNT"), 0) ?? 0,
    ...(cpusPerTask === undefined ? {} : { cpusPerTask }),
    ...(tasksPerNode === undefined ? {} : { tasksPerNode }),
    ...(thisNode === undefined ? {} : { thisNode }),
    ...(endTime === undefined ? {} : { endTime }),
    ...(hetSize > 1 ? { hetSize } : {}),
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
    ...(tasks === undefined ? {} : { tasks: tasks[i] ?? 0 }),
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

/** It is good to know and no more, so whatever makes no sense is left alone. */
function endTimeOf(env: Environment): number | undefined {
  const text = env["SLURM_JOB_END_TIME"] ?? "";
  return POSITIVE.test(text) ? Number(text) : undefined;
}

function numberOf(variable: Variable | undefined, least: number): number | undefined {
  return variable === undefined ? undefined : numberIn(variable, least);
}
