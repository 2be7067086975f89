import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import { isSameFile } from "../records/statusfile/same-file.ts";
import { type RunSettings, takesFromPrograms, valueFiles } from "./settings.ts";
import type { RunFiles } from "./files/run-files.ts";

/** A file of a run, and what it is there for, in words. */
interface NamedFile {
  readonly what: string;
  readonly path: string;
}

/**
 * Refuses a run that would write into a file that it reads, or write two things into one file. A run may go on in a status
 * file that it resumes from.
 *
 * @throws UserError `files-clash`.
 */
export function refuseClashes(
  options: Pick<
    RunSettings,
    | "taskFile"
    | "template"
    | "workflow"
    | "keepOpen"
    | "taskserver"
    | "taskcommand"
    | "hostfile"
    | "resumeFrom"
    | "logfile"
  >,
  files: RunFiles,
): void {
  const log = { what: "the log", path: options.logfile ?? files.log };
  const made = [
    { what: "the status file of this run", path: files.status },
    { what: "the journal of this run", path: files.journal },
    ...(options.workflow === undefined
      ? []
      : [
          { what: "the history of this workflow", path: files.workflow },
          { what: "the cache of this workflow", path: files.cache },
        ]),
    // For a run that takes none, that file is a task file like any other.
    ...(options.keepOpen || takesFromPrograms(options)
      ? [{ what: "the submitted tasks of this run", path: files.tasks }]
      : []),
    { what: "the dbUtil.sh of this run", path: files.util },
    { what: "the contact file of this run", path: files.contact },
    { what: "the recovery file of this run", path: files.recovery },
    { what: "the lock of this run", path: files.lock },
    { what: "the key-value server's address of this run", path: files.kvsInfo },
    { what: "the web page's address of this run", path: files.web },
    { what: "the task command's output of this run", path: files.taskCommandLog },
  ];
  const { taskFile } = options;
  const tasks =
    taskFile === undefined ? [] : [{ what: "the task file", path: taskFile === "-" ? "/dev/stdin" : taskFile }];
  const { workflow } = options;
  const read = [
    ...tasks,
    ...(workflow === undefined ? [] : [{ what: "the document", path: workflow.file }]),
    ...valueFiles(options).map((path) => ({ what: "a file of values", path })),
    ...options.hostfile.map((path) => ({ what: "a file of hosts", path })),
  ];
  const resumed = options.resumeFrom.map((path) => ({ what: "a status file to resume from", path }));
  for (const one of read) refuseAmong(one, [...made, log]);
  for (const other of [...resumed, ...made]) refuseAmong(log, [other]);
}

function refuseAmong(one: NamedFile, others: readonly NamedFile[]): void {
  const other = others.find(({ path }) => isSamePlace(one.path, path));
  if (other === undefined) return;
  throw new UserError("files-clash", `${one.path} would be both ${one.what} and ${other.what}: nothing was run`);
}

/** Whether two paths lead to one regular file, by whatever links; or are one name where there is none yet. */
function isSamePlace(a: string, b: string): boolean {
  if (isSameFile(a, b)) return statSync(a).isFile();
  return placeOf(a) === placeOf(b);
}

function placeOf(path: string): string {
  try {
    return join(realpathSync(dirname(resolve(path))), basename(path));
  } catch {
    return resolve(path);
  }
}
