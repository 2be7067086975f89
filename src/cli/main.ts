import { formatDiagnostic, UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { isEngineCommand, runEngine } from "./engine-command.ts";
import { parseOptions } from "./options.ts";
import { run, type Program } from "./run.ts";

/** The whole program: from its arguments to its exit code. */
export async function main(program: Program, version: string): Promise<ExitCode> {
  surviveClosedTerminal();
  try {
    if (isEngineCommand(program.args)) {
      await runEngine();
      return EXIT.done;
    }
    const request = parseOptions(program.args, version);
    if (request.type === "run") return await run(request.options, program);
    process.stdout.write(request.text);
    return EXIT.done;
  } catch (error) {
    return explain(error);
  }
}

/** Tells the user why nothing was run. */
function explain(error: unknown): ExitCode {
  if (error instanceof UserError) {
    const lines = error.diagnostics.map(formatDiagnostic);
    if (lines.length === 0) lines.push(`disbatch: ${error.message}`);
    process.stderr.write(`${lines.join("\n")}\n`);
    return error.exitCode;
  }
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`disbatch: internal error: ${what}\n`);
  return EXIT.unfinished;
}

/** A terminal that goes away must not take the run with it. */
function surviveClosedTerminal(): void {
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
}
