import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { shellWords } from "../domain/shell-words.ts";
import type { NextStep, OutcomeTally, RunFacts, RunState } from "../faces/report/report.ts";
import { isFile } from "../files/look.ts";
import { isOwnFile } from "../files/own-file.ts";
import type { Session } from "../records/outcomes/run-story.ts";
import type { OutcomeFile } from "../records/outcomes/outcomes.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { isStale } from "../run/files/run-lock.ts";
import { taskFileWord } from "./command-names.ts";
import type { ReportInput } from "./report-input.ts";

/** What the records do not tell: the task file of a run whose journal is missing. */
const SOME_TASK_FILE = "TASKFILE";
/** The name of a task list that came over a pipe. */
const STREAM = "stdin";

/**
 * How a run stands, and the command lines that go on with it.
 *
 * @param inputs all that was named; only one run can be told to go on.
 * @param words that start this program.
 */
export function runFacts(
  inputs: readonly ReportInput[],
  files: readonly OutcomeFile[],
  words: readonly string[],
  tally: OutcomeTally,
): RunFacts {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) {
    return { name: `${inputs.length} status files`, state: "unknown", reason: undefined, next: [] };
  }
  const session = files[0]?.story?.sessions.at(-1);
  const { run } = input;
  const state = run === undefined ? "unknown" : stateOf(run);
  const next = nextSteps(input, state, session, words, tally);
  return { name: run?.jobId ?? basename(input.path), state, reason: session?.reason, next };
}

function stateOf({ lock, recovery }: RunFiles): RunState {
  if (existsSync(lock) && !isStale(lock, hostname())) return "goes-on";
  return existsSync(recovery) ? "died" : "ended";
}

function nextSteps(
  { path, run }: ReportInput,
  state: RunState,
  session: Session | undefined,
  words: readonly string[],
  { missing, failed, total }: OutcomeTally,
): NextStep[] {
  if (run !== undefined && state === "goes-on") {
    return [{ purpose: "to see how far it is", command: shellWords([...words, "status", run.prefix]) }];
  }
  if (run !== undefined && state === "died" && isOwnFile(run.recovery)) {
    return [{ purpose: "to go on", command: recoverCommand(words, run.prefix) }];
  }
  const isDone = missing === 0 && (total !== undefined || session?.reason === "done");
  const retry = isDone || session?.reason === "check-failed";
  if (isDone && failed === 0) return [];
  // A pipe has no name to resume from.
  if (run === undefined && !isFile(path)) return [];
  const what = isDone ? "to run the failed ones again" : "to run the rest";
  const too = !isDone && !retry && failed > 0 ? " (add -R for the failed ones, too)" : "";
  const prefix = run === undefined ? [] : ["-p", run.prefix];
  const list = taskFileOf(run, session);
  const command = shellWords([...words, "-r", path, ...(retry ? ["-R"] : []), ...prefix, list]);
  return [{ purpose: `${what}, with the options that the run had${too}`, command }];
}

function taskFileOf(run: RunFiles | undefined, session: Session | undefined): string {
  if (session === undefined) return SOME_TASK_FILE;
  if (session.taskFile === STREAM) return "-";
  return taskFileWord(findTaskFile(run, session) ?? session.taskFile);
}

/** The task file of a run, by its name in the journal: from here, or from the folder of the run's files. */
export function findTaskFile(run: RunFiles | undefined, { taskFile }: Session): string | undefined {
  if (taskFile === STREAM) return undefined;
  const paths = [resolve(taskFile), ...(run === undefined ? [] : [join(dirname(run.prefix), taskFile)])];
  return paths.find(isFile);
}
