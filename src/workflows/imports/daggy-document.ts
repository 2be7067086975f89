import { isObject } from "../document/schema-words.ts";
import type { Path, PlaceOf } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";
import type { Imported } from "./imported.ts";
import { taskNameOf, UniqueNames } from "./names.ts";
import { edgesOf } from "./daggy-edges.ts";
import { needsOf } from "./daggy-needs.ts";
import { settingsOf } from "./daggy-settings.ts";
import { type Job, NO_JOB, readJob } from "./daggy-job.ts";
import { readParameters } from "./daggy-parameters.ts";
import { PlacedParameters } from "./daggy-placed-parameters.ts";
import { type PreparedTask, TaskBuilder } from "./daggy-task-builder.ts";
import { type DaggyTask, dialectOf, readTask } from "./daggy-task.ts";
import { noteUnknown } from "./daggy-words.ts";

/** Words of a whole document, in both dialects. */
const KNOWN = [
  ...["tasks", "parameters", "taskParameters", "jobDefaults", "executionParameters", "tags", "pool"],
  "allowUnknownPlaceholders",
];

const OLD_LIST =
  "tasks stand in an object by their names; a list of tasks with class is an older form, which daggyr refuses, too";

/** A document of Daggy, as it becomes one of ours. */
export class DaggyDocument {
  readonly #foreign: ForeignTree;
  /** What is read of it, by name. */
  readonly #found = new Map<string, Placed>();
  /** What tasks are called in ours. */
  readonly #names = new Map<string, string>();
  readonly #unique = new UniqueNames();
  /** Names that have become others. */
  readonly #renamed: Record<string, string> = {};

  constructor(foreign: ForeignTree) {
    this.#foreign = foreign;
  }

  /** @param name of our document. */
  imported(name: string): Imported | undefined {
    const tasks = this.#read();
    if (tasks === undefined) return undefined;
    const foreign = this.#foreign;
    const dialect = dialectOf(tasks);
    const nameOf = (task: string): string => this.#names.get(task) ?? taskNameOf(task);
    const defaults = this.#defaults();
    const read = tasks.map(([task, placed]) => readTask(task, placed, { dialect, defaults, nameOf }, foreign));
    const known = readParameters(this.#parameters(), dialect, foreign);
    const parameters = PlacedParameters.of(known, read, { dialect, foreign });
    const allowsUnknown = this.#allowsUnknown();
    const builder = new TaskBuilder({ parameters, allowsUnknown, nameOf }, foreign);
    const prepared = read.map((task) => builder.prepare(task));
    const needs = needsOf(prepared, edgesOf(read, foreign), { dialect, foreign });
    const tasksBuilt = prepared.map(
      (each) => [each.name, builder.build(each, needs.get(each.task.name) ?? [])] as const,
    );
    const built: Record<string, Record<string, unknown>> = Object.fromEntries(tasksBuilt);
    const generators = prepared.filter(({ task }) => task.isGenerator);
    if (generators.length > 0) {
      const settings = settingsOf(parameters, {
        dialect,
        defaults: this.#found.get("jobDefaults")?.value,
        allowsUnknown,
        names: this.#renamed,
      });
      for (const { name: generator } of generators)
        Object.assign(built[generator] ?? {}, { generates: { tasks: "daggy", with: settings } });
    }
    const { params, axes } = this.#values(parameters, builder.used, generators.length > 0);
    const description = this.#description();
    return {
      document: {
        name,
        ...(description === undefined ? {} : { description }),
        ...(Object.keys(params).length === 0 ? {} : { params }),
        ...(Object.keys(axes).length === 0 ? {} : { axes }),
        tasks: built,
      },
      notes: foreign.notes,
      placeOf: this.#placeOf(prepared, parameters),
    };
  }

  /** Finds the parts of the document. Undefined, with mistakes, without any tasks. */
  #read(): readonly (readonly [name: string, task: Placed])[] | undefined {
    const foreign = this.#foreign;
    const { value } = foreign.tree;
    if (!isObject(value)) {
      foreign.refuse([], "a Daggy document is an object with tasks");
      return undefined;
    }
    const root = foreign.object({ value, path: [] });
    for (const [name, placed] of root) {
      const isBlock = name === "job" && isParameterBlock(placed.value);
      if (KNOWN.includes(name) || isBlock) this.#found.set(name, placed);
      else noteUnknown(name, placed.path, KNOWN, [], foreign);
    }
    const tasks = this.#found.get("tasks");
    if (tasks === undefined || Array.isArray(tasks.value)) {
      foreign.refuse(tasks?.path ?? [], tasks === undefined ? '"tasks" is missing' : OLD_LIST);
      return undefined;
    }
    const entries = foreign.object(tasks);
    if (entries.length === 0 && isObject(tasks.value)) foreign.refuse(tasks.path, "there is no task");
    for (const [name, { path }] of entries) {
      const ours = this.#unique.take(taskNameOf(name));
      this.#names.set(name, ours);
      if (ours === name) continue;
      this.#renamed[name] = ours;
      foreign.note(["tasks", ours], path, `the task ${JSON.stringify(name)} is called ${ours} here`);
    }
    return entries;
  }

