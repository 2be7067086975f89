import type { TaskSource } from "../domain/source.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { keptLines } from "../run/kept-lines.ts";
import { DEFAULTS } from "../run/settings.ts";
import { openSource } from "../run/task-source.ts";

/**
 * The tasks of a run as its task file has them now, with those that were submitted to it behind them.
 *
 * @param taskFile path of the task file; undefined for a run without one.
 * @param files of the run, where they are known.
 * @returns undefined where the run had neither. To be closed.
 * @throws UserError when they cannot be read.
 */
export async function tasksOfRun(
  taskFile: string | undefined,
  files: RunFiles | undefined,
): Promise<TaskSource | undefined> {
  const list = { ...DEFAULTS, taskFile, lenient: true };
  const kept = files === undefined ? undefined : keptLines(list, files, { appending: true, again: false });
  if (taskFile === undefined && kept === undefined) return undefined;
  return (await openSource(list, {}, () => undefined, kept)).source;
}
