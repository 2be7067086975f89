import type { Command } from "commander";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import type { CommandName } from "./command-names.ts";

/** One of the things that this program does for its user. */
export interface UserCommand {
  /** Its operands and options, which is what help, manual and completions are made from. @param version of this program. */
  readonly describe: (version: string) => Command;
  /** Does it. @param program whose arguments are those behind the command's name. @throws UserError for what cannot be done. */
  readonly start: (program: Program) => Promise<ExitCode>;
}

/** Tells the operands and options of a command. @param version of this program. */
export type DescribeCommand = (name: CommandName, version: string) => Promise<Command>;
