import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import { countIn, type TemplateTally } from "../domain/instance-state.ts";
import { shellWords } from "../domain/shell-words.ts";
import type { NextStep, OutcomeTally, RunFacts, RunState } from "../faces/report/report.ts";
import { restWords } from "../faces/terminal/rest-words.ts";
import { isFile } from "../files/look.ts";
import { isOwnFile } from "../files/own-file.ts";
import type { Session } from "../records/outcomes/run-story.ts";
import type { OutcomeFile } from "../records/outcomes/outcomes.ts";
import { begunBy } from "../run/files/pool-script.ts";
import { recoverCommand } from "../run/files/recover-command.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { isStale } from "../run/files/run-lock.ts";
import { nameOfTasks } from "../run/settings.ts";
import { taskFileWord } from "./command-names.ts";
import { commandWords, takesInput } from "./options.ts";
import type { ReportInput } from "./report-input.ts";
import { EACH } from "./each-words.ts";
import { sameAgain } from "./listed-ways.ts";
import { resumeCommand } from "./resume-command.ts";

/** What the records do not tell: the task file of a run whose journal is missing. */
const SOME_TASK_FILE = "TASKFILE";
/** The settings of a run whose tasks were all submitted. */
const NO_TASK_FILE = { taskFile: undefined, template: undefined, name: undefined };
/** The name of a task list that came over a pipe. */
const STREAM = "stdin";

/**
 * How a run stands, and the command lines that go on with it.
 *
 * @param inputs all that was named; only one run can be told to go on.
 * @param words that start this program.
 * @param tallies of a workflow: where the instances of its tasks stand.
 */
export function runFacts(
  inputs: readonly ReportInput[],
  files: readonly OutcomeFile[],
  words: readonly string[],
  tally: OutcomeTally,
  tallies?: readonly TemplateTally[],
): RunFacts {
  const [input, ...others] = inputs;
  if (input === undefined || others.length > 0) {
    return { name: `${inputs.length} status files`, state: "unknown", reason: undefined, next: [] };
  }
  const session = files[0]?.story?.sessions.at(-1);
  const { run } = input;
  const state = run === undefined ? "unknown" : stateOf(run);
  const next = [
    ...nextSteps(input, state, session, words, leftOf(tally, session, tallies)),
    ...outputStep(run, words, tally),
  ];
  return {
    name: run?.jobId ?? (isFile(input.path) ? basename(input.path) : input.path),
    state,
    reason: session?.reason,
    next,
  };
}

/** The command line that shows what failed tasks have printed, where something is kept. */
function outputStep(run: RunFiles | undefined, words: readonly string[], { failed }: OutcomeTally): NextStep[] {
  if (run === undefined || failed === 0 || !isOwnFile(run.output)) return [];
  const purpose = `to see what the failed ${failed === 1 ? "one" : "ones"} printed`;
  return [{ purpose, command: shellWords([...words, "output", "--failed", run.prefix]) }];
}

function stateOf({ lock, recovery }: RunFiles): RunState {
  if (existsSync(lock) && !isStale(lock, hostname())) return "goes-on";
  return existsSync(recovery) ? "died" : "ended";
}

/** What is left to do of a run. */
interface Left {
  readonly isDone: boolean;
  readonly failed: number;
  readonly blocked: number;
  /** Whether the failed ones are run again. */
  readonly retry: boolean;
}

function leftOf(
  { missing, failed, total }: OutcomeTally,
  session: Session | undefined,
  tallies: readonly TemplateTally[] | undefined,
): Left {
  if (tallies !== undefined) {
    const isDone = countIn(tallies, "waiting", "ready", "running", "retrying") === 0;
    const [failures, blocked] = [countIn(tallies, "failed", "killed"), countIn(tallies, "blocked")];
    return { isDone, failed: failures, blocked, retry: true };
  }
  const isDone = missing === 0 && (total !== undefined || session?.reason === "done");
  return { isDone, failed, blocked: 0, retry: isDone || session?.reason === "check-failed" };
}

function nextSteps(
  { path, run }: ReportInput,
  state: RunState,
  session: Session | undefined,
  words: readonly string[],
  { isDone, failed, blocked, retry }: Left,
): NextStep[] {
  if (run !== undefined && state === "goes-on") {
    return [{ purpose: "to see how far it is", command: shellWords([...words, "status", run.prefix]) }];
  }
  if (run !== undefined && state === "died" && isOwnFile(run.recovery)) {
    return [{ purpose: "to go on", command: recoverCommand(words, run.prefix) }];
  }
  // A pipe has no name to resume from.
  if ((isDone && failed === 0) || (run === undefined && !isFile(path))) return [];
  const purpose = (where: readonly string[]): string => restWords({ isLeft: !isDone, failed, blocked, retry, where });
  const known = run === undefined ? undefined : resumeOf(run, words, retry);
  if (known !== undefined) return [{ purpose: purpose(known.where), command: known.command }];
  const prefix = run === undefined ? [] : ["-p", run.prefix];
  const again = shellWords([...words, "-r", path, ...(retry ? ["-R"] : []), ...prefix, taskFileOf(run, session)]);
  return [{ purpose: purpose(["with the options that the run had"]), command: again }];
}

/** The command line that resumes a run, by the one that began it; undefined where nothing tells of that. */
function resumeOf(
  { util, status }: RunFiles,
  words: readonly string[],
  retry: boolean,
): { readonly command: string; readonly where: readonly string[] } | undefined {
  const begun = begunBy(util);
  if (begun === undefined) return undefined;
  try {
    const begin = commandWords(begun.args);
    const where = takesInput(begin) ? [sameAgain(begin.template !== undefined)] : [];
    const options = { program: words, folder: begun.cwd, statusFile: status, retry };
    return { command: resumeCommand(begun.args, options), where };
  } catch (error) {
    // Another version has begun it, with options that this one does not know.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function taskFileOf(run: RunFiles | undefined, session: Session | undefined): string {
  if (session === undefined) return SOME_TASK_FILE;
  if (session.taskFile === STREAM) return "-";
  if (session.taskFile === EACH) return SOME_TASK_FILE;
  if (session.taskFile === nameOfTasks(NO_TASK_FILE) && run !== undefined && isFile(run.tasks)) return run.tasks;
  return taskFileWord(findTaskFile(run, session.taskFile) ?? session.taskFile);
}

/** The task file of a run, by the name that it was given: from where the run began, from here, or from the folder of its files. */
export function findTaskFile(run: RunFiles | undefined, name: string): string | undefined {
  if (name === STREAM || name === EACH) return undefined;
  const begun = run === undefined ? undefined : begunBy(run.util);
  const folders = [
    ...(begun === undefined ? [] : [begun.cwd]),
    ".",
    ...(run === undefined ? [] : [dirname(run.prefix)]),
  ];
  return folders.map((folder) => resolve(folder, name)).find(isFile);
}
