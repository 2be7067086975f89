import { existsSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { printable } from "../domain/printable.ts";
import { shellWords } from "../domain/shell-words.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { workflowStatusLines } from "../faces/workflow/status-lines.ts";
import { formatStatus } from "../faces/terminal/status.ts";
import { listedRun } from "../run/listed-run.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { sayOn } from "./conduct.ts";
import { stateWords, wayOn } from "./listed-ways.ts";
import { withTallies } from "./listed-workflow.ts";
import { isWorkflow, lastRunOf, lastStanding } from "./workflow-records.ts";
import { addPrefix } from "./prefix-argument.ts";
import { show } from "./standard-output.ts";
import { type CallableRun, OUT_OF_REACH, withRun } from "./with-run.ts";

/** The options of `disbatch status`. */
export function describeStatus(): Command {
  const command = newCommand("disbatch status").description(
    "Shows how far a run is that goes on, its groups of hosts and its engines; of a document, how many instances of each task stand where.",
  );
  return addPrefix(command).option(
    "--json",
    "print it as JSON, in one line, with the tasks that run in each slot",
    false,
  );
}

/** Does what `disbatch status` is asked for. @throws UserError for a run that cannot be called, with exit code 3. */
export async function startStatus({ args, command }: Program): Promise<ExitCode> {
  const described = describeStatus();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const files = findRun(described.args[0], process.cwd());
  const words = programName(command, process.env);
  const { json } = described.opts<{ readonly json: boolean }>();
  try {
    return await showStatus({ words, contact: files.contact }, json, await lastRunOf(files));
  } catch (error) {
    if (!(error instanceof UserError) || !OUT_OF_REACH.has(error.code)) throw error;
    if (isWorkflow(files)) return showRecorded(files, words, json);
    throw new UserError(error.code, outOfReach(files, error, words), { exitCode: EXIT.unfinished, cause: error });
  }
}

/** Where a workflow stands whose driver tells nothing: its records do. */
async function showRecorded(files: RunFiles, words: readonly string[], json: boolean): Promise<ExitCode> {
  const { run, tallies } = await lastStanding(files, sayOn(new Terminal(process.stderr)));
  const listed = withTallies(listedRun(files), tallies);
  const goOn = listed.state === "running" ? undefined : wayOn(listed, words, process.env["SLURM_JOB_ID"]);
  const { prefix, jobId: name } = files;
  const { run: number, time: began, file } = run;
  if (json) {
    const { state, reason, last } = listed;
    const status = { prefix, run: number, document: file, state, reason, began, last, goOn };
    return show(`${JSON.stringify({ ...status, templates: { list: tallies, more: 0 } })}\n`);
  }
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const lines = workflowStatusLines(
    { name, run: number, state: stateWords(listed), began, file, tallies, goOn },
    width,
  );
  return show(lines.map((line) => `${line}\n`).join(""));
}

function outOfReach({ prefix, status }: RunFiles, { code, message }: UserError, words: readonly string[]): string {
  const report = shellWords([...words, "report", prefix]);
  const outcomes = code === "no-run" && existsSync(status) ? `; to see what came of its tasks: ${report}` : "";
  return `${prefix}: ${message}${outcomes}`;
}

/**
 * Prints where a run stands.
 *
 * @param about which run of which document it is.
 * @throws UserError when it cannot be reached.
 */
export async function showStatus(
  run: CallableRun,
  json: boolean,
  about?: { readonly run: number; readonly document: string },
): Promise<ExitCode> {
  const { snapshot } = await withRun(run, ({ line }) => line.ask({ type: "status" }, "status"));
  const { isTTY, columns } = process.stdout;
  if (json) return show(`${JSON.stringify({ ...snapshot, ...about })}\n`);
  const first = about === undefined ? "" : `run ${about.run} of ${printable(about.document)}\n`;
  return show(first + formatStatus(snapshot, isTTY ? columns : undefined));
}
