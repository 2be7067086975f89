import { resolve } from "node:path";
import { UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { keptLines } from "../run/kept-lines.ts";
import { begunBy } from "../run/files/pool-script.ts";
import { DEFAULTS, takesStream } from "../run/settings.ts";
import { openSource } from "../run/task-source.ts";
import { type ListTemplate, withPaths } from "../tasks/templates/list-template.ts";
import type { GivenOption } from "./command-line.ts";
import { EACH } from "./each-words.ts";
import { commandWords, templateIn } from "./options.ts";

/**
 * The template of a run that `each` has begun, for whoever is in any folder; undefined for another run, for one of which nobody knows
 * how it was begun, and where values came from a stream.
 */
function templateOfRun({ util }: RunFiles): ListTemplate | undefined {
  const begun = begunBy(util);
  if (begun?.args[0] !== EACH) return undefined;
  const template = templateIn(commandWords(begun.args));
  if (template === undefined || takesStream({ taskFile: undefined, template })) return undefined;
  return withPaths(template, (path) => resolve(begun.cwd, path));
}

/** The resources that were offered to a run, by name, of which nobody here asks how much there was. */
function resourcesOfRun({ util }: RunFiles): Readonly<Record<string, number>> {
  const offers = givenTo(util).filter(([flag]) => flag === "--resource" || flag === "--engine-resource");
  return Object.fromEntries(offers.map(([, text = ""]) => [text.slice(0, text.indexOf("=")), 0]));
}

/** The options that a run was begun with; none where nobody knows them, or another version had other ones. */
function givenTo(util: string): readonly GivenOption[] {
  try {
    return commandWords(begunBy(util)?.args ?? []).given;
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/**
 * The tasks of a run as its task file or its template has them now, with those that were submitted to it behind them.
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
  const template = taskFile === undefined && files !== undefined ? templateOfRun(files) : undefined;
  const runResources = files === undefined ? {} : resourcesOfRun(files);
  const list = { ...DEFAULTS, taskFile, template, runResources, lenient: true };
  const kept = files === undefined ? undefined : keptLines(list, files, { appending: true, again: false });
  if (taskFile === undefined && template === undefined && kept === undefined) return undefined;
  return (await openSource(list, { say: () => undefined }, () => undefined, kept)).source;
}
