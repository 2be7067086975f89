import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type JsonParser, readJson } from "../document/json.ts";
import { Lines } from "../document/lines.ts";
import { Mistakes } from "../document/mistakes.ts";
import { isObject } from "../document/schema-words.ts";
import { edgesOf } from "./daggy-edges.ts";
import { mergeJobs, readJob } from "./daggy-job.ts";
import { needsOf } from "./daggy-needs.ts";
import { PlacedParameters, UNKNOWN_VALUES } from "./daggy-placed-parameters.ts";
import type { DaggySettings } from "./daggy-settings.ts";
import { type PreparedTask, TaskBuilder } from "./daggy-task-builder.ts";
import { type DaggyTask, readTask } from "./daggy-task.ts";
import { noteUnknown } from "./daggy-words.ts";
import { warningsOf } from "./foreign-files.ts";
import { ForeignTree, type Placed } from "./foreign-tree.ts";
import { taskNameOf } from "./names.ts";
import { printJson } from "./print-json.ts";
import { generatorRefused } from "../document/generator-refused.ts";

/** Generators of which each has been printed by the one before it. */
const DEEPEST = 100;

/** What is known of the workflow that tasks are printed for, by our names of its tasks. */
export interface PrintedFor {
  /** Name of the instance that has printed them. */
  readonly by: string;
  /** Name of its task, without its group. */
  readonly generator: string;
  readonly hasAxes: boolean;
  has(task: string): boolean;
  /** Whether a task waits for all that the generator prints, or for what names it; undefined for one that may have begun. */
  waits(task: string): "all" | "named" | undefined;
}

/** Tasks as our documents print them. */
export interface ConvertedTasks {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Makes tasks of ours of those that a generator has printed in Daggy's words. @throws UserError `generator-refused`. */
export function convertPrinted(
  text: string,
  settings: DaggySettings,
  around: PrintedFor,
  parser: JsonParser,
): ConvertedTasks {
  const mistakes = new Mistakes();
  const lines = new Lines(`output of ${around.by}`, text);
  if (text.trim() === "") mistakes.in(lines, 0, { message: "nothing was printed", hint: "print {} for no tasks" });
  const tree = mistakes.count > 0 ? undefined : readJson(lines, text, parser, mistakes);
  const printed = tree === undefined ? undefined : new PrintedTasks(new ForeignTree(tree, mistakes), settings, around);
  const converted = printed?.converted();
  if (mistakes.count > 0 || converted === undefined) throw generatorRefused(mistakes);
  return converted;
}

/** Words of a printed document beside its tasks. */
const PART_WORDS = ["parameters", "jobDefaults", "allowUnknownPlaceholders"] as const;
type PartWord = (typeof PART_WORDS)[number];

/** What was printed: the tasks by name, and what counts for all of them. */
interface Parts extends Readonly<Partial<Record<PartWord, Placed>>> {
  readonly tasks: readonly (readonly [name: string, task: Placed])[];
}

class PrintedTasks {
  readonly #foreign: ForeignTree;
  readonly #settings: DaggySettings;
  readonly #around: PrintedFor;
  /** Tasks of the workflow that printed ones need, and that need printed ones. */
  readonly #outer = new Map<string, Set<string>>();
  readonly #neededBy = new Map<string, Set<string>>();

  constructor(foreign: ForeignTree, settings: DaggySettings, around: PrintedFor) {
    this.#foreign = foreign;
    this.#settings = settings;
    this.#around = around;
  }

