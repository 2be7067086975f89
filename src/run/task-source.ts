import { type Diagnostic, UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import type { Task } from "../domain/task.ts";
import { otherOwnerOf } from "../files/own-file.ts";
import { loadStatusFiles } from "../records/statusfile/load.ts";
import { checkRecovered, PUT_BACK } from "../tasks/sources/recovered-check.ts";
import { checkResume } from "../tasks/sources/resume-check.ts";
import type { KvsTaskSource } from "../tasks/kvs/kvs-task-source.ts";
import { saysListEnded } from "../tasks/sources/list-marks.ts";
import { OpenList } from "../tasks/sources/open-list.ts";
import { TASKS_MISSING } from "../tasks/sources/recovered.ts";
import { resumeSource } from "../tasks/sources/resume.ts";
import { streamSource } from "../tasks/sources/stream.ts";
import type { OpenTemplate } from "../tasks/sources/template-source.ts";
import { type OpenTaskFile, openTaskFile } from "../tasks/sources/task-file.ts";
import { type Reading } from "../tasks/taskfile/parser.ts";
import { readingOf, type ReadingSettings } from "./reading.ts";
import type { ListTemplate } from "../tasks/templates/list-template.ts";
import type { RunFiles } from "./files/run-files.ts";
import { nameOfTasks, type RunSettings, takesFromPrograms } from "./settings.ts";
import type { Surroundings } from "./surroundings.ts";
import type { OpenedWorkflow } from "./workflow/opened-workflow.ts";

/** The list of tasks of a run, opened. */
export interface OpenedSource {
  readonly source: TaskSource;
  readonly warnings: readonly Diagnostic[];
  /** Reads the list once more; missing for a stream. */
  readonly readAgain?: () => TaskSource;
  /** Whoever wants the same list again in another process has to give it again. */
  readonly isStream: boolean;
  /** The same list as `source`, where more can be submitted to it. */
  readonly list?: OpenList;
  /** The same where programs submit to it by a key-value server. */
  readonly programs?: KvsTaskSource;
  /** Below this are the ids of all its tasks and barriers so far; missing for a stream. */
  readonly idsEnd?: (() => number) | undefined;
  /** The document that it comes from. */
  readonly workflow?: OpenedWorkflow | undefined;
}

/** Lines that were submitted to the run earlier, which it goes on with. */
export interface KeptLines {
  /** Whole lines. */
  readonly bytes: Uint8Array;
  /** The list stays ended when it has been; else more may be submitted again. */
  readonly staysEnded: boolean;
}

/**
 * Opens the list of tasks.
 *
 * @param given what `-` stands for, and where tasks are submitted to.
 * @param kept what had been submitted to the run, if it goes on with that.
 * @throws UserError when it cannot be opened, or has mistakes.
 */
export async function openSource(
  settings: ListSettings & Pick<RunSettings, "taskserver" | "taskcommand">,
  given: Given,
  onWarning: (warning: Diagnostic) => void,
  kept?: KeptLines,
): Promise<OpenedSource> {
  const { taskFile, template } = settings;
  if (takesFromPrograms(settings)) return openProgramList(settings, given, onWarning, kept);
  if (given.list !== undefined) return openGivenList(given.list);
  if (settings.keepOpen || kept !== undefined) return openList(settings, given, onWarning, kept);
  if (template !== undefined) {
    const opened = await openTemplateList(template, settings, given);
    return { ...opened, idsEnd: () => opened.size.ids };
  }
  if (taskFile === undefined) throw new Error("the run has no task file, and none can be submitted");
  if (taskFile !== "-") {
    const opened = await openTaskFile(taskFile, { ...readingOf(settings), onWarning });
    const { size } = opened;
    const isStream = opened.readAgain === undefined;
    return { ...opened, isStream, idsEnd: size === undefined ? undefined : () => size.ids };
  }
  if (given.input === undefined) throw new Error("the tasks come from a stream, and there is none");
  const source = streamSource(given.input(), { ...readingOf(settings), name: "stdin", onWarning });
  return { source, isStream: true, warnings: [] };
}

/** What the list of a run is chosen by. */
type ListSettings = Pick<RunSettings, "taskFile" | "template" | "name" | "keepOpen"> & ReadingSettings;

/** What a list may be read from, and where to say something about it. */
type Given = Pick<Surroundings, "input" | "list"> & { readonly say: (message: string) => void };

/** Loaded late: other runs need nothing of it. */
async function openTemplateList(
  template: ListTemplate,
  settings: ReadingSettings,
  { input, say }: Given,
): Promise<OpenTemplate> {
  const { openTemplate } = await import("../tasks/sources/template-source.ts");
  return openTemplate(template, { ...readingOf(settings), input, note: say });
}

/** A list that whoever begins the run has made, and submits all of its tasks to. */
function openGivenList(list: OpenList): OpenedSource {
  return { source: list, list, isStream: false, idsEnd: () => list.ids, warnings: [] };
}

/** A list to which programs submit tasks by a key-value server. */
async function openProgramList(
  settings: ListSettings,
  given: Given,
  onWarning: (warning: Diagnostic) => void,
  kept: KeptLines | undefined,
): Promise<OpenedSource> {
  const opened = await openList({ ...settings, keepOpen: true }, given, onWarning, kept);
  if (opened.list === undefined) throw new Error("nothing can be submitted to the list");
  const { KvsTaskSource: Source } = await import("../tasks/kvs/kvs-task-source.ts");
  const programs = new Source(opened.list);
  return { ...opened, source: programs, programs };
}

/** A list that tasks can be submitted to, or could be; it begins with those of the task file, where there is one. */
async function openList(
  settings: ListSettings,
  given: Given,
  onWarning: (warning: Diagnostic) => void,
  kept: KeptLines | undefined,
): Promise<OpenedSource> {
  const { taskFile, keepOpen } = settings;
  const reading = readingOf(settings);
  const opened = await openBefore(settings, given, onWarning);
  const name = taskFile ?? nameOfTasks(settings);
  const bytes = kept?.bytes ?? NOTHING;
  const listAfter = (source: TaskSource | undefined, warn: typeof onWarning): OpenList => {
    const before = source === undefined || opened === undefined ? undefined : { source, ...opened.size };
    return new OpenList({ ...reading, name, onWarning: warn, before });
  };
  const list = listAfter(opened?.source, onWarning);
  list.replay(bytes, !keepOpen || (kept?.staysEnded === true && saysListEnded(bytes)));
  const readAgain = (): TaskSource => {
    const again = listAfter(opened?.readAgain(), () => undefined);
    again.replay(bytes, true);
    return again;
  };
  const isStream = opened !== undefined && "isStream" in opened && opened.isStream;
  const described = { source: list, readAgain, isStream, idsEnd: () => list.ids, warnings: opened?.warnings ?? [] };
  return keepOpen ? { ...described, list } : described;
}

const NOTHING = new Uint8Array();

/** The tasks that a list begins with, before any are submitted to it. */
async function openBefore(
  settings: ListSettings,
  given: Given,
  onWarning: (warning: Diagnostic) => void,
): Promise<OpenTemplate | RegularFile | undefined> {
  const { taskFile, template } = settings;
  if (template !== undefined) return openTemplateList(template, settings, given);
  return taskFile === undefined ? undefined : openRegularFile(taskFile, readingOf(settings), onWarning);
}

type RegularFile = OpenTaskFile & Required<Pick<OpenTaskFile, "readAgain" | "size">>;

/** A task file that can be read again, and of which all is known. @throws UserError `stream-kept-open` for any other. */
async function openRegularFile(
  taskFile: string,
  reading: Reading,
  onWarning: (warning: Diagnostic) => void,
): Promise<RegularFile> {
  const opened = taskFile === "-" ? undefined : await openTaskFile(taskFile, { ...reading, onWarning });
  if (opened?.size !== undefined && opened.readAgain !== undefined) {
    return { ...opened, size: opened.size, readAgain: opened.readAgain };
  }
  await opened?.source.close();
  const message = `${taskFile}: --keep-open takes a task file, and no stream: submit the lines of a stream instead`;
  throw new UserError("stream-kept-open", message);
}

/**
 * Refuses a list that lacks what had been submitted to it: what is submitted next would get ids that other tasks have already.
 *
 * @param largestId that is on record.
 * @throws UserError `tasks-missing`.
 */
export function refuseShortList({ list }: { readonly list?: OpenList | undefined }, largestId: number): void {
  if (list === undefined || largestId < list.ids) return;
  const what = list.ids === 0 ? "it has no tasks" : `its last task is ${list.ids - 1}`;
  const message = `${list.name} is not what the run began with: ${what}, and the run had come to task ${largestId}; what was submitted stands in PREFIX_tasks.txt: go on with -p PREFIX of that run, and leave that file there`;
  throw new UserError(TASKS_MISSING, message);
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
  try {
    // A list that cannot be read again is submitted again, as the run goes on.
    if (opened.readAgain !== undefined) refuseShortList(opened, index.largestId);
  } catch (error) {
    index.close();
    throw error;
  }
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
