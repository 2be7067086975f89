import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Postman } from "../faces/notices/postman.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import { type Program, programName } from "../run/program-name.ts";
import { type Beginning, recover as takeUp } from "../run/recover.ts";
import { takesStream } from "../run/settings.ts";
import { findRun } from "../run/files/find-run.ts";
import { readCommandLine, newCommand } from "./command-line.ts";
import { conduct, sayOn } from "./conduct.ts";
import { hidePassword, postmanAgain } from "./notice-options.ts";
import { type FaceOptions, parseOptions, type RunRequest } from "./options.ts";
import { addPrefix } from "./prefix-argument.ts";
import { show } from "./standard-output.ts";

/** The operand of `disbatch recover`. */
export function describeRecover(): Command {
  const command = newCommand("disbatch recover").description(
    "Goes on with a run whose driver was killed. The run has its task file and its options already.",
  );
  return addPrefix(command).usage("[PREFIX]");
}

/** Does what `disbatch recover` is asked for. @throws UserError when there is nothing to go on with. */
export function startRecover(program: Program): Promise<ExitCode> {
  const described = describeRecover();
  const text = readCommandLine(described, program.args);
  if (text !== undefined) return show(text);
  return recover(findRun(described.args[0], process.cwd()).prefix, program);
}

/** Goes on with a run whose driver has died. @param prefix of its files. @throws UserError when it cannot be gone on with. */
export async function recover(prefix: string, program: Program): Promise<ExitCode> {
  let face: FaceOptions | undefined;
  let postman: Postman | undefined;
  return conduct(
    program,
    () => {
      if (face === undefined) throw new Error("a run is shown that has no settings yet");
      return face;
    },
    () => postman,
    (surroundings) =>
      takeUp(
        prefix,
        (beginning, files) => {
          enterFolder(beginning);
          const again = recoverCommand(programName(program.command, process.env), files.prefix);
          const request = requestOf(beginning, program.version, again);
          ({ face } = request);
          postman = postmanAgain(face.notices, process.env, sayOn(new Terminal(process.stderr)));
          hidePassword(process.env);
          return request.settings;
        },
        surroundings,
      ),
  );
}

function enterFolder({ cwd }: Beginning): void {
  try {
    process.chdir(cwd);
  } catch (error) {
    const message = `the folder ${cwd}, where the run was started, cannot be entered`;
    throw new UserError("no-working-directory", message, { cause: error });
  }
}

/** @param again the command line that takes the run up. */
function requestOf({ args }: Beginning, version: string, again: string): RunRequest {
  const request = parseOptions(args, version);
  if (request.type !== "run") throw new UserError("recovery-unreadable", "the recovery file holds no run");
  if (takesStream(request.settings) && process.stdin.isTTY) {
    const what = request.settings.template === undefined ? "tasks" : "values";
    const message = `the ${what} came from standard input: give the same again, as in: generate | ${again}`;
    throw new UserError("no-tasks-on-stdin", message);
  }
  return request;
}
