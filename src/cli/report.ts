import { type Command, Option } from "commander";
import { describeError, UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import { printableLines } from "../domain/printable.ts";
import { shellWords } from "../domain/shell-words.ts";
import { reportCsv } from "../faces/report/csv.ts";
import { formatFailures } from "../faces/report/failures-text.ts";
import { reportJson } from "../faces/report/json.ts";
import { makeReport } from "../faces/report/make-report.ts";
import type { OutcomeTally, RunFacts } from "../faces/report/report.ts";
import { formatReport } from "../faces/report/text.ts";
import { slotTimes } from "../faces/report/time-use.ts";
import { reportTrace } from "../faces/report/trace.ts";
import { isFile } from "../files/look.ts";
import { Outcomes } from "../records/outcomes/outcomes.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { openInput, type ReportInput } from "./report-input.ts";
import { runFacts } from "./report-run.ts";
import { listTasks, type WhichTasks } from "./report-tasks.ts";
import { recordedTallies } from "./workflow-records.ts";
import { print, show } from "./standard-output.ts";
import { VERSION } from "./version.ts";

const FORMATS = ["text", "html", "json", "csv", "trace"] as const;

interface ReportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly failed: boolean;
  readonly tasks?: WhichTasks;
  readonly taskFile?: string;
}

/** Columns of the text where it goes to no terminal. */
const WIDTH_OF_PIPES = 100;
/** Bytes that are written at once. */
const PIECE = 64 << 10;

/** The options of `disbatch report`. */
export function describeReport(): Command {
  return newCommand("disbatch report")
    .usage("[options] [PREFIX|FILE...]")
    .description(
      "Tells what came of a run, from its status file and its journal: of one that goes on, has ended, or died.",
    )
    .argument(
      "[PREFIX|FILE...]",
      'runs, as their prefixes, files or folders, or status files; "-" reads one from standard input (default: the newest run in this folder)',
    )
    .addOption(new Option("--format <HOW>", "how to write it").choices(FORMATS).default("text"))
    .addOption(
      new Option("--failed", "only the failures, by kind, with some of their tasks")
        .default(false)
        .conflicts(["tasks", "format"]),
    )
    .addOption(
      new Option("--tasks <WHICH>", "write a task file of the tasks that failed, or of those that have no outcome")
        .choices(["failed", "missing"])
        .conflicts(["failed", "format"]),
    )
    .addOption(new Option("--task-file <FILE>", "with --tasks: the task file of the run (default: by the journal)"));
}

/** Does what `disbatch report` is asked for. @throws UserError for what cannot be read. */
export async function startReport({ args, command }: Program): Promise<ExitCode> {
  const described = describeReport();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const options: ReportOptions = described.opts();
  if (options.taskFile !== undefined && options.tasks === undefined) {
    throw new UserError("task-file-alone", "--task-file goes with --tasks");
  }
  const inputs = await openInputs(described.args);
  const outcomes = new Outcomes(inputs, (warning) =>
    say(describeError(new UserError("", "", { diagnostics: [warning] }))),
  );
  try {
    return await write(outcomes, inputs, options, programName(command, process.env));
  } finally {
    outcomes.close();
  }
}

async function openInputs(words: readonly string[]): Promise<ReportInput[]> {
  const inputs: ReportInput[] = [];
  for (const word of words.length === 0 ? [undefined] : words)
    inputs.push(
      await openInput(
        word,
        () => process.stdin,
        (message) => say(`disbatch: ${message}`),
      ),
    );
  return inputs;
}

/** Tells the user something that is no part of what is asked for. */
function say(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

async function write(
  outcomes: Outcomes,
  inputs: readonly ReportInput[],
  options: ReportOptions,
  words: readonly string[],
): Promise<ExitCode> {
  if (options.tasks !== undefined) {
    if (outcomes.instances !== undefined) throw noTaskList(inputs, words);
    const isEmpty = await printPieces(listTasks(options.tasks, outcomes, inputs, options.taskFile));
    if (isEmpty) say(`disbatch: ${options.tasks === "failed" ? "no task failed" : "every task has an outcome"}`);
    return EXIT.done;
  }
  switch (options.format) {
    case "csv":
      await printPieces(reportCsv(outcomes));
      return EXIT.done;
    case "trace":
      await printPieces(reportTrace(outcomes));
      return EXIT.done;
    default:
  }
  const [input] = inputs;
  const tallies = input?.run === undefined || inputs.length > 1 ? undefined : await recordedTallies(input.run);
  const times = slotTimes(outcomes.table, outcomes.files);
  const facts = (tally: OutcomeTally): RunFacts => runFacts(inputs, outcomes.files, words, tally, tallies);
  const report = makeReport(outcomes, facts, tallies, times);
  if (options.format === "json") return show(reportJson(report));
  if (options.format === "html") {
    const { reportHtml, reportPictures } = await import("../faces/report/html/page.ts");
    const making = { version: VERSION, now: Date.now() / 1000 };
    return show(reportHtml(report, reportPictures(outcomes, times), making));
  }
  const width = (process.stdout.isTTY ? process.stdout.columns : undefined) ?? WIDTH_OF_PIPES;
  return show(options.failed ? formatFailures(report, width, listAll(inputs, words)) : formatReport(report, width));
}

/** What a workflow consists of is no list: what is left of it is run by going on with it. */
function noTaskList([input]: readonly ReportInput[], words: readonly string[]): UserError {
  const retry = shellWords([...words, "retry", input?.run?.prefix ?? "PREFIX"]);
  return new UserError(
    "no-task-list",
    `--tasks: this is a workflow, not a task list; to run what failed again: ${retry}`,
  );
}

/** The command line that lists all failed tasks: a line for each of a run, or the tasks as a task file. */
function listAll(inputs: readonly ReportInput[], words: readonly string[]): string | undefined {
  const [input, ...others] = inputs;
  if (input?.run !== undefined && others.length === 0) {
    return shellWords([...words, "monitor", "--errors", input.run.prefix]);
  }
  // A pipe cannot be read once more.
  if (!inputs.every(({ path }) => isFile(path))) return undefined;
  return shellWords([...words, "report", "--tasks", "failed", ...inputs.map(({ path }) => path)]);
}

/** Prints pieces, many at once. @returns whether there were none. @throws UserError as `print` does. */
async function printPieces(pieces: Iterable<string | Buffer> | AsyncIterable<Buffer>): Promise<boolean> {
  let gathered: Buffer[] = [];
  let bytes = 0;
  let isEmpty = true;
  for await (const piece of pieces) {
    const next = typeof piece === "string" ? Buffer.from(piece) : piece;
    gathered.push(next);
    bytes += next.length;
    isEmpty = false;
    if (bytes < PIECE) continue;
    // A reader that has seen enough is no error.
    if (!(await print(Buffer.concat(gathered)))) return false;
    gathered = [];
    bytes = 0;
  }
  if (bytes > 0) await print(Buffer.concat(gathered));
  return isEmpty;
}