  converted(): ConvertedTasks | undefined {
    const foreign = this.#foreign;
    const { dialect, jobDefaults, dollar } = this.#settings;
    const { tasks, parameters: local, jobDefaults: further, allowUnknownPlaceholders: allows } = this.#parts();
    // What had to be chosen for the document's own was told with the document.
    const around = readJob({ value: jobDefaults, path: [] }, [], new ForeignTree(foreign.tree, foreign.mistakes));
    const defaults = further === undefined ? around : mergeJobs(around, readJob(further, [], foreign));
    const allowsUnknown = this.#settings.allowsUnknown || (allows !== undefined && foreign.truth(allows));
    this.#refuseSameNames(tasks);
    const nameOf = (name: string): string => this.#nameOf(name);
    const read = tasks.map(([name, placed]) => {
      const task = readTask(name, placed, { dialect, defaults, nameOf }, foreign);
      return local === undefined ? task : { ...task, parameters: within(local, task.parameters) };
    });
    const known = this.#settings.parameters.map((each) => ({
      ...each,
      values: each.kind === "text" ? [] : UNKNOWN_VALUES,
      placed: { value: undefined, path: [] },
    }));
    const parameters = PlacedParameters.again(known, { dialect, foreign, dollar });
    const builder = new TaskBuilder({ parameters, allowsUnknown, nameOf }, foreign);
    const prepared = read.map((task) => builder.prepare(task));
    const edges = edgesOf(read, foreign, (task, kind, name) => this.#takeOuter(task, kind, name));
    const needs = needsOf(prepared, edges, { dialect, foreign });
    const built = prepared.map((each) => this.#build(each, needs.get(each.task.name) ?? [], builder));
    if (parameters.dollar !== dollar) {
      foreign.refuse([], "a dollar sign comes right before a value", "have its document do so in one task, too");
    }
    const places = new Map(prepared.map(({ name, task }) => [name, task.path]));
    const document = { tasks: Object.fromEntries(built) };
    const placeOf: Parameters<typeof printJson>[0]["placeOf"] = ([, name]) =>
      foreign.tree.placeOf(places.get(String(name)) ?? [], "key");
    return { text: printJson({ document, placeOf }), warnings: this.#warnings() };
  }

  /** Tasks by name, or a whole document, whose other parts count for these tasks alone. */
  #parts(): Parts {
    const foreign = this.#foreign;
    const root = foreign.object({ value: foreign.tree.value, path: [] });
    const tasks = root.find(([word]) => word === "tasks")?.[1];
    const isWhole = isObject(tasks?.value) && !("job" in tasks.value) && !("details" in tasks.value);
    if (tasks === undefined || !isWhole) return { tasks: root };
    const parts: Partial<Record<PartWord, Placed>> = {};
    for (const [name, placed] of root) {
      const word = PART_WORDS.find((each) => each === name);
      if (word !== undefined) parts[word] = placed;
      else if (name !== "tasks") noteUnknown(name, placed.path, ["tasks", ...PART_WORDS], [], foreign);
    }
    return { ...parts, tasks: foreign.object(tasks) };
  }

  /** What had to be chosen, or was left out. */
  #warnings(): readonly string[] {
    const told = warningsOf(this.#foreign);
    return told.map(({ place, message }) => `${this.#around.by}, line ${place.line}: ${message}`);
  }

  #nameOf(name: string): string {
    const { names } = this.#settings;
    return (Object.hasOwn(names, name) ? names[name] : undefined) ?? taskNameOf(name);
  }

  /** Edges of other generators find tasks by their names alone: none is given another name than the usual one. */
  #refuseSameNames(tasks: readonly (readonly [name: string, task: Placed])[]): void {
    const taken = new Map<string, string>();
    for (const [name, { path }] of tasks) {
      const ours = this.#nameOf(name);
      const other = taken.get(ours);
      taken.set(ours, name);
      if (other === undefined) continue;
      const message = `${quoteWord(other)} and ${quoteWord(name)} would both be called ${ours}`;
      this.#foreign.refuse(path, message, "print another name", "key");
    }
  }

  #takeOuter({ name: own, path }: DaggyTask, kind: "parents" | "children", said: string): boolean {
    const name = this.#nameOf(said);
    if (!this.#around.has(name)) return false;
    const waits = kind === "children" ? this.#around.waits(name) : undefined;
    if (kind === "parents") addTo(this.#outer, own, name);
    else if (waits === "named") addTo(this.#neededBy, own, name);
    else if (waits === undefined) {
      const hint = `have it depend on ${this.#around.generator} to have it wait`;
      const text = `${name} may have begun before ${own} was printed, and does not wait for it (${hint})`;
      this.#foreign.note(["tasks", this.#nameOf(own)], path, text);
    }
    return true;
  }

  #build(
    each: PreparedTask,
    needs: readonly unknown[],
    builder: TaskBuilder,
  ): readonly [name: string, task: Record<string, unknown>] {
    const { generator, hasAxes } = this.#around;
    const { depth } = this.#settings;
    // What one instance of several has printed does not wait for the others.
    const outer = new Set([...(this.#outer.get(each.task.name) ?? []), ...(hasAxes ? [] : [generator])]);
    const further = [...outer].map((task) => (each.axes.length === 0 ? task : { task, match: [] }));
    const built = builder.build(each, [...needs, ...further]);
    const neededBy = this.#neededBy.get(each.task.name);
    if (neededBy !== undefined) built["neededBy"] = [...neededBy];
    if (each.task.isGenerator) {
      if (depth >= DEEPEST) {
        this.#foreign.refuse(each.task.path, `more than ${DEEPEST} generators, each printed by the one before`);
      }
      built["generates"] = { tasks: "daggy", with: { ...this.#settings, depth: depth + 1 } };
    }
    return [each.name, built];
  }
}

function within(local: Placed, own: Placed | undefined): Placed {
  if (own === undefined) return local;
  const outer = isObject(local.value) ? local.value : {};
  return isObject(own.value) ? { value: { ...outer, ...own.value }, path: own.path } : own;
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([value]));
  else known.add(value);
}
