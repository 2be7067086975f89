import { Argument, type Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { COMPLETION_SHELLS, completionScript } from "./manual/completion.ts";
import type { ProgramDescription } from "./manual/program-description.ts";
import { show } from "./standard-output.ts";

/** The operand of `disbatch completion`. */
export function describeCompletion(): Command {
  return newCommand("disbatch completion")
    .usage("SHELL")
    .description(
      "Prints the script by which a shell completes command lines of disbatch. To have it in this bash: source <(disbatch completion bash)",
    )
    .addArgument(new Argument("SHELL", "the shell that completes").choices(COMPLETION_SHELLS).argOptional());
}

/** Prints the script for a shell. @param describe all commands. @throws UserError where no shell is named, or another. */
export function startCompletion(program: Program, describe: () => ProgramDescription): Promise<ExitCode> {
  const described = describeCompletion();
  const text = readCommandLine(described, program.args);
  if (text !== undefined) return show(text);
  const shell = COMPLETION_SHELLS.find((name) => name === described.args[0]);
  if (shell !== undefined) return show(completionScript(shell, describe()));
  throw new UserError("no-shell", `name a shell: disbatch completion ${COMPLETION_SHELLS.join("|")}`);
}
