import { type Diagnostic, UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Task } from "../domain/task.ts";
import { otherOwnerOf } from "../files/own-file.ts";
import { loadStatusFiles } from "../records/statusfile/load.ts";
import { checkRecovered, PUT_BACK } from "../tasks/sources/recovered-check.ts";
import { checkResume } from "../tasks/sources/resume-check.ts";
import { OpenList } from "../tasks/sources/open-list.ts";
import { resumeSource } from "../tasks/sources/resume.ts";
import { streamSource } from "../tasks/sources/stream.ts";
import { openTaskFile } from "../tasks/sources/task-file.ts";
import type { RunFiles } from "./files/run-files.ts";
import { nameOfTasks, type RunSettings } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";

/** The list of tasks of a run, opened. */
export interface OpenedSource {
  readonly source: TaskSource;
  readonly warnings: readonly Diagnostic[];
  /** Reads the list once more; missing for a stream. */
  readonly readAgain?: () => TaskSource;
  /** The same list as `source`, where more can be submitted to it. */
  readonly list?: OpenList;
}

/**
 * Opens the list of tasks.
 *
 * @param given what `-` stands for, and where tasks are submitted to.
 * @throws UserError when it cannot be opened, or has mistakes.
 */
export async function openSource(
  settings: Pick<RunSettings, "taskFile" | "name" | "keepOpen" | "lenient">,
  given: Pick<Surroundings, "input" | "list">,
  onWarning: (warning: Diagnostic) => void,
): Promise<OpenedSource> {
  const { taskFile, lenient } = settings;
  if (settings.keepOpen) return openList(settings, given.list, onWarning);
  if (taskFile === undefined) throw new Error("the run has no task file, and none can be submitted");
  if (taskFile !== "-") return openTaskFile(taskFile, { lenient, onWarning });
  if (given.input === undefined) throw new Error("the tasks come from a stream, and there is none");
  return { source: streamSource(given.input(), { name: "stdin", lenient, onWarning }), warnings: [] };
}

/** A list that tasks can be submitted to; it begins with those of the task file, where there is one. */
async function openList(
  settings: Pick<RunSettings, "taskFile" | "name" | "lenient">,
  given: OpenList | undefined,
  onWarning: (warning: Diagnostic) => void,
): Promise<OpenedSource> {
  const { taskFile, lenient } = settings;
  if (taskFile === undefined) {
    const list = given ?? new OpenList({ name: nameOfTasks(settings), lenient, onWarning });
    return { source: list, list, warnings: [] };
  }
  const opened = taskFile === "-" ? undefined : await openTaskFile(taskFile, { lenient, onWarning });
  if (opened?.size === undefined) {
    await opened?.source.close();
    const message = `${taskFile}: --keep-open takes a task file, and no stream: submit the lines of a stream instead`;
    throw new UserError("stream-kept-open", message);
  }
  const { source, warnings, readAgain, size } = opened;
  const list = new OpenList({ name: taskFile, lenient, onWarning, before: { source, ...size } });
  return { source: list, list, warnings, ...(readAgain === undefined ? {} : { readAgain }) };
}

/** A list without what earlier runs have settled. */
interface ResumedSource {
  readonly source: TaskSource;
  /** Tasks of the whole list that earlier runs have settled; undefined when nobody knows the list yet. */
  readonly skips: number | undefined;
}

/**
 * Leaves out what the status files to resume from have an outcome for.
 *
 * @param files of this run, whose status file may be one of them.
 * @param say tells the user something that is no error.
 * @throws UserError when they are no status files, or of another list.
 */
export async function resume(
  opened: OpenedSource,
  settings: Pick<RunSettings, "resumeFrom" | "retry" | "forceResume">,
  files: RunFiles,
  onWarning: (warning: Diagnostic) => void,
  say: (message: string) => void,
): Promise<ResumedSource> {
  for (const file of settings.resumeFrom) {
    const owner = otherOwnerOf(file);
    if (owner !== undefined) say(`warning: -r ${file}: it belongs to another user (number ${owner}), and is believed`);
  }
  const index = loadStatusFiles(settings.resumeFrom, { onWarning, appendingTo: files.status });
  const how = { retryFailed: settings.retry, force: settings.forceResume, onWarning };
  const plan = opened.readAgain === undefined ? undefined : await checkResume(opened.readAgain(), index, how);
  return { source: resumeSource(opened.source, index, how), skips: plan?.skipped };
}

/**
 * Sees to it that the task file is still the one that the run began with, as far as the run got.
 *
 * @param underWay tasks that have been given out and have no outcome, by their ids.
 * @throws UserError when it is another.
 */
export async function checkAgain(
  { readAgain }: OpenedSource,
  { status }: RunFiles,
  underWay: ReadonlyMap<number, Task>,
): Promise<void> {
  if (readAgain === undefined) return;
  await checkRecovered(readAgain(), underWay);
  // Whatever is no record has been told of before.
  const index = loadStatusFiles([status], { onWarning: () => undefined });
  try {
    await checkResume(readAgain(), index, { retryFailed: false, force: false, advice: PUT_BACK });
  } finally {
    index.close();
  }
}
