import { termsOf } from "../domain/terms/task-terms.ts";
import type { Reading } from "../tasks/taskfile/parser.ts";
import type { RunSettings } from "./settings.ts";

/** The settings by which the tasks of a run are read, wherever they come from. */
export type ReadingSettings = Pick<RunSettings, "lenient" | "terms" | "runResources" | "engineResources">;

/** How the tasks of a run are read. */
export function readingOf({ lenient, terms, runResources, engineResources }: ReadingSettings): Reading {
  return {
    lenient,
    terms: termsOf(new Map(Object.entries(terms))),
    isResource: (name) => Object.hasOwn(runResources, name) || Object.hasOwn(engineResources, name),
  };
}
