import type { UserCommand } from "./commands.ts";
import { COMMAND_SUMMARIES, type CommandName, isCommandName } from "./command-names.ts";
import { describeDbUtil } from "./db-util-options.ts";
import { describeProgram, type ProgramDescription } from "./manual/program-description.ts";

/** What the script of a run is called where no run is meant. */
const UTILITY = "PREFIX_dbUtil.sh";

/** The command line of this program as plain data, for its manual and its completions. */
export function describedProgram(
  commands: Readonly<Record<CommandName, Pick<UserCommand, "describe">>>,
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
