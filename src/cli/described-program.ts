import { COMMAND_SUMMARIES, isCommandName } from "./command-names.ts";
import { describeDbUtil } from "./db-util-options.ts";
import { describeProgram, type ProgramDescription } from "./manual/program-description.ts";
import type { DescribeCommand } from "./user-command.ts";

/** What the script of a run is called where no run is meant. */
const UTILITY = "PREFIX_dbUtil.sh";

/** The command line of this program as plain data, for its manual and its completions. */
export async function describedProgram(describe: DescribeCommand, version: string): Promise<ProgramDescription> {
  const names = Object.keys(COMMAND_SUMMARIES).filter(isCommandName);
  const commands = names.map(async (name) => ({
    name,
    summary: COMMAND_SUMMARIES[name],
    command: await describe(name, version),
  }));
  return describeProgram("disbatch", version, {
    commands: await Promise.all(commands),
    usual: "run",
    utility: { name: UTILITY, summary: "change the engines of a run", command: describeDbUtil(UTILITY) },
  });
}
