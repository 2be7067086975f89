import { closeSync, readFileSync } from "node:fs";
import { UserError } from "../domain/errors.ts";
import { openOwnFile, reasonOf } from "../files/own-file.ts";
import { isSameFile } from "../records/statusfile/same-file.ts";
import { isTaken, type RunFiles } from "./files/run-files.ts";
import { type RunSettings, takesFromPrograms } from "./settings.ts";
import type { KeptLines } from "./task-source.ts";

const NEWLINE = "\n".charCodeAt(0);

/**
 * The lines that had been submitted to a run that is gone on with in its own files. What stands behind the last newline was never
 * acknowledged, and is left out.
 *
 * @param how `appending`: the run goes on in the status file that it resumes from. `again`: its driver has died, and it is taken up.
 * @returns undefined where it had none, or they are the task file.
 * @throws UserError `task-file-unreadable`.
 */
export function keptLines(
  settings: Pick<RunSettings, "taskFile" | "keepOpen" | "taskserver" | "taskcommand" | "requeueResume">,
  { tasks }: Pick<RunFiles, "tasks">,
  { appending, again }: { readonly appending: boolean; readonly again: boolean },
): KeptLines | undefined {
  const { taskFile, keepOpen, requeueResume } = settings;
  const isOpen = keepOpen || takesFromPrograms(settings);
  if (!(appending || (again && isOpen)) || !isTaken(tasks)) return undefined;
  if (taskFile !== undefined && taskFile !== "-" && isSameFile(taskFile, tasks)) return undefined;
  const bytes = readKept(tasks);
  return { bytes: bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1), staysEnded: again || requeueResume };
}

function readKept(path: string): Buffer {
  let fd: number | undefined;
  try {
    fd = openOwnFile(path, "others");
    return readFileSync(fd);
  } catch (error) {
    throw new UserError("task-file-unreadable", `cannot read what was submitted, ${path}: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
