import { UserError, withHint } from "../../domain/errors.ts";
import { plural } from "../../domain/plural.ts";
import { checkShape } from "./check-shape.ts";
import type { DocumentReader } from "./document-reader.ts";
import type { JsonParser } from "./json.ts";
import { type Mistake, Mistakes } from "./mistakes.ts";
import type { Part } from "./part.ts";
import { readPrinted } from "./printed-tasks.ts";
import { PRINTED, type TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import { Scope } from "./scope.ts";
import type { Template } from "./workflow.ts";

/** Tasks that tasks print, in the documents that those belong to. */
export class TaskGenerations {
  readonly #reader: DocumentReader;
  readonly #parser: JsonParser;
  /** Names of the tasks that each generator has made, within its document. */
  readonly #made = new Map<string, readonly string[]>();

  constructor(reader: DocumentReader, parser: JsonParser) {
    this.#reader = reader;
    this.#parser = parser;
  }

  /**
   * Templates of the tasks that a generator has printed: all of them, or none. What it has printed before, in another attempt,
   * counts no more.
   *
   * @param by name of the generator's instance.
   * @throws UserError `generator-refused` with all mistakes.
   */
  read(text: string, by: string): readonly Template[] {
    const [template = ""] = by.split("[", 1);
    const prefix = template.slice(0, template.lastIndexOf("/") + 1);
    const part = this.#reader.parts.get(prefix);
    if (part === undefined) throw new Error(`${by} is no task of this workflow`);
    part.remove(this.#made.get(by) ?? []);
    this.#made.delete(by);
    const mistakes = new Mistakes();
    const templates = this.#readFor(part, text, `output of ${by}`, mistakes);
    if (mistakes.count === 0) {
      this.#made.set(
        by,
        templates.map(({ name }) => name.slice(prefix.length)),
      );
      return templates;
    }
    part.remove(templates.map(({ name }) => name.slice(prefix.length)));
    const diagnostics = mistakes.diagnostics();
    const [first] = diagnostics;
    const others = mistakes.count === 1 ? "" : ` (and ${plural(mistakes.count - 1, "more mistake")})`;
    const what = first === undefined ? "" : `line ${first.place.line}: ${withHint(first)}`;
    const why = `it has printed tasks that cannot be taken: ${what}${others}`;
    throw new UserError("generator-refused", why, { diagnostics });
  }

  #readFor(part: Part, text: string, file: string, mistakes: Mistakes): readonly Template[] {
    const tree = readPrinted(file, text, this.#parser, mistakes);
    if (tree === undefined) return [];
    const { value, damaged } = checkShape(PRINTED, tree, mistakes);
    if (value === undefined) return [];
    const { shape, prefix, params, unset, around } = part.scope;
    const tasks: typeof value.tasks = {};
    for (const [name, task] of Object.entries(value.tasks)) {
      const wrong = part.has(name) ? TAKEN : whyNotPrinted(task);
      if (wrong === undefined) tasks[name] = task;
      else mistakes.at(tree, ["tasks", name], wrong, "key");
    }
    const place = { tree, shape: { ...shape, tasks }, damaged, prefix };
    const scope = new Scope(place, params, unset, { ...around, mistakes });
    return part.add(scope);
  }
}

const TAKEN: Mistake = { message: "there is a task of this name already", hint: "print another name" };

/** What tasks cannot do that come while a run goes on. */
function whyNotPrinted({ use, matrix, generates }: TaskShape): Mistake | undefined {
  if (use !== undefined)
    return { message: "a task that is printed cannot use a document", hint: "use it in the document" };
  if (generates !== undefined && generates !== "tasks") {
    return { message: "a task that is printed can generate tasks, and no axis", hint: "generate it in the document" };
  }
  const parts = Array.isArray(matrix) ? matrix : [matrix];
  const axes = parts.flatMap((part) => (isObject(part) ? Object.entries(part) : []));
  const other = axes.find(([, said]) => isObject(said) && !("from" in said));
  if (other === undefined) return undefined;
  const message = `a task that is printed gives the values of its axes as lists or ranges, and not those of ${other[0]}`;
  return { message, hint: "print the values, or name an axis of the document" };
}
