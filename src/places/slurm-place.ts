import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { ENGINE_MARK } from "../domain/engine.ts";
import { UserError } from "../domain/errors.ts";
import { errnoText } from "../domain/system-error.ts";
import { type JobStart, type SlurmJob, slurmJobOf } from "./slurm/job.ts";
import { type ClusterFacts, clusterFacts, isOver, type JobFacts, jobFacts } from "./slurm/job-facts.ts";
import type { AskSlurm } from "./slurm/ask.ts";
import { slurmSlots } from "./slurm/slots.ts";
import { parseSrunOptions } from "./slurm/srun-options.ts";
import type { ContextSettings } from "./context-settings.ts";
import type { ContextDraft } from "./contexts.ts";
import type { Environment } from "../domain/environment.ts";

/** Names a file of variables that srun gets in place of the usual ones. */
const OPTIONS_FILE = "DISBATCH_SLURM_SRUN_OPTIONS_FILE";

/** The Slurm job that this process is part of, as a place for tasks. */
export interface SlurmPlace {
  readonly job: SlurmJob;
  /** The node that this process runs on; missing where that is none of the job's. */
  readonly ownNode: string | undefined;
  readonly facts: JobFacts;
  readonly cluster: ClusterFacts;
  readonly draft: ContextDraft;
  /** What srun gets in place of the usual variables. */
  readonly srunOptions: Readonly<Record<string, string>> | undefined;
  /** What the user should know. */
  readonly notes: readonly string[];
}

type SlurmRequest = Pick<
  ContextSettings,
  "tasksPerNode" | "cpusPerTask" | "fill" | "label" | "contextTaskLimit" | "retire"
>;

/** Whether this process is part of a Slurm job. */
export function isSlurmJob(env: Environment): boolean {
  return (env["SLURM_JOB_ID"] ?? env["SLURM_JOBID"] ?? "") !== "";
}

/** The start of a Slurm job that this process belongs to. */
export function jobStartOf(env: Environment): JobStart | undefined {
  const id = env["SLURM_JOB_ID"] ?? env["SLURM_JOBID"] ?? "";
  const restarts = Number(env["SLURM_RESTART_COUNT"] ?? 0);
  return /^[0-9]+$/.test(id) ? { id, restarts: Number.isInteger(restarts) ? restarts : 0 } : undefined;
}

/**
 * Finds out which Slurm job this process is part of, and what of it may be used.
 *
 * @param isHelper the run is another's: when nothing is left for the node that this process runs on, the process goes, too.
 * @returns undefined outside of any.
 * @throws UserError (exit code 2) when what Slurm says makes no sense, or has no room for a task.
 */
export async function slurmPlace(
  request: SlurmRequest,
  env: Environment,
  ask: AskSlurm,
  isHelper: boolean,
): Promise<SlurmPlace | undefined> {
  const found = slurmJobOf(env);
  if (found === undefined) return undefined;
  const srunOptions = readSrunOptions(env[OPTIONS_FILE] ?? "");
  const [facts, cluster] = await Promise.all([jobFacts(ask, found.id), clusterFacts(ask)]);
  if (isOver(facts)) {
    const message = `SLURM_JOB_ID=${found.id}: that job has ended; leave its shell, or name hosts with -s`;
    throw new UserError("job-has-ended", message);
  }
  const { job, notes } = withoutReleased(found, facts);
  const { nodes, warnings } = slurmSlots(job, request);
  const ownNode = job.thisNode ?? job.nodes.find(({ name }) => name === hostname())?.name;
  const { label = `J${job.id}`, contextTaskLimit: taskLimit } = request;
  const lent = nodes.map((node) => {
    return request.retire && (isHelper || node.node !== ownNode) ? { ...node, releasable: true } : node;
  });
  return {
    job,
    facts,
    cluster,
    draft: { label, nodes: lent, taskLimit, slurmJob: job.id },
    ownNode,
    srunOptions,
    notes: [...notes, ...warnings.map((warning) => `warning: ${warning}`)],
  };
}

/** srun starts a program once for each task of a step; a task of disbatch's own is something else. @throws UserError `one-of-many`. */
export function refuseCopy(env: Environment): void {
  if (slurmJobOf(env) === undefined) return;
  const number = env["SLURM_PROCID"] ?? "0";
  if (number === "0" || env[ENGINE_MARK] !== undefined) return;
  const message = `srun has started disbatch more than once, and this is copy ${number}: call it without srun, or with srun -n1`;
  throw new UserError("one-of-many", message);
}

/** An environment tells of a job as it was at its beginning. */
function withoutReleased(job: SlurmJob, { nodes }: JobFacts): { job: SlurmJob; notes: string[] } {
  const present = new Set(nodes);
  const kept = job.nodes.filter(({ name }) => present.has(name));
  if (nodes === undefined || kept.length === 0 || kept.length === job.nodes.length) return { job, notes: [] };
  const gone = job.nodes.length - kept.length;
  const note = `job ${job.id} has ${kept.length} of its ${job.nodes.length} nodes left; ${gone} ${gone === 1 ? "was" : "were"} given back or failed`;
  return { job: { ...job, nodes: kept }, notes: [note] };
}

function readSrunOptions(file: string): Readonly<Record<string, string>> | undefined {
  if (file === "") return undefined;
  try {
    return parseSrunOptions(readFileSync(file), file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("no-srun-options", `${OPTIONS_FILE}=${file}: ${errnoText(error)}`, { cause: error });
  }
}
