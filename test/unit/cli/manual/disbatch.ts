import { COMMANDS } from "../../../../src/cli/commands.ts";
import { describedProgram } from "../../../../src/cli/described-program.ts";

/** The command line of this program. */
export const disbatch = describedProgram(COMMANDS, "1.2.3");
