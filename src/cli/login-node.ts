import { accessSync, constants, openSync, readSync, closeSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { AskSlurm } from "../slurm/ask.ts";
import type { Environment } from "../slurm/environment.ts";
import type { Options } from "./options.ts";

/**
 * A machine where jobs can be submitted to Slurm is shared by many: tasks are not to run there unless the user says so.
 *
 * @throws UserError `login-node`, which says what to type.
 */
export async function refuseLoginNode(
  { taskFile }: Pick<Options, "taskFile">,
  env: Environment,
  ask: AskSlurm,
): Promise<void> {
  if (findProgram("sbatch", env) === undefined) return;
  const answer = await ask("scontrol", ["ping"]);
  // Its programs are here, and no cluster.
  if (answer.type === "refusal" && /configuration source|slurm\.conf/i.test(answer.reason)) return;
  const submitted = submission(shellWords([taskFile]), env);
  const message = `this is outside of any Slurm job; submit one: ${submitted} (or, to use this machine itself: disbatch -s localhost:N ...)`;
  throw new UserError("login-node", message);
}

/** sbatch takes scripts only. */
function submission(taskFile: string, env: Environment): string {
  const own = findProgram("disbatch", env);
  return own !== undefined && isScript(own) && taskFile !== "-"
    ? `sbatch -n 20 disbatch ${taskFile}`
    : `sbatch -n 20 --wrap "disbatch ${taskFile}"`;
}

function findProgram(name: string, env: Environment): string | undefined {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isScript(path: string): boolean {
  const beginning = Buffer.alloc(2);
  const descriptor = openSync(path, "r");
  try {
    readSync(descriptor, beginning);
  } finally {
    closeSync(descriptor);
  }
  return beginning.toString("latin1") === "#!";
}
