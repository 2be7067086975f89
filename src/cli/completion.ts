import { Argument, type Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { describedProgram } from "./described-program.ts";
import { COMPLETION_SHELLS, completionScript } from "./manual/completion.ts";
import { show } from "./standard-output.ts";
import type { DescribeCommand } from "./user-command.ts";

/** The operand of `disbatch completion`. */
export function describeCompletion(): Command {
  return newCommand("disbatch completion")
    .usage("SHELL")
    .description(
      "Prints the script by which a shell completes command lines of disbatch. To have it in this bash: source <(disbatch completion bash)",
    )
    .addArgument(new Argument("SHELL", "the shell that completes").choices(COMPLETION_SHELLS).argOptional());
}

/** Prints the script for a shell. @throws UserError where no shell is named, or another. */
export async function startCompletion(program: Program, describe: DescribeCommand): Promise<ExitCode> {
  const described = describeCompletion();
  const text = readCommandLine(described, program.args);
  if (text !== undefined) return show(text);
  const shell = COMPLETION_SHELLS.find((name) => name === described.args[0]);
  if (shell !== undefined) return show(completionScript(shell, await describedProgram(describe, program.version)));
  throw new UserError("no-shell", `name a shell: disbatch completion ${COMPLETION_SHELLS.join("|")}`);
}
