import { describeError, UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { printable, printableLines } from "../domain/printable.ts";
import { refuseTooLittle } from "../node/process/least-resources.ts";
import { refuseWords } from "./not-utf8.ts";
import { type Program, programName } from "../run/program-name.ts";
import { chooseCommand } from "./first-word.ts";
import { COMMANDS, describeCommandOf } from "./commands.ts";
import { isDbUtilCommand, isEndCommand, isEngineCommand } from "./own-words.ts";

/** The whole program: from its arguments to its exit code. */
export async function main(program: Program): Promise<ExitCode> {
  surviveClosedTerminal();
  process.on("uncaughtException", (error) => process.exit(explain(error)));
  try {
    // What ends an engine has to work with little, too.
    if (!isEndCommand(program.args)) refuseTooLittle();
    if (isEngineCommand(program.args)) {
      const { runEngine } = await import("./engine.ts");
      await runEngine(program.args);
      return EXIT.done;
    }
    refuseWords(program.args);
    if (isDbUtilCommand(program.args)) {
      const { runDbUtil } = await import("./db-util.ts");
      return await runDbUtil(program);
    }
    checkWorkingDirectory();
    const { name, args } = await chooseCommand(
      program.args,
      (command) => describeCommandOf(command, program.version),
      () => programName(program.command, process.env),
    );
    const { start } = await COMMANDS[name]();
    return await start({ ...program, args });
  } catch (error) {
    return explain(error);
  }
}

/** Tells the user why nothing was run. */
function explain(error: unknown): ExitCode {
  if (error instanceof UserError) {
    const { diagnostics, message } = error;
    const text = diagnostics.length > 0 ? printableLines(describeError(error)) : `disbatch: ${printable(message)}`;
    process.stderr.write(`${text}\n`);
    return error.exitCode;
  }
  process.stderr.write(`disbatch: internal error: ${printableLines(describeError(error))}\n`);
  return EXIT.unfinished;
}

function checkWorkingDirectory(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new UserError("no-working-directory", "the working directory no longer exists; go to another", {
      cause: error,
    });
  }
}

/** Writing to a terminal or a reader that is gone must not throw. */
function surviveClosedTerminal(): void {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
}
