import type { AskSlurm } from "./ask.ts";
import { parseNodeNames } from "./node-names.ts";

/** What Slurm knows of a job now, as far as it says. */
export interface JobFacts {
  /** Unix time in seconds; missing when the job has no limit. */
  readonly endTime?: number;
  /** Those that the job still has. */
  readonly nodes?: readonly string[];
  /** Path of the batch script that was handed in. */
  readonly script?: string;
  /** How long the job may take, as Slurm writes it; missing when it has no limit. */
  readonly timeLimit?: string;
  /** Slurm's word for the state of a job, such as RUNNING. */
  readonly state?: string;
}

/** Seconds between SIGTERM and SIGKILL for a job that has to end, where Slurm does not say: its own default. */
export const USUAL_KILL_WAIT = 30;

/** States of jobs of which nothing runs any more. */
const OVER = new Set([
  ...["COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY"],
  ...["PREEMPTED", "BOOT_FAIL", "DEADLINE", "REVOKED"],
]);

/** @returns nothing but what Slurm says; nothing at all when it cannot be asked. */
export async function jobFacts(ask: AskSlurm, jobId: string): Promise<JobFacts> {
  const answer = await askForJob(ask, jobId);
  return answer.type === "answer" ? parseJob(answer.text) : {};
}

/** Slurm says that the job has ended, or that it knows of none. False when it cannot be asked. */
export async function isJobOver(ask: AskSlurm, jobId: string): Promise<boolean> {
  const answer = await askForJob(ask, jobId);
  return answer.type === "refusal" ? /invalid job id/i.test(answer.reason) : isOver(parseJob(answer.text));
}

/** Nothing of the job runs any more, as Slurm has it. */
export function isOver({ state }: JobFacts): boolean {
  return state !== undefined && OVER.has(state);
}

/** Seconds that a job has between SIGTERM and SIGKILL when it has to end. */
export async function killWait(ask: AskSlurm): Promise<number> {
  const answer = await ask("scontrol", ["show", "config"]);
  const [, seconds] = answer.type === "answer" ? (/^KillWait\s*=\s*([0-9]+)/m.exec(answer.text) ?? []) : [];
  return seconds === undefined ? USUAL_KILL_WAIT : Number(seconds);
}

/** Reads what `scontrol show job -o` prints, with times in Unix seconds. */
export function parseJob(text: string): JobFacts {
  const field = (name: string): string | undefined => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(text)?.[1];
  const endTime = Number(field("EndTime"));
  const nodes = parseNodeNames(field("NodeList") ?? "");
  const [, script] = /\sCommand=(\/\S*)/.exec(text) ?? [];
  const state = field("JobState");
  const timeLimit = field("TimeLimit");
  return {
    ...(Number.isFinite(endTime) && endTime > 0 ? { endTime } : {}),
    ...(nodes === undefined || nodes.length === 0 ? {} : { nodes }),
    ...(script === undefined ? {} : { script }),
    ...(timeLimit === undefined || !/^[0-9:-]+$/.test(timeLimit) ? {} : { timeLimit }),
    ...(state === undefined ? {} : { state }),
  };
}

function askForJob(ask: AskSlurm, jobId: string): ReturnType<AskSlurm> {
  return ask("scontrol", ["show", "job", "-o", jobId]);
}
