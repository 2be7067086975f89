import { existsSync } from "node:fs";
import type { Command } from "commander";
import { listOver, Submitter } from "../control/submit-tasks.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { rangeWords } from "../domain/id-ranges.ts";
import type { IdRange } from "../domain/run-results.ts";
import { termsOf } from "../domain/terms/task-terms.ts";
import type { Submission } from "../domain/source.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { addNamedNeedOption, addNeedOptions, addPlaceOptions, addRetryOptions } from "./term-options.ts";
import { wayToReopen } from "./listed-ways.ts";
import { print, show } from "./standard-output.ts";
import { waitFor } from "./wait.ts";
import { OUT_OF_REACH, withRun } from "./with-run.ts";

interface SubmitOptions {
  readonly terms?: Readonly<Record<string, string>>;
  readonly done: boolean;
  readonly wait: boolean;
  readonly json: boolean;
}

/** Codes of what keeps a run from taking tasks, and is no mistake of the command line. */
const NOT_TAKEN: ReadonlySet<string> = new Set([...OUT_OF_REACH, "run-ending", "record-failed"]);

/** The operands and options of `disbatch submit`. */
export function describeSubmit(): Command {
  const command = newCommand("disbatch submit")
    .description(
      "Adds tasks to a run that was begun with --keep-open, and prints their numbers once the run has them on record.",
    )
    .usage("[options] PREFIX [LINE...]")
    .argument("<PREFIX>", "the run: its prefix, any file of it, or its folder")
    .argument(
      "[LINE...]",
      'lines of a task file, directives too, all taken or none; "-" reads lines from standard input',
    )
    .option("--done", "say that no more tasks are to come: the run ends when all are done", false)
    .option("--wait", "wait for these tasks, and print what came of them as disbatch wait does", false)
    .option("--json", "print the numbers as JSON: the first one, and how many", false)
    .optionsGroup("Terms of these tasks:");
  return addRetryOptions(addPlaceOptions(addNamedNeedOption(addNeedOptions(command))));
}

/** Does what `disbatch submit` is asked for. @throws UserError, with exit code 3 when the run cannot take tasks now. */
export async function startSubmit({ args, command }: Program): Promise<ExitCode> {
  const described = describeSubmit();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [prefix = "", ...lines] = described.args;
  const options = described.opts<SubmitOptions>();
  if (lines.length === 0 && !options.done) {
    throw new UserError("nothing-to-submit", "name a LINE to submit, - for those of standard input, or --done");
  }
  const files = findRun(prefix, process.cwd());
  const words = programName(command, process.env);
  const ranges = await submit(files, words, lines, options).catch((error: unknown) => {
    throw error instanceof UserError ? explained(error, files, words) : error;
  });
  return options.wait ? waitFor(files, words, ranges) : EXIT.done;
}

/** @returns the tasks and barriers that have been made. */
async function submit(
  files: RunFiles,
  words: readonly string[],
  lines: readonly string[],
  { done, wait, json, terms = {} }: SubmitOptions,
): Promise<readonly IdRange[]> {
  const ranges: IdRange[] = [];
  let printing: Promise<unknown> = Promise.resolve();
  const taken = ({ first, count }: Submission): void => {
    if (count > 0) ranges.push({ from: first, to: first + count - 1 });
    if (wait || (count === 0 && !json)) return;
    const text = json ? JSON.stringify({ first, count }) : rangeWords(ranges.slice(-1));
    printing = printing.then(() => print(`${text}\n`));
  };
  await withRun({ contact: files.contact, words }, async ({ line }) => {
    const submitter = new Submitter(listOver(line, textOfTerms(terms)), taken);
    try {
      for (const batch of batchesOf(lines)) {
        await (batch === undefined ? submitter.submitAll(process.stdin) : submitter.submit(batch));
      }
      if (done) await submitter.end();
    } finally {
      await printing;
    }
  });
  return ranges;
}

/** What the run is told of the terms. */
function textOfTerms(terms: Readonly<Record<string, string>>): string | undefined {
  return termsOf(new Map(Object.entries(terms)))?.text;
}

/** Lines that stand together on the command line; undefined stands for those of standard input. */
function batchesOf(lines: readonly string[]): (string | undefined)[] {
  const batches: (string | undefined)[] = [];
  for (const line of lines) {
    const last = batches.at(-1);
    if (line === "-") batches.push(undefined);
    else if (last === undefined) batches.push(line);
    else batches[batches.length - 1] = `${last}\n${line}`;
  }
  return batches;
}

/** The same error, with what to do about it. */
function explained(error: UserError, files: RunFiles, words: readonly string[]): UserError {
  const { code, message, diagnostics } = error;
  if (diagnostics.length > 0) return error;
  const exitCode = NOT_TAKEN.has(code) ? EXIT.unfinished : error.exitCode;
  if (code !== "no-run" && code !== "run-ended") {
    return new UserError(code, `${files.prefix}: ${message}`, { exitCode, cause: error });
  }
  const reopen = existsSync(files.status) ? wayToReopen(files, words) : undefined;
  const advice = reopen === undefined ? "" : `; to begin it again and submit more: ${reopen}`;
  return new UserError("run-ended", `${files.prefix}: the run has ended${advice}`, { exitCode, cause: error });
}
