import type { AskSlurm } from "./ask.ts";
import { parseNodeNames } from "./node-names.ts";

/** What Slurm knows of a job now, as far as it says. */
export interface JobFacts {
  /** Unix time in seconds; undefined when the job has no limit. */
  readonly endTime: number | undefined;
  /** Nodes that the job still has. */
  readonly nodes: readonly string[] | undefined;
  /** Path of the batch script that was handed in, a blank, and its arguments. Either may hold blanks. */
  readonly batchCommand: string | undefined;
  /** How long the job may take, as Slurm writes it; undefined when it has no limit. */
  readonly timeLimit: string | undefined;
  /** What the job was submitted with beyond its size, as far as Slurm tells: options of sbatch. */
  readonly wishes: readonly string[];
  /** Whether the job runs a batch script, with whose end it ends. */
  readonly isBatch: boolean;
  /** Slurm's word for the state of a job, such as RUNNING. */
  readonly state: string | undefined;
}

/** What is known of a job of which Slurm says nothing. */
export const NO_FACTS: JobFacts = {
  endTime: undefined,
  nodes: undefined,
  batchCommand: undefined,
  timeLimit: undefined,
  wishes: [],
  isBatch: false,
  state: undefined,
};

/** What Slurm says of the cluster. */
export interface ClusterFacts {
  /** Seconds that a job has between SIGTERM and SIGKILL when it has to end. */
  readonly killWait: number;
  /** Whether tasks can be bound to processors. */
  readonly bindsTasks: boolean;
}

/** Slurm's own defaults. */
export const USUAL_CLUSTER: ClusterFacts = { killWait: 30, bindsTasks: true };

/** The limit that Slurm may show of a job without one, beside the word UNLIMITED: for its plans it counts with a year. */
const NO_LIMIT = "365-00:00:00";

/** States of jobs of which nothing runs any more. */
const OVER = new Set([
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "TIMEOUT",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "BOOT_FAIL",
  "DEADLINE",
  "REVOKED",
]);

/** Asks Slurm for a job. @returns nothing but what Slurm says; nothing at all when it cannot be asked. */
export async function jobFacts(ask: AskSlurm, jobId: string): Promise<JobFacts> {
  const answer = await askForJob(ask, jobId);
  return answer.type === "answer" ? parseJob(answer.text) : NO_FACTS;
}

/** Whether Slurm says that the job has ended, or that it knows of none. False when it cannot be asked. */
export async function isJobOver(ask: AskSlurm, jobId: string): Promise<boolean> {
  const answer = await askForJob(ask, jobId);
  return answer.type === "refusal" ? /invalid job id/i.test(answer.reason) : isOver(parseJob(answer.text));
}

/** Whether nothing of the job runs any more, as Slurm has it. */
export function isOver({ state }: JobFacts): boolean {
  return state !== undefined && OVER.has(state);
}

/** What Slurm says of the cluster; its usual settings where it says nothing. */
export async function clusterFacts(ask: AskSlurm): Promise<ClusterFacts> {
  const answer = await ask("scontrol", ["show", "config"]);
  const text = answer.type === "answer" ? answer.text : "";
  const [, seconds] = /^KillWait\s*=\s*([0-9]+)/m.exec(text) ?? [];
  const [, plugins] = /^TaskPlugin\s*=\s*(\S+)/m.exec(text) ?? [];
  return {
    killWait: seconds === undefined ? USUAL_CLUSTER.killWait : Number(seconds),
    bindsTasks: plugins === undefined || /affinity|cgroup/.test(plugins),
  };
}

/** Reads what `scontrol show job -o` prints, with times in Unix seconds. */
export function parseJob(shown: string): JobFacts {
  // A job may have any name, and a script any arguments.
  const named = shown.replace(/ JobName=.*? UserId=/s, " UserId=");
  const [, batchCommand] = / Command=(\/.*?) WorkDir=/s.exec(named) ?? [];
  const text = named.replace(/ Command=.*? WorkDir=/s, " WorkDir=");
  const field = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(text)?.[1];
  const endTime = Number(field("EndTime"));
  const nodes = parseNodeNames(field("NodeList") ?? "");
  const timeLimit = field("TimeLimit") ?? "";
  return {
    endTime: Number.isFinite(endTime) && endTime > 0 ? endTime : undefined,
    nodes,
    batchCommand,
    timeLimit: /^[0-9:-]+$/.test(timeLimit) && timeLimit !== NO_LIMIT ? timeLimit : undefined,
    wishes: wishesIn(field),
    isBatch: field("BatchFlag") === "1",
    state: field("JobState"),
  };
}

/** Fields of a job that say what was asked for, and the option that does so. */
const WISHES: ReadonlyArray<readonly [field: string, option: string]> = [
  ["TresPerNode", "--gres"],
  ["Features", "--constraint"],
  ["ExcNodeList", "--exclude"],
  ["ReqNodeList", "--nodelist"],
  ["Licenses", "--licenses"],
];

function wishesIn(field: (name: string) => string | undefined): string[] {
  const named = WISHES.flatMap(([name, option]) => {
    const value = field(name) ?? "(null)";
    return value === "(null)" ? [] : [`${option}=${value.replaceAll(/\bgres[:/]/g, "")}`];
  });
  return [...named, ...(field("OverSubscribe") === "NO" ? ["--exclusive"] : [])];
}

function askForJob(ask: AskSlurm, jobId: string): ReturnType<AskSlurm> {
  return ask("scontrol", ["show", "job", "-o", jobId]);
}
