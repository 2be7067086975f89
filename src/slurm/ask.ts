import { execFile } from "node:child_process";
import { errnoOf } from "../domain/system-error.ts";
import type { Environment } from "./environment.ts";

/** A controller that is busy may take this long; nobody waits longer for it. Milliseconds. */
const PATIENCE_MS = 20_000;
/** Bytes: all that is asked for is a few lines. */
const MOST_PRINTED = 1024 * 1024;

/** What a program has come to. */
export type Answer =
  | { readonly type: "answer"; readonly text: string }
  /** In its own words, one line. */
  | { readonly type: "refusal"; readonly reason: string };

/** Runs a program of Slurm's, in this folder if one is named. */
export type AskSlurm = (program: string, args: readonly string[], cwd?: string) => Promise<Answer>;

/** @param env the environment that they run in. They print times in Unix seconds. */
export function slurmPrograms(env: Environment): AskSlurm {
  const variables = { ...env, SLURM_TIME_FORMAT: "%s", LC_ALL: "C" };
  return (program, args, cwd) => runProgram(program, args, variables, cwd);
}

/** Runs a program to its end, which comes within 20 seconds. */
export function runProgram(program: string, args: readonly string[], env: Environment, cwd?: string): Promise<Answer> {
  const where = cwd === undefined ? {} : { cwd };
  const options = { ...where, env, timeout: PATIENCE_MS, maxBuffer: MOST_PRINTED };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ type: "answer", text: stdout });
      else resolve({ type: "refusal", reason: describe(program, error, `${stdout}\n${stderr}`) });
    });
  });
}

function describe(program: string, error: Error & { readonly killed?: boolean }, printed: string): string {
  if (errnoOf(error) === "ENOENT") return `there is no ${program} in PATH`;
  if (error.killed === true) return `${program} has not answered for ${PATIENCE_MS / 1000} s`;
  const lines = printed.split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1)?.replace(/^\w+: error: /, "") ?? `${program} failed`;
}
