import { Argument, type Command } from "commander";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { COMMAND_SUMMARIES, isCommandName } from "./command-names.ts";
import { show } from "./standard-output.ts";
import type { DescribeCommand } from "./user-command.ts";

/** The operand of `disbatch help`. */
export function describeHelp(): Command {
  return newCommand("disbatch help")
    .usage("[COMMAND]")
    .description("Shows all options of a command, by their purpose.")
    .addArgument(
      new Argument("[COMMAND]", "the name of a command").choices(Object.keys(COMMAND_SUMMARIES)).default("run"),
    );
}

/** Prints the help of a command. @param describe the operands and options of a command. @throws UserError for another word. */
export async function startHelp(program: Program, describe: DescribeCommand): Promise<ExitCode> {
  const described = describeHelp();
  const text = readCommandLine(described, program.args);
  const [name = "run"] = described.args;
  const command = await describe(isCommandName(name) ? name : "run", program.version);
  return show(text ?? readCommandLine(command, ["--help"]) ?? "");
}
