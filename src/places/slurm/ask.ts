import { spawn } from "node:child_process";
import { errnoOf } from "../../domain/system-error.ts";
import type { Environment } from "../../domain/environment.ts";

/** How long a busy controller of Slurm's may take; nobody waits longer for it. Milliseconds. */
const PATIENCE_MS = 20_000;
/** Time after its end by which all that a program has printed has arrived. Milliseconds. */
const LAST_WORDS_MS = 500;
/** Bytes of output that are kept: all that is asked for is a few lines. */
const MOST_PRINTED = 1024 * 1024;

/** How a program has answered. */
export type ProgramAnswer =
  | { readonly type: "answer"; readonly text: string }
  /** What went wrong, in the program's own words, one line. */
  | { readonly type: "refusal"; readonly reason: string };

/** Runs a program of Slurm's, in this folder if one is named. */
export type AskSlurm = (program: string, args: readonly string[], cwd?: string) => Promise<ProgramAnswer>;

/** Slurm's programs, which print times in Unix seconds. @param env the environment that they run in. */
export function slurmPrograms(env: Environment): AskSlurm {
  const variables = { ...env, SLURM_TIME_FORMAT: "%s", LC_ALL: "C" };
  return (program, args, cwd) => runProgram(program, args, variables, cwd);
}

/** Runs a program to its end, which comes within 20 seconds: then it is killed, with all that it has started in its group. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: Environment,
  cwd?: string,
): Promise<ProgramAnswer> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let text = "";
    let printed = "";
    let late = false;
    // Processes that the program has started may keep the pipes.
    const hangUp = (): void => {
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const kill = (): void => {
      late = true;
      endGroup(child.pid);
      hangUp();
    };
    const timer = setTimeout(kill, PATIENCE_MS);
    let lastWords: NodeJS.Timeout | undefined;
    child.once("exit", () => (lastWords = setTimeout(hangUp, LAST_WORDS_MS)));
    child.stdout.on("data", (chunk: Buffer) => (text = `${text}${chunk.toString()}`.slice(-MOST_PRINTED)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => (printed = `${printed}${chunk.toString()}`.slice(-MOST_PRINTED)));
    }
    const answer = (result: ProgramAnswer): void => {
      clearTimeout(timer);
      clearTimeout(lastWords);
      resolve(result);
    };
    child.once("error", (error) => {
      const reason = errnoOf(error) === "ENOENT" ? `there is no ${program} in PATH` : error.message;
      answer({ type: "refusal", reason });
    });
    child.once("close", (code) => {
      if (late) answer({ type: "refusal", reason: `${program} has not ended for ${PATIENCE_MS / 1000} s` });
      else if (code === 0) answer({ type: "answer", text });
      else answer({ type: "refusal", reason: lastLine(printed) ?? `${program} failed` });
    });
  });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // The program has ended by itself.
  }
}

/** What a program has said last, without its name. */
function lastLine(printed: string): string | undefined {
  const lines = printed.split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1)?.replace(/^\w+: error: /, "");
}
