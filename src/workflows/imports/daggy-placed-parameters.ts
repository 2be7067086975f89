import type { ForeignTree } from "./foreign-tree.ts";
import { UniqueNames, variableNameOf } from "./names.ts";
import type { JobText } from "./daggy-job.ts";
import { type Parameter, type PlacedParameter, readParameters } from "./daggy-parameters.ts";
import type { DaggyTask } from "./daggy-task.ts";
import type { Dialect } from "./daggy-words.ts";

/** What has variables of its own: a task, by what it gives them. */
type Environment = ReadonlyMap<string, JobText>;

interface ParameterSettings {
  readonly dialect: Dialect;
  readonly foreign: ForeignTree;
  /** Name of our parameter whose value is a dollar sign, where there is one. */
  readonly dollar?: string | undefined;
}

/** Stands for the values of a parameter that has some, where nobody knows which. */
export const UNKNOWN_VALUES: readonly string[] = ["?"];

/** The parameters of a document, each with what it is in ours. */
export class PlacedParameters {
  /** Parameters of all tasks, in their order. */
  readonly all: readonly PlacedParameter[];
  readonly #dialect: Dialect;
  readonly #foreign: ForeignTree;
  readonly #names: UniqueNames;
  /** Names of axes that only tasks have, by what the document calls them. */
  readonly #own = new Map<string, string>();
  #dollar: string | undefined;

  private constructor(
    all: readonly PlacedParameter[],
    names: UniqueNames,
    { dialect, foreign, dollar }: ParameterSettings,
  ) {
    this.all = all;
    this.#names = names;
    this.#dialect = dialect;
    this.#foreign = foreign;
    this.#dollar = dollar;
  }

  /** Gives names to the parameters of a document. */
  static of(
    parameters: readonly Parameter[],
    tasks: readonly DaggyTask[],
    settings: ParameterSettings,
  ): PlacedParameters {
    const environments = environmentsOf(tasks);
    const names = new UniqueNames();
    const all = parameters.map((parameter) => {
      const kind = parameter.values.length > 1 ? "axis" : parameter.values.length === 1 ? "param" : "text";
      const possible = variableNameOf(parameter.key);
      const hasClash = [...(environments.get(possible) ?? [])].some((text) => text !== parameter.literal);
      const name = names.take(hasClash ? `${possible}_value` : possible);
      const why = name === parameter.key ? undefined : whyRenamed(parameter.key, name, hasClash);
      return { ...parameter, kind, name, whyRenamed: why } satisfies PlacedParameter;
    });
    return new PlacedParameters(all, names, settings);
  }

  /** Parameters that have their names already, for tasks that come later. */
  static again(all: readonly PlacedParameter[], settings: ParameterSettings): PlacedParameters {
    const names = new UniqueNames();
    for (const { name } of all) if (name !== "") names.take(name);
    return new PlacedParameters(all, names, settings);
  }

  /** Parameters that count for a task: its own ones count more than those of all tasks. */
  of(task: DaggyTask): readonly PlacedParameter[] {
    if (task.parameters === undefined) return this.all;
    const own = new Map(readParameters(task.parameters, this.#dialect, this.#foreign).map((each) => [each.key, each]));
    const merged = this.all.map((each) => {
      const mine = own.get(each.key);
      own.delete(each.key);
      return mine === undefined || isSame(mine.values, each.values) ? each : this.#ofTask(mine, task, each);
    });
    return [...merged, ...[...own.values()].map((each) => this.#ofTask(each, task, undefined))];
  }

  /** Name of our parameter whose value is a dollar sign; undefined while nobody needs one. */
  get dollar(): string | undefined {
    return this.#dollar;
  }

  /** The same, from now on. */
  needDollar(): string {
    this.#dollar ??= this.#names.take("dollar");
    return this.#dollar;
  }

  #ofTask(own: Parameter, { job }: DaggyTask, outer: PlacedParameter | undefined): PlacedParameter {
    // A parameter of ours has one value in all tasks.
    if (own.values.length < 2) return { ...own, kind: "text", name: "" };
    const usual = outer?.kind === "axis" ? outer.name : this.#nameOfOwn(own);
    const text = job.environment.get(usual)?.text;
    const hasClash = text !== undefined && text !== own.literal;
    return { ...own, kind: "axis", name: hasClash ? this.#names.take(`${usual}_value`) : usual };
  }

  #nameOfOwn({ key, placed }: Parameter): string {
    const known = this.#own.get(key);
    if (known !== undefined) return known;
    const name = this.#names.take(variableNameOf(key));
    this.#own.set(key, name);
    if (name !== key) this.#foreign.note([], placed.path, whyRenamed(key, name, false));
    return name;
  }
}

/** Texts that tasks give to variables, by the variable; one of its own stands for a parameter that the task has for itself. */
function environmentsOf(tasks: readonly DaggyTask[]): ReadonlyMap<string, ReadonlySet<string | undefined>> {
  const texts = new Map<string, Set<string | undefined>>();
  for (const { job, parameters } of tasks) {
    for (const [name, { text }] of job.environment satisfies Environment) {
      const known = texts.get(name) ?? new Set();
      known.add(parameters === undefined ? text : undefined);
      texts.set(name, known);
    }
  }
  return texts;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return others !== UNKNOWN_VALUES && some.length === others.length && some.every((value, i) => value === others[i]);
}

function whyRenamed(key: string, name: string, hasClash: boolean): string {
  const shown = JSON.stringify(key);
  return hasClash
    ? `the parameter ${shown} is called ${name}: tasks have a variable of that name with another value`
    : `the parameter ${shown} is called ${name}: its values are in a variable of that name`;
}
