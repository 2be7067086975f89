import type { Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import { differenceLines, type RunDifference } from "../faces/workflow/difference-lines.ts";
import { Terminal } from "../faces/terminal/terminal.ts";
import { findRun } from "../run/files/find-run.ts";
import type { Program } from "../run/program-name.ts";
import { pastStanding, type RunStanding } from "../run/workflow/past-standing.ts";
import { type WorkflowHistory, workflowHistory } from "../run/workflow/workflow-history.ts";
import type { PastRun } from "../workflows/history/history.ts";
import { instanceChanges } from "../workflows/views/instance-changes.ts";
import { documentChanges } from "../workflows/views/template-changes.ts";
import { valueChanges } from "../workflows/views/value-changes.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { sayOn } from "./conduct.ts";
import { wholeNumber } from "./option-values.ts";
import { show } from "./standard-output.ts";

/** Instances that are listed where the user says nothing. */
const LIMIT = 20;

/** The operands and the options of `disbatch diff`. */
export function describeDiff(): Command {
  return newCommand("disbatch diff")
    .usage("[options] PREFIX [RUN] [LATER]")
    .description(
      "Says how two runs of a document differ: its tasks, its parameters, what generators made, and what came of instances.",
    )
    .argument("<PREFIX>", "the runs: their prefix, any file of them, or their folder")
    .argument("[RUN]", "number of the earlier run (default: the last but one)", wholeNumber(1))
    .argument("[LATER]", "number of the later run (default: the last one)", wholeNumber(1))
    .option("--limit <N>", "list no more than N instances", wholeNumber(0), LIMIT)
    .option("--json", "print it as JSON, in one line", false);
}

/** Does what `disbatch diff` is asked for. @throws UserError for a prefix that is no workflow's, or has no such runs. */
export async function startDiff({ args }: Program): Promise<ExitCode> {
  const described = describeDiff();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [prefix, first, second] = chosen(described.processedArgs);
  const { limit, json } = described.opts<{ readonly limit: number; readonly json: boolean }>();
  const files = findRun(prefix, process.cwd());
  const history = workflowHistory(files, sayOn(new Terminal(process.stderr)));
  const [before, after] = chosenRuns(history, prefix, first, second);
  const was = await pastStanding(history, before, files);
  const is = await pastStanding(history, after, files);
  const difference: RunDifference = {
    runs: [before.run, after.run],
    document: documentChanges(was.workflow, is.workflow),
    values: valueChanges(valuesOf(was), valuesOf(is)),
    instances: instanceChanges(was, is, limit),
  };
  if (json) return show(`${JSON.stringify(difference)}\n`);
  return show(
    differenceLines(difference)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

/** The operands, as they have been read. */
function chosen([prefix, first, second]: readonly unknown[]): readonly [
  string,
  number | undefined,
  number | undefined,
] {
  const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
  return [typeof prefix === "string" ? prefix : "", number(first), number(second)];
}

/** The runs of these numbers, the last two where nothing is said; of one number that run and the one before it. */
function chosenRuns(
  { runs }: WorkflowHistory,
  prefix: string,
  first: number | undefined,
  second: number | undefined,
): readonly [PastRun, PastRun] {
  const later = second ?? runs.at(-1)?.run ?? 0;
  const earlier = first ?? later - 1;
  const find = (number: number): PastRun | undefined => runs.find(({ run }) => run === number);
  const [before, after] = [find(earlier), find(later)];
  if (before !== undefined && after !== undefined) return [before, after];
  const missing = before === undefined ? earlier : later;
  const which = runs.length === 1 ? "one run, 1" : `runs 1 to ${runs.at(-1)?.run ?? 0}`;
  const message = missing < 1 ? "there is nothing to compare yet" : `there is no run ${missing}`;
  throw new UserError("no-such-run", `${prefix}: ${message}: it has ${which}`);
}

/** Values of axes that generators print, by their names. */
function valuesOf({ workflow, instances }: RunStanding): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (const [number, axis] of workflow.axes.entries()) {
    if (axis.kind === "generated") values.set(axis.name, instances.axisValues(number));
  }
  return values;
}
