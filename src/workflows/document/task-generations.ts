import { checkShape } from "./check-shape.ts";
import type { DocumentReader } from "./document-reader.ts";
import { generatorRefused } from "./generator-refused.ts";
import type { JsonParser } from "./json.ts";
import type { Axes } from "./choices.ts";
import { MatchReader } from "./match.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Path } from "./tree.ts";
import { type Mistake, Mistakes } from "./mistakes.ts";
import { type AwaitedTasks, groupOf } from "./needs.ts";
import type { Part } from "./part.ts";
import { readPrinted } from "./printed-tasks.ts";
import { PRINTED, type TaskShape } from "./schema.ts";
import { printsTasks } from "./generators.ts";
import { isObject } from "./schema-words.ts";
import { Scope } from "./scope.ts";
import type { PrintedEdge, Template } from "./workflow.ts";

/** Tasks that tasks print, in the documents that those belong to. */
export class TaskGenerations {
  readonly #reader: DocumentReader;
  readonly #parser: JsonParser;
  /** What each instance of a generator has made, by its name. */
  readonly #made = new Map<string, readonly Template[]>();
  /** What is needed of printed tasks that print tasks themselves. */
  readonly #passedOn = new Map<Template, readonly AwaitedTasks[]>();
  /** Names of tasks that need a printed one, as it says itself. */
  readonly #neededBy = new Map<Template, ReadonlySet<string>>();

  constructor(reader: DocumentReader, parser: JsonParser) {
    this.#reader = reader;
    this.#parser = parser;
  }

  /**
   * The tasks that a generator has printed: all of them, or none. What it has printed before, in another attempt, counts no
   * more.
   *
   * @param by name of the generator's instance.
   * @throws UserError `generator-refused` with all mistakes.
   */
  read(text: string, by: string): PrintedTasks {
    const [generator = ""] = by.split("[", 1);
    const prefix = groupOf(generator);
    const part = this.#reader.parts.get(prefix);
    if (part === undefined) throw new Error(`${by} is no task of this workflow`);
    this.#remove(this.#made.get(by) ?? [], part);
    this.#made.delete(by);
    const mistakes = new Mistakes();
    const templates = this.#readFor(part, text, { file: `output of ${by}`, generator }, mistakes);
    this.#made.set(by, templates);
    const edges = mistakes.count === 0 ? this.#edgesOf(templates, mistakes) : [];
    if (mistakes.count === 0) return { templates, edges };
    this.#made.delete(by);
    this.#remove(templates, part);
    throw generatorRefused(mistakes);
  }

  #remove(templates: readonly Template[], part: Part): void {
    part.remove(templates.map(({ name }) => name.slice(part.scope.prefix.length)));
    for (const template of templates) {
      for (const need of this.#passedOn.get(template) ?? []) this.#reader.awaited.delete(need);
      this.#passedOn.delete(template);
      this.#neededBy.delete(template);
    }
  }

