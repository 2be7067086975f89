import type { Command } from "commander";
import { COMMAND_SUMMARIES, type CommandName, isCommandName } from "./command-names.ts";
import { describeDbUtil } from "./db-util-options.ts";
import { describeProgram, type ProgramDescription } from "./manual/program-description.ts";

/** What the script of a run is called where no run is meant. */
const UTILITY = "PREFIX_dbUtil.sh";

/** What is to be known of a command here. */
interface Describable {
  readonly describe: (version: string) => Command;
}

/** The command line of this program as plain data, for its manual and its completions. */
export function describedProgram(
  commands: Readonly<Record<CommandName, Describable>>,
  version: string,
): ProgramDescription {
  return describeProgram("disbatch", version, {
    commands: Object.keys(COMMAND_SUMMARIES)
      .filter(isCommandName)
      .map((name) => ({
        name,
        summary: COMMAND_SUMMARIES[name],
        command: commands[name].describe(version),
      })),
    usual: "run",
    utility: { name: UTILITY, summary: "change the engines of a run", command: describeDbUtil(UTILITY) },
  });
}
