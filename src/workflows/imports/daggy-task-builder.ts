import type { Path } from "../document/tree.ts";
import type { ForeignTree } from "./foreign-tree.ts";
import { type JobText, textsOf } from "./daggy-job.ts";
import type { PlacedParameter } from "./daggy-parameters.ts";
import type { PlacedParameters } from "./daggy-placed-parameters.ts";
import { Placer } from "./daggy-placer.ts";
import type { DaggyTask } from "./daggy-task.ts";

/** A task with the parameters that it names. */
export interface PreparedTask {
  readonly task: DaggyTask;
  /** Its name in our document. */
  readonly name: string;
  readonly placer: Placer;
  /** In their order: the first one varies slowest. */
  readonly axes: readonly PlacedParameter[];
}

interface BuilderSettings {
  readonly parameters: PlacedParameters;
  /** Names in braces that no parameter has stay as they are. */
  readonly allowsUnknown: boolean;
  readonly nameOf: (name: string) => string;
}

/** Makes tasks of ours of those of Daggy. */
export class TaskBuilder {
  readonly #settings: BuilderSettings;
  readonly #foreign: ForeignTree;
  /** For tasks without parameters of their own. */
  readonly #placer: Placer;
  /** Keys of the parameters that some task names. */
  readonly used = new Set<string>();

  constructor(settings: BuilderSettings, foreign: ForeignTree) {
    this.#settings = settings;
    this.#foreign = foreign;
    this.#placer = this.#placerFor(settings.parameters.all);
  }

  /** Finds out which parameters a task names: those are its axes. */
  prepare(task: DaggyTask): PreparedTask {
    const parameters = this.#settings.parameters.of(task);
    const placer = parameters === this.#settings.parameters.all ? this.#placer : this.#placerFor(parameters);
    const named = new Set<PlacedParameter>();
    for (const text of textsOf(task.job)) for (const each of this.#namedIn(text, placer)) named.add(each);
    for (const { key, values, placed } of named) {
      this.used.add(key);
      if (values.length > 0) continue;
      const why = `${JSON.stringify(task.name)} names it, and would have no instance`;
      this.#foreign.refuse(placed.path, `a parameter without values: ${why}`);
    }
    const axes = parameters.filter((each) => each.kind === "axis" && named.has(each));
    const prepared = { task, name: this.#settings.nameOf(task.name), placer, axes };
    this.#noteDefaults(prepared);
    this.#noteSplit(prepared, named);
    return prepared;
  }

  /** The task in our words. @param needs what it needs, as our documents say it. */
  build({ task, name, placer, axes }: PreparedTask, needs: readonly unknown[]): Record<string, unknown> {
    const { job, retries, interval } = task;
    const { all } = this.#settings.parameters;
    const matrix = axes.map((axis) => (all.includes(axis) ? axis.name : { [axis.name]: axis.values }));
    const built: Record<string, unknown> = {};
    if (matrix.length > 0) built["matrix"] = matrix;
    if (needs.length > 0) built["needs"] = needs;
    built["command"] = (job.command?.words ?? []).map(({ text }) => placer.place(text));
    const env = this.#environment(task, placer);
    if (Object.keys(env).length > 0) built["env"] = env;
    if (job.workDir !== undefined) built["workdir"] = placer.place(job.workDir.text);
    for (const [word, { value }] of job.terms) if (value !== undefined) built[word] = value;
    if (retries > 0) built["retries"] = interval > 0 ? { max: retries, delay: interval } : retries;
    else if (interval > 0)
      this.#foreign.note(["tasks", name], task.path, "there are no retries whose interval would count");
    return built;
  }

  #placerFor(parameters: readonly PlacedParameter[]): Placer {
    return new Placer(parameters, () => this.#settings.parameters.needDollar());
  }

  #namedIn({ text, path }: JobText, placer: Placer): readonly PlacedParameter[] {
    const { parameters, unknown } = placer.named(text);
    for (const token of this.#settings.allowsUnknown ? [] : unknown) {
      const hint = "add it to parameters, or write allowUnknownPlaceholders: true beside them to keep such texts";
      this.#foreign.refuse(path, `no parameter has the name of ${token}`, hint);
    }
    return parameters;
  }

  /** A variable that only repeats a parameter is there without being said. */
  #environment({ job }: DaggyTask, placer: Placer): Record<string, string> {
    const env: Record<string, string> = {};
    for (const [variable, { text }] of job.environment) {
      const { parameters } = placer.named(text);
      const [only] = parameters;
      const isSame = only !== undefined && only.kind !== "text" && only.name === variable && only.literal === text;
      if (!isSame) env[variable] = placer.place(text);
    }
    return env;
  }

  #noteDefaults({ task, name, placer, axes }: PreparedTask): void {
    if (task.job === task.own || axes.length === 0) return;
    const own = new Set(textsOf(task.own).flatMap(({ text }) => placer.named(text).parameters));
    const others = axes.filter((axis) => !own.has(axis)).map(({ key }) => key);
    if (others.length === 0) return;
    const text = `jobDefaults name ${others.join(", ")}: so this task has an instance for each value`;
    this.#foreign.note(["tasks", name], task.path, text);
  }

  #noteSplit({ task: { job }, name }: PreparedTask, named: ReadonlySet<PlacedParameter>): void {
    const odd = [...named].find(({ values }) => values.some((value) => value === "" || /[\s'"\\]/.test(value)));
    if (job.command?.isSplit !== true || odd === undefined) return;
    const about: Path = ["tasks", name, "command"];
    const text = `commandString is split before values are put in: each value of ${odd.key} stays within its word`;
    this.#foreign.note(about, job.command.path, text);
  }
}