  #readFor(
    part: Part,
    text: string,
    { file, generator }: { readonly file: string; readonly generator: string },
    mistakes: Mistakes,
  ): readonly Template[] {
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
    const added = part.add(scope, generator);
    for (const template of added) {
      const name = template.name.slice(prefix.length);
      const { neededBy = [] } = value.tasks[name] ?? {};
      this.#neededBy.set(template, new Set(neededBy.map((child) => prefix + child)));
      this.#checkNeededBy({ names: neededBy, prefix, path: ["tasks", name, "neededBy"] }, generator, scope);
    }
    return added;
  }

  /** What is named there has to wait for what the generator prints: others may have begun. */
  #checkNeededBy(
    { names, prefix, path }: { readonly names: readonly string[]; readonly prefix: string; readonly path: Path },
    generator: string,
    { tree, mistakes }: Scope,
  ): void {
    const waiting = new Set<string>();
    for (const { child, edge } of names.length === 0 ? [] : this.#reader.awaited) {
      if (edge.parent === generator && edge.printed?.isNamed === true) waiting.add(child.name);
    }
    for (const [i, name] of names.entries()) {
      if (waiting.has(prefix + name)) continue;
      const hint = `write needs: {printedBy: ${generator.slice(prefix.length)}, named: true} there`;
      const message = `the task ${quoteWord(name)} does not wait for those that name it`;
      mistakes.at(tree, [...path, i], { message, hint });
    }
  }

  /** Edges to what has been printed, from all that need it, where one of the two is new. */
  #edgesOf(templates: readonly Template[], mistakes: Mistakes): PrintedEdge[] {
    if (this.#reader.awaited.size === 0) return [];
    const fresh = new Set(templates);
    const all = new Map<string, Template[]>();
    const byName = new Map<string, Template>();
    for (const made of this.#made.values()) {
      for (const template of made) {
        const { name, printedBy = "" } = template;
        byName.set(name, template);
        const others = all.get(printedBy);
        if (others === undefined) all.set(printedBy, [template]);
        else others.push(template);
      }
    }
    return [...this.#reader.awaited].flatMap((need) => {
      const { parent: generator, printed } = need.edge;
      const named = printed?.task === undefined ? undefined : byName.get(printed.task);
      const parents = printed?.task === undefined ? (all.get(generator) ?? []) : named === undefined ? [] : [named];
      const isNeeded = (parent: Template): boolean =>
        printed?.isNamed !== true || this.#neededBy.get(parent)?.has(need.child.name) === true;
      return parents
        .filter((parent) => parent.printedBy === generator && (fresh.has(parent) || fresh.has(need.child)))
        .filter(isNeeded)
        .map((parent) => this.#edgeOf(need, parent, fresh.has(parent) ? parent : need.child, mistakes));
    });
  }

  /** @param fresh which of the two has been printed now: it is what does not fit. */
  #edgeOf(need: AwaitedTasks, parent: Template, fresh: Template, mistakes: Mistakes): PrintedEdge {
    const { child, alternative, edge, tree, path } = need;
    const own = new Mistakes();
    const [ofParent, ofChild] = [this.#axesOf(parent), this.#axesOf(child)];
    const read = new MatchReader({ tree, mistakes: own }, path, ofParent, ofChild).read(edge.printed?.match);
    const when = edge.when === undefined ? {} : { when: edge.when };
    if (own.count > 0) {
      const message = `${child.name} cannot need ${parent.name}: ${own.diagnostics()[0]?.message ?? ""}`;
      mistakes.add(fresh.place, { message, hint: "print it with axes that fit, or say match there" });
    }
    const made = { parent: parent.name, place: child.place, ...read, ...when };
    // What prints tasks for another program passes on who needs what it prints.
    const { printed } = edge;
    const passesOn = parent.generates?.kind === "tasks" && parent.generates.foreign !== undefined;
    if (!passesOn || printed === undefined || printed.task !== undefined) {
      return { child: child.name, alternative, edge: made };
    }
    const passed = { ...made, printed };
    const further = { child, alternative, edge: passed, tree, path };
    this.#reader.awaited.add(further);
    this.#passedOn.set(parent, [...(this.#passedOn.get(parent) ?? []), further]);
    return { child: child.name, alternative, edge: passed };
  }

  #axesOf({ axes }: Template): Axes {
    const all = this.#reader.table.axes;
    return { all: axes.flatMap((position) => all[position] ?? []), lacksSome: false };
  }
}

/** Tasks that a task has printed. */
export interface PrintedTasks {
  readonly templates: readonly Template[];
  /** Edges to them from what needs what their generator prints, and from them to what others have printed before. */
  readonly edges: readonly PrintedEdge[];
  /** What people are told of them once. */
  readonly warnings?: readonly string[] | undefined;
}

const TAKEN: Mistake = { message: "there is a task of this name already", hint: "print another name" };

/** What tasks cannot do that come while a run goes on. */
function whyNotPrinted({ use, matrix, generates }: TaskShape): Mistake | undefined {
  if (use !== undefined)
    return { message: "a task that is printed cannot use a document", hint: "use it in the document" };
  if (generates !== undefined && !printsTasks({ generates })) {
    return { message: "a task that is printed can generate tasks, and no axis", hint: "generate it in the document" };
  }
  const parts = Array.isArray(matrix) ? matrix : [matrix];
  const axes = parts.flatMap((part) => (isObject(part) ? Object.entries(part) : []));
  const other = axes.find(([, said]) => isObject(said) && !("from" in said));
  if (other === undefined) return undefined;
  const message = `a task that is printed gives the values of its axes as lists or ranges, and not those of ${other[0]}`;
  return { message, hint: "print the values, or name an axis of the document" };
}
