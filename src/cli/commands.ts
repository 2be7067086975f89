import type { Command } from "commander";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import type { CommandName } from "./command-names.ts";
import { describeCompletion, startCompletion } from "./completion.ts";
import { describedProgram } from "./described-program.ts";
import { describeExplain, startExplain } from "./explain.ts";
import { describeHelp, startHelp } from "./help.ts";
import { describeMonitor, startMonitor } from "./monitor.ts";
import { describeReport, startReport } from "./report.ts";
import { describeRun } from "./options.ts";
import { describeRecover, startRecover } from "./recover.ts";
import { startRun } from "./run.ts";
import { describeRuns, startRuns } from "./runs.ts";
import { describeStatus, startStatus } from "./status.ts";

/** One of the things that this program does for its user. */
export interface UserCommand {
  /** Its operands and options, which is what help, manual and completions are made from. @param version of this program. */
  readonly describe: (version: string) => Command;
  /** Does it. @param program whose arguments are those behind the command's name. @throws UserError for what cannot be done. */
  readonly start: (program: Program) => Promise<ExitCode>;
}

export const COMMANDS: Readonly<Record<CommandName, UserCommand>> = {
  run: { describe: describeRun, start: startRun },
  recover: { describe: describeRecover, start: startRecover },
  status: { describe: describeStatus, start: startStatus },
  monitor: { describe: describeMonitor, start: startMonitor },
  report: { describe: describeReport, start: startReport },
  explain: { describe: describeExplain, start: startExplain },
  runs: { describe: describeRuns, start: startRuns },
  completion: {
    describe: describeCompletion,
    start: (program) => startCompletion(program, () => describedProgram(COMMANDS, program.version)),
  },
  help: {
    describe: describeHelp,
    start: (program) => startHelp(program, (name) => COMMANDS[name].describe(program.version)),
  },
};
