import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { shellWords } from "../domain/shell-words.ts";
import { filesOfRun } from "../run/files/run-files.ts";
import { saysListEnded } from "../tasks/sources/list-marks.ts";
import { taskFileWord } from "./command-names.ts";
import { EACH } from "./each-words.ts";
import { RETRY } from "./retry-words.ts";
import { isOfDocument, retryCommand, type RunCommandOptions } from "./retry-command.ts";
import type { GivenOption } from "./command-line.ts";
import { mayTakeValue } from "./program-options.ts";
import { type CommandWords, commandWords } from "./options.ts";

export interface ResumeCommandOptions extends RunCommandOptions {
  readonly statusFile: string;
  /** Failed tasks are run again, too. */
  readonly retry?: boolean;
  /** More tasks are to be submitted to it, though its list had been ended. */
  readonly reopen?: boolean;
  /** The status file has all that was taken from those which this run was resumed from. */
  readonly hasAll?: boolean;
}

/** The command line, for any folder, that goes on where this run ended: its own words, with its status file to resume from. */
export function resumeCommand(args: readonly string[], options: ResumeCommandOptions): string {
  const { folder, statusFile, retry = false, hasAll = false } = options;
  const begun = commandWords(args);
  if (isOfDocument(args, begun)) return retryCommand(args, { ...options, prefix: filesOfRun(statusFile).prefix });
  const { given, taskFile, template } = withSubmitted(begun, options);
  // Whoever resumes keeps what is there.
  const kept = given.filter(([flag]) => flag !== "--overwrite");
  const others = kept.filter(
    ([flag, value = ""]) => flag !== "-r" || (!hasAll && resolve(folder, value) !== statusFile),
  );
  const added = retry && !given.some(([flag]) => flag === "-R") ? [["-R"] as const] : [];
  return lineOf({ given: [["-r", statusFile], ...added, ...others], taskFile, template }, options);
}

/** Whether that command line takes tasks beside those that the run has taken. */
export function takesMore(args: readonly string[], options: ResumeCommandOptions): boolean {
  const { given } = withSubmitted(commandWords(args), options);
  return given.some(([flag]) => TAKING_TASKS.has(flag));
}

/** Options by which a run takes tasks from others. */
const TAKING_TASKS: ReadonlySet<string> = new Set(["--keep-open", "--taskcommand", "--taskserver"]);

/**
 * The words of a run to which tasks were submitted. They stand in a file of its prefix, and so it goes on there; its list stays
 * ended when it had been.
 */
function withSubmitted(
  { given, taskFile, template }: CommandWords,
  { folder, statusFile, reopen = false }: ResumeCommandOptions,
): CommandWords {
  const { prefix, tasks } = filesOfRun(statusFile);
  if (!existsSync(tasks)) return { given, taskFile, template };
  const own = taskFile !== undefined && resolve(folder, taskFile) === tasks ? undefined : taskFile;
  const isUnended = !hasEnded(tasks);
  // A command that has not said that there are no more gives its lines again, and then the rest.
  if (isUnended && !reopen && given.some(([flag]) => flag === "--taskcommand")) {
    return { given: [...given.filter(([flag]) => flag !== "-p"), ["-p", prefix]], taskFile, template };
  }
  const isOpen = reopen || (isUnended && given.some(([flag]) => flag === "--keep-open"));
  const others = given.filter(([flag]) => flag !== "-p" && flag !== "--keep-open" && !isOfPrograms(flag, given));
  const open = isOpen ? [["--keep-open"] as const] : [];
  const hasOwn = own !== undefined || template !== undefined;
  return { given: [...others, ["-p", prefix], ...open], taskFile: hasOwn || isOpen ? own : tasks, template };
}

/** What programs have submitted stands in the task file by now: nobody is to submit it again. */
function isOfPrograms(flag: string, given: readonly GivenOption[]): boolean {
  const hasKvs = given.some(([other]) => other === "--kvsserver");
  return flag === "--taskserver" || flag === "--taskcommand" || (flag === "--kvs-open" && !hasKvs);
}

/** Whether the list had been ended whose lines were kept in this file. */
function hasEnded(tasks: string): boolean {
  try {
    return saysListEnded(readFileSync(tasks));
  } catch {
    return false;
  }
}

/** A command line once more, for any folder. */
export function sameCommand(args: readonly string[], options: RunCommandOptions): string {
  const words = commandWords(args);
  if (!isOfDocument(args, words)) return lineOf(words, options);
  const { program, folder } = options;
  return `cd ${shellWords([folder])} && ${shellWords([...program, ...(args[0] === RETRY ? [] : ["run"]), ...args])}`;
}

function lineOf({ given, taskFile, template }: CommandWords, { program, folder }: RunCommandOptions): string {
  const options = given.flat().filter((word) => word !== undefined);
  const operands = template ?? (taskFile === undefined ? [] : [taskFileWord(taskFile)]);
  const words = [...program, ...(template === undefined ? [] : [EACH]), ...options, ...guarded(operands, given.at(-1))];
  return `cd ${shellWords([folder])} && ${shellWords(words)}`;
}

/** Operands that are taken for nothing else. @param last option before them. */
function guarded(operands: readonly string[], last: GivenOption | undefined): readonly string[] {
  const [first] = operands;
  if (first === undefined) return [];
  // Else it would be taken for an option, or for the value of one.
  const isMistaken = (first.startsWith("-") && first !== "-") || (last !== undefined && mayTakeValue(last));
  return isMistaken ? ["--", ...operands] : operands;
}
