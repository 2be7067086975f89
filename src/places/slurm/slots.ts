import type { NodeSlots } from "../../domain/engine.ts";
import { UserError } from "../../domain/errors.ts";
import { MOST_SLOTS, slotsFor } from "../../domain/slot-count.ts";
import { someOf } from "../../domain/some-of.ts";
import type { SlurmJob, SlurmNode } from "./job.ts";

/** What the user said about tasks and cores. */
export interface SlotRequest {
  /** `-t`; 0 sets no limit, whatever the job says. */
  readonly tasksPerNode?: number | undefined;
  /** `-c`, which may be a fraction. */
  readonly cpusPerTask?: number | undefined;
  /** `--fill`: as many tasks as there are cores for, whatever the job asked for. */
  readonly fill: boolean;
}

/** How the nodes of a job are used. */
export interface SlurmSlots {
  /** Nodes that are used; at least one. */
  readonly nodes: readonly NodeSlots[];
  /** At most one line for the terminal, where options and Slurm disagree or a node cannot be used. */
  readonly warnings: readonly string[];
}

/** At most this many of the nodes that are not used are named in a warning. */
const MOST_NAMED = 3;

/**
 * Slots on the nodes of a job: those of `-t`; or with `--fill` as many as the cores suffice for; or as many tasks as the
 * job asked for, as far as the cores suffice. A node without any is not used.
 *
 * @throws UserError `too-many-cores` when no node has room for a task, `too-many-slots`.
 */
export function slurmSlots(job: SlurmJob, request: SlotRequest): SlurmSlots {
  if (request.tasksPerNode === 0) {
    return slurmSlots({ ...job, tasksPerNode: undefined }, { ...request, tasksPerNode: undefined });
  }
  const nodes: NodeSlots[] = [];
  const unused: SlurmNode[] = [];
  for (const node of job.nodes) {
    const slots = slotsOn(node, job, request);
    if (slots > MOST_SLOTS) {
      throw new UserError("too-many-slots", `${slots} slots on ${node.name}: more than ${MOST_SLOTS}`);
    }
    if (slots === 0) unused.push(node);
    else nodes.push({ node: node.name, slots, coresPerSlot: coresPerSlot(node, slots, request) });
  }
  if (nodes.length === 0) throw noRoom(job, request);
  const warning = [...disagreements(job, request, nodes), ...notUsed(unused, job, request)].join("; ");
  return { nodes, warnings: warning === "" ? [] : [warning] };
}

function slotsOn(node: SlurmNode, job: SlurmJob, request: SlotRequest): number {
  if (request.tasksPerNode !== undefined) return request.tasksPerNode;
  const room = roomOn(node, job, request);
  if (isFilled(job, request)) return room;
  if (job.tasksPerNode === undefined) return Math.min(node.tasks ?? room, room);
  // What Slurm has granted is taken as granted, unless the user speaks of cores.
  return request.cpusPerTask === undefined ? job.tasksPerNode : Math.min(job.tasksPerNode, room);
}

/** Tasks that the cores of a node suffice for. */
function roomOn({ cpus }: SlurmNode, job: SlurmJob, request: SlotRequest): number {
  return slotsFor(cpus, request.cpusPerTask ?? job.cpusPerTask ?? 1);
}

/** Whether nodes are filled up. A job with GPUs has as many tasks as there are GPUs for, so no more are added. */
function isFilled(job: SlurmJob, { fill, tasksPerNode }: SlotRequest): boolean {
  return fill && tasksPerNode === undefined && !job.hasGpus;
}

/** Whole cores that a slot may count on: at least one, even where several tasks share a core. */
function coresPerSlot({ cpus }: SlurmNode, slots: number, { cpusPerTask }: SlotRequest): number {
  return Math.max(1, Math.floor(cpusPerTask ?? cpus / slots));
}

/** Where what the user said goes against what the job asked for. */
function* disagreements(job: SlurmJob, request: SlotRequest, nodes: readonly NodeSlots[]): Generator<string> {
  const { tasksPerNode: t, cpusPerTask: c } = request;
  if (job.hetSize !== undefined) yield `only the first of the job's ${job.hetSize} components is used`;
  if (c !== undefined && job.cpusPerTask !== undefined && c !== job.cpusPerTask) {
    yield `-c ${c} counts, not SLURM_CPUS_PER_TASK=${job.cpusPerTask}`;
  }
  const crowded = t === undefined || c === undefined ? undefined : job.nodes.find(({ cpus }) => t * c > cpus);
  if (crowded !== undefined) yield `-t ${t} with -c ${c} needs more cores than ${crowded.name} has (${crowded.cpus})`;
  if (t === undefined && request.fill && job.hasGpus) yield "--fill is not done in a job with GPUs";
  if (job.tasksPerNode === undefined) return;
  const theirs = `SLURM_NTASKS_PER_NODE=${job.tasksPerNode}`;
  if (nodes.every(({ slots }) => slots === job.tasksPerNode)) return;
  if (t !== undefined) yield `-t ${t} counts, not ${theirs}`;
  else if (isFilled(job, request)) yield `--fill counts, not ${theirs}`;
  else yield `-c ${c} leaves no room for ${theirs}`;
}

function* notUsed(unused: readonly SlurmNode[], job: SlurmJob, request: SlotRequest): Generator<string> {
  const small = unused.filter((node) => roomOn(node, job, request) === 0);
  const idle = unused.filter((node) => !small.includes(node));
  const [first, second] = small;
  if (first !== undefined && second === undefined) yield `${first.name} has ${cores(first)} and is not used`;
  if (second !== undefined) yield `${named(small)} have too few cores and are not used`;
  if (idle.length > 0) yield `not used, since SLURM_TASKS_PER_NODE has no task for it: ${named(idle)}`;
}

function noRoom(job: SlurmJob, request: SlotRequest): UserError {
  const largest = job.nodes.reduce((most, node) => (node.cpus > most.cpus ? node : most));
  if (roomOn(largest, job, request) > 0) {
    const message = "SLURM_TASKS_PER_NODE has no task for any node; say how many run on each with -t";
    return new UserError("too-many-cores", message);
  }
  const theirs = job.cpusPerTask === undefined ? `job ${job.id}` : `SLURM_CPUS_PER_TASK=${job.cpusPerTask}`;
  const asked = request.cpusPerTask === undefined ? theirs : `-c ${request.cpusPerTask}`;
  const has = `the largest, ${largest.name}, has ${cores(largest)}`;
  const message = `${asked}: a task needs more cores than any node of the job has (${has}); say with -c how many it needs`;
  return new UserError("too-many-cores", message);
}

function cores({ cpus }: SlurmNode): string {
  return cpus === 1 ? "1 core" : `${cpus} cores`;
}

function named(nodes: readonly SlurmNode[]): string {
  return someOf(
    nodes.map(({ name }) => name),
    MOST_NAMED,
  );
}
