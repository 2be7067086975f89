import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../../src/domain/errors.ts";
import { type SlurmJob, slurmJobOf } from "../../../../src/places/slurm/job.ts";

const RECORDED = path.join(import.meta.dirname, "recorded");

/** Names of the recorded environments. */
export const RECORDED_NAMES = readdirSync(RECORDED)
  .filter((file) => file.endsWith(".env"))
  .map((file) => file.slice(0, -".env".length));

/** A recorded environment, by its name. */
export function recorded(name: string): Record<string, string> {
  const lines = readFileSync(path.join(RECORDED, `${name}.env`), "utf8")
    .trimEnd()
    .split("\n");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** Lists of nodes, and the names that `scontrol show hostnames` made of them; null where it refused the list. */
export function scontrolHostnames(): ReadonlyArray<readonly [list: string, names: readonly string[] | null]> {
  return JSON.parse(readFileSync(path.join(RECORDED, "scontrol-hostnames.json"), "utf8"));
}

/** The job that an environment must be part of. */
export function jobOf(env: Record<string, string>): SlurmJob {
  const job = slurmJobOf(env);
  if (job === undefined) throw new Error("it is no job");
  return job;
}

/** The error of the user that this throws; undefined when it throws none. */
export function mistakeOf(work: () => unknown): UserError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The error of the user that this must throw. */
export function refusalOf(work: () => unknown): UserError {
  const mistake = mistakeOf(work);
  if (mistake === undefined) throw new Error("it was taken");
  return mistake;
}
