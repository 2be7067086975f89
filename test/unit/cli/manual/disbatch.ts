import { describeCommandOf } from "../../../../src/cli/commands.ts";
import { describedProgram } from "../../../../src/cli/described-program.ts";

/** The command line of this program. */
export const disbatch = await describedProgram(describeCommandOf, "1.2.3");
