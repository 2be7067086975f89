import { UserError } from "../domain/errors.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { AskSlurm } from "../places/slurm/ask.ts";
import type { Environment } from "../domain/environment.ts";
import type { Program } from "../run/program-name.ts";
import { findProgram } from "../files/find-program.ts";
import { commandWords, takesInput } from "./options.ts";
import { programName, scriptFor } from "../run/program-name.ts";
import { sameCommand } from "./resume-command.ts";

/**
 * A machine where jobs can be submitted to Slurm is shared by many: tasks are not to run there unless the user says so.
 *
 * @throws UserError `login-node`, which says what to type.
 */
export async function refuseLoginNode(program: Program, env: Environment, ask: AskSlurm): Promise<void> {
  if (findProgram("sbatch", env) === undefined) return;
  const answer = await ask("scontrol", ["ping"]);
  // Its programs are here, and no cluster.
  if (answer.type === "refusal" && /configuration source|slurm\.conf/i.test(answer.reason)) return;
  const message = `this is outside of any Slurm job (add -s localhost:N to use this machine itself); to submit one: ${submission(program, env)}`;
  throw new UserError("login-node", message);
}

/** Whatever size suits the list; the user knows that it is to be changed. */
const SIZE = ["-n", "20"];

/** sbatch takes scripts only, and has nothing on standard input. */
function submission({ command, args }: Program, env: Environment): string {
  const folder = process.cwd();
  const program = programName(command, env);
  if (takesInput(commandWords(args))) return sameCommand(args, { program: ["salloc", ...SIZE, ...program], folder });
  const script = scriptFor(command, env);
  if (script !== undefined) return sameCommand(args, { program: ["sbatch", ...SIZE, script], folder });
  const wrapped = shellWords([...program, ...args]);
  return `cd ${shellWords([folder])} && ${shellWords(["sbatch", ...SIZE, "--wrap", wrapped])}`;
}
