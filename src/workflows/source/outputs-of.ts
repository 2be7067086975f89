import type { TaskOutputs } from "../../domain/task-files.ts";
import type { TemplateFiles } from "../document/workflow.ts";
import { textOf } from "./text-of.ts";

/**
 * What an instance of a template makes.
 *
 * @param values of its axes.
 * @param stage of the run: where files are written until they are put in place.
 * @returns undefined where it makes nothing, or others do.
 */
export function outputsOf(
  { outputs, isExternal, rule }: TemplateFiles,
  values: Readonly<Record<string, string>>,
  stage: string,
): TaskOutputs | undefined {
  if (isExternal || outputs.length === 0) return undefined;
  const isDigested = rule === "cache" ? true : undefined;
  const files = outputs.map(({ name, path, isFolder }) => ({ name, path: textOf(path, values), isFolder, isDigested }));
  return { stage, files };
}
