import { posix } from "node:path";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { UserError } from "../../domain/errors.ts";
import { shellWords } from "../../domain/shell-words.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { DocumentReader } from "./document-reader.ts";
import { loadJsonParser } from "./json.ts";
import { Mistakes } from "./mistakes.ts";
import { DOCUMENT as DOCUMENT_NAME } from "./names.ts";
import type { GivenMistake } from "./params.ts";
import { type PrintedTasks, TaskGenerations } from "./task-generations.ts";
import type { PlaceOf } from "./tree.ts";
import type { Workflow } from "./workflow.ts";

/** Where the files of a document come from: the disk, or the archive of an earlier run. */
export interface DocumentFiles {
  /** Text of a file, as `decodeBytes` makes it of its bytes. @throws UserError `document-unreadable`. */
  read(path: string): string;
  /** Where it stands in a foreign document what has become this, for a text that was made of one. */
  readonly placesOf?: ((path: string) => PlaceOf | undefined) | undefined;
}

/** What else a document is read with. */
export interface DocumentSettings {
  /** Terms of the run, which count less than those of the document. */
  readonly terms?: TaskTerms | undefined;
  /** Whether the run or its engines offer a resource of that name; without it, any name is good. */
  readonly isResource?: ((name: string) => boolean) | undefined;
}

/** A document as it was read. */
export interface ReadDocument {
  readonly workflow: Workflow;
  /** All texts that it was read from, by path: the document, those that it uses, and files of values. */
  readonly texts: ReadonlyMap<string, string>;
  /**
   * The tasks that an instance of a template with `generates: tasks` has printed, as one JSON object of tasks by name or
   * as one task a line: all of them, or none. They may need one another, what was printed before, and all tasks of the document.
   *
   * @param by name of the instance. What it has printed in an earlier attempt counts no more.
   * @throws UserError `generator-refused` with all mistakes.
   */
  readonly parseTasks: (text: string, by: string) => PrintedTasks;
}

/**
 * Reads a document and all that it names.
 *
 * @param path of the document; its folder is where the files are that it names.
 * @param params values that were given for parameters, as text.
 * @throws UserError `bad-document` with all mistakes in it; `bad-param` for values that its parameters cannot have; what `files` throws.
 */
export async function readDocument(
  path: string,
  params: Readonly<Record<string, string>>,
  files: DocumentFiles,
  settings: DocumentSettings = {},
): Promise<ReadDocument> {
  const texts = new Map<string, string>();
  const read = (name: string): string => {
    const text = texts.get(name) ?? files.read(name);
    texts.set(name, text);
    return text;
  };
  const mistakes = new Mistakes();
  const reader = new DocumentReader({
    mistakes,
    read,
    placesOf: (name) => files.placesOf?.(name),
    isResource: settings.isResource ?? (() => true),
    terms: settings.terms,
  });
  const file = posix.normalize(path);
  let wrong: readonly GivenMistake[] = [];
  const part = await reader.read({
    ...{ file, text: read(file), prefix: "", given: params, outer: new Map<string, string>(), chain: [file] },
    refuse: (found) => {
      wrong = found;
    },
  });
  const name = part?.scope.shape.name ?? usualName(file);
  if (part !== undefined && !DOCUMENT_NAME.test(name)) {
    const message = `${quoteWord(name)} is no name for files`;
    const hint = "write a name with letters, digits, _, . and - alone, 200 at most";
    mistakes.at(part.scope.tree, part.scope.shape.name === undefined ? [] : ["name"], { message, hint });
  }
  if (part !== undefined) {
    reader.refuseUnused();
    if (part.scope.tasks.length === 0 && part.scope.damaged.size === 0)
      mistakes.at(part.scope.tree, ["tasks"], { message: "there is no task" });
  }
  mistakes.refuse(file);
  refuseParams(file, wrong, params);
  if (part === undefined) throw new Error("a document of which nothing can be used has mistakes");
  const makesTasks = [...reader.parts.values()].some((one) => one.makesTasks);
  const generations = makesTasks ? new TaskGenerations(reader, await loadJsonParser()) : undefined;
  return {
    workflow: {
      name,
      axes: reader.table.axes,
      templates: part.templates,
      params: Object.fromEntries(part.scope.params),
      given: params,
    },
    texts,
    parseTasks: (text, by) => generations?.read(text, by) ?? { templates: [], edges: [] },
  };
}

/** The name of a document that says none: its file's, without the ending. */
function usualName(file: string): string {
  return posix.basename(file).replace(/\.(?:ya?ml|json)$/i, "");
}

function refuseParams(file: string, wrong: readonly GivenMistake[], given: Readonly<Record<string, string>>): void {
  if (wrong.length === 0) return;
  const said = wrong.map(({ name, message, hint }) => {
    const way = hint ?? (Object.hasOwn(given, name) ? undefined : `give --param ${shellWords([`${name}=VALUE`])}`);
    return way === undefined ? message : `${message} (${way})`;
  });
  throw new UserError("bad-param", `${file}: ${said.join("; ")}`);
}