  #defaults(): Job {
    const placed = this.#found.get("jobDefaults");
    return placed === undefined ? NO_JOB : readJob(placed, [], this.#foreign);
  }

  /** The block of parameters, which has had other names. */
  #parameters(): Placed {
    const usual = this.#found.get("parameters");
    if (usual !== undefined) return usual;
    const other = this.#found.get("taskParameters") ?? this.#found.get("job");
    if (other === undefined) return { value: undefined, path: [] };
    this.#foreign.note(["params"], other.path, `${String(other.path[0])} is taken for parameters`);
    return other;
  }

  #allowsUnknown(): boolean {
    const placed = this.#found.get("allowUnknownPlaceholders");
    return placed !== undefined && this.#foreign.truth(placed);
  }

  /** What people have noted of it. What a server would be told has no place: that is chosen where a run begins. */
  #description(): string | undefined {
    const foreign = this.#foreign;
    for (const word of ["pool", "executionParameters"]) {
      const placed = this.#found.get(word);
      const text = `${word} is left out: hosts are chosen where a run begins, and context says which of them a task may have`;
      if (placed !== undefined) foreign.note([], placed.path, text);
    }
    const tags = this.#found.get("tags");
    const said = tags === undefined ? [] : foreign.object(tags);
    if (said.length === 0) return undefined;
    return `tags: ${said.map(([tag, placed]) => `${tag}=${foreign.text(placed) ?? ""}`).join(", ")}`;
  }

  /** Parameters and axes of our document. */
  #values(
    { all, dollar }: PlacedParameters,
    used: ReadonlySet<string>,
    mayBeUsed: boolean,
  ): { readonly params: Record<string, unknown>; readonly axes: Record<string, unknown> } {
    const params: Record<string, unknown> = {};
    const axes: Record<string, unknown> = {};
    for (const { key, kind, name, values, placed, whyRenamed } of all) {
      if (!mayBeUsed && !used.has(key)) {
        // It would be a variable of all tasks, which with Daggy have none.
        this.#foreign.note([], placed.path, `no task names ${key}, and it is left out`);
        continue;
      }
      const about = kind === "axis" ? ["axes", name] : ["params", name];
      if (whyRenamed !== undefined) this.#foreign.note(about, placed.path, whyRenamed);
      if (kind === "param") params[name] = values[0] ?? "";
      else if (kind === "axis") axes[name] = values;
    }
    if (dollar !== undefined) {
      params[dollar] = "$";
      this.#foreign.note(["params", dollar], [], "stands for a dollar sign that comes right before a value");
    }
    return { params, axes };
  }

  #placeOf(prepared: readonly PreparedTask[], { all }: PlacedParameters): PlaceOf {
    const { tree } = this.#foreign;
    const tasks = new Map(prepared.map(({ name, task }) => [name, task]));
    const values = new Map(all.map(({ name, placed }) => [name, placed.path]));
    return ([kind, name = "", ...rest], what) => {
      const task = kind === "tasks" ? tasks.get(String(name)) : undefined;
      if (task !== undefined) return tree.placeOf(originOf(task, rest), what);
      const value = kind === "params" || kind === "axes" ? values.get(String(name)) : undefined;
      return tree.placeOf(value ?? [], what);
    };
  }
}

/** A `job` that stands where parameters stand, as an example has it, and that is nothing to run. */
function isParameterBlock(value: unknown): boolean {
  return isObject(value) && !("command" in value) && !("commandString" in value);
}

/** Where it stands in a task of Daggy what has become this of ours. */
function originOf(task: DaggyTask, [word, ...rest]: Path): Path {
  const { job, path } = task;
  switch (word) {
    case "command":
      return job.command === undefined ? path : [...job.command.path, ...(job.command.isSplit ? [] : rest)];
    case "env":
      return job.environment.get(String(rest[0]))?.path ?? path;
    case "workdir":
      return job.workDir?.path ?? path;
    case "needs":
      return [...path, "parents"];
    default:
      return job.terms.get(String(word))?.path ?? path;
  }
}
