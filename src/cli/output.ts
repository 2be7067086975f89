import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { tidyRanges } from "../domain/id-ranges.ts";
import { printable } from "../domain/printable.ts";
import type { IdRange } from "../domain/run-results.ts";
import type { OutputReader, StoredAttempt } from "../records/output/output-reader.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { idRange, readIdRange } from "./id-range.ts";
import { wholeNumber } from "./option-values.ts";
import { TaskPrinter } from "./output-printer.ts";
import { sinceThen, tornWords, whyNothing } from "./output-words.ts";
import { isWorkflow } from "./workflow-records.ts";
import { show } from "./standard-output.ts";
import { openKept, type OutputOptions, type WantedOutput } from "./wanted-output.ts";

/** The options of `disbatch output`. */
export function describeOutput(): Command {
  return newCommand("disbatch output")
    .usage("[options] [PREFIX] [ID...]")
    .description(
      "Prints what tasks have printed, as far as the run keeps it: of failed tasks, unless --output says something else. Exit code 1 when there is nothing.",
    )
    .argument("[PREFIX]", "the run: its prefix, any file of it, or its folder (default: the newest run in this folder)")
    .argument(
      "[ID...]",
      "numbers of tasks, or ranges of them such as 10-20; of a document also instances, such as 'fetch[day=3]' (default: all of which something is kept)",
    )
    .option("--stderr", "print only what they wrote to standard error, on standard output", false)
    .option("--failed", "only of tasks that have failed", false)
    .option("--attempt <N>", "of their attempt N instead of the last one", wholeNumber(1))
    .option("--follow", "go on with what they print while they run", false)
    .option("--grep <PATTERN>", "only the lines that this regular expression matches");
}

/** Does what `disbatch output` is asked for. @throws UserError `no-output` where there is nothing, with exit code 1. */
export async function startOutput({ args, command }: Program): Promise<ExitCode> {
  const described = describeOutput();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const options = described.opts<OutputOptions>();
  const words = programName(command, process.env);
  const { files, ids } = await chosen(described.args, words);
  const wanted = { ...options, files, ids, words };
  const printer = new TaskPrinter(options, isOne(ids));
  if (options.follow) {
    const { followOutput } = await import("./output-follow.ts");
    return followOutput(wanted, printer);
  }
  return printKept(wanted, printer);
}

/** Ids alone are those of the newest run, unless a run has such a name. @throws UserError `no-run-here`, `bad-task-number`. */
async function chosen(
  [word, ...ids]: readonly string[],
  words: readonly string[],
): Promise<Pick<WantedOutput, "files" | "ids">> {
  const folder = process.cwd();
  try {
    const files = findRun(word, folder);
    return { files, ids: ids.length === 0 ? undefined : tidyRanges(await rangesOf(ids, files, words)) };
  } catch (error) {
    const isNumber = word !== undefined && readIdRange(word) !== undefined;
    if (!isNumber || !(error instanceof UserError) || error.code !== "no-run-here") throw error;
    return { files: findRun(undefined, folder), ids: tidyRanges([word, ...ids].map(idRange)) };
  }
}

/** Ids that were given by number, and those of instances that were named, of a workflow. */
async function rangesOf(ids: readonly string[], files: RunFiles, words: readonly string[]): Promise<IdRange[]> {
  const names = isWorkflow(files) ? ids.filter((id) => readIdRange(id) === undefined) : [];
  const numbers = ids.filter((id) => !names.includes(id)).map(idRange);
  if (names.length === 0) return numbers;
  const { idsOfInstances } = await import("./ids-of-instances.ts");
  return [...numbers, ...(await idsOfInstances(files, names, words))];
}

function isOne(ids: WantedOutput["ids"]): boolean {
  const [first, ...others] = ids ?? [];
  return first !== undefined && first.from === first.to && others.length === 0;
}

async function printKept(wanted: WantedOutput, printer: TaskPrinter): Promise<ExitCode> {
  const reader = openKept(wanted);
  try {
    const isFailed = wanted.failed ? await failedTasks(wanted.files) : undefined;
    const missing: number[] = [];
    for (const id of idsOf(wanted, reader)) {
      const attempt = printer.choose(reader?.attempts(id) ?? []);
      if (attempt === undefined || (isFailed !== undefined && !isFailed(id, attempt.failed))) {
        if (isFailed === undefined) missing.push(id);
      } else if (reader !== undefined) {
        if (await isOutdated(wanted, attempt)) say(sinceThen(id, attempt.attempt));
        if (!(await printer.print(attempt, reader))) return EXIT.done;
      }
    }
    sayTorn(wanted.files, reader);
    await sayMissing(wanted, missing, printer);
    if (wanted.grep !== undefined) return printer.hasPrinted ? EXIT.done : EXIT.failed;
    if (wanted.ids === undefined && !printer.hasPrinted) throw await nothingAtAll(wanted);
    return missing.length > 0 || printer.hasMissed ? EXIT.failed : EXIT.done;
  } finally {
    reader?.close();
  }
}

/** Ids beyond this many in ranges are taken for what is there: nobody asks why nothing is kept of each of so many. */
const MOST_NAMED = 1000;

function idsOf({ ids }: WantedOutput, reader: OutputReader | undefined): readonly number[] {
  const kept = reader?.tasks ?? [];
  if (ids === undefined) return kept;
  const count = ids.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (count > MOST_NAMED) return kept;
  return ids.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}

/** Whether a task counts as failed: by the status file where it has an outcome there, else by its attempt. */
async function failedTasks({ status }: RunFiles): Promise<(id: number, attemptFailed: boolean) => boolean> {
  const { loadStatusFiles } = await import("../records/statusfile/load.ts");
  try {
    const index = loadStatusFiles([status], { onWarning: () => undefined });
    return (id, attemptFailed) => index.failed(id) ?? attemptFailed;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return (_, attemptFailed) => attemptFailed;
  }
}

/** Whether one task was named, without an attempt, and its last attempt succeeded while an earlier one is all that is kept. */
async function isOutdated({ files, ids, attempt }: WantedOutput, { taskId, failed }: StoredAttempt): Promise<boolean> {
  if (!isOne(ids) || attempt !== undefined || !failed) return false;
  return !(await failedTasks(files))(taskId, true);
}

function say(message: string): void {
  process.stderr.write(`disbatch: ${printable(message)}\n`);
}

function sayTorn({ output, lock }: RunFiles, reader: OutputReader | undefined): void {
  const words = tornWords(output, lock, reader?.torn ?? []);
  if (words !== undefined) say(words);
}

async function sayMissing(wanted: WantedOutput, ids: readonly number[], printer: TaskPrinter): Promise<void> {
  if (ids.length === 0 || wanted.grep !== undefined) return;
  const lines = await whyNothing(wanted, ids);
  printer.endLine();
  for (const line of lines) say(line);
}

async function nothingAtAll(wanted: WantedOutput): Promise<UserError> {
  const [line = ""] = await whyNothing(wanted, undefined);
  return new UserError("no-output", line, { exitCode: EXIT.failed });
}
