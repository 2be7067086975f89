import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { Path, PlaceOf } from "../document/tree.ts";
import { printName } from "../graph/instance-name.ts";
import { refuseCircle } from "./daggy-edges.ts";
import type { ForeignTree } from "./foreign-tree.ts";
import type { Imported } from "./imported.ts";
import { taskNameOf, UniqueNames, variableNameOf } from "./names.ts";
import { type App, readApp, type StolosOptions } from "./stolos-app.ts";
import { type AppAxis, axesOfApps } from "./stolos-axes.ts";
import { StolosNeeds } from "./stolos-needs.ts";
import { printedAxis, StolosTask } from "./stolos-task.ts";

/** How a document of Stolos is understood. */
export interface StolosForm extends StolosOptions {
  /** `all`: a job needs all groups that are for it, as Stolos does it; otherwise one of them, as its README has it. */
  readonly groups?: "any" | "all" | undefined;
}

/** Failing attempts that Stolos's runner allows where nothing is said. */
const USUAL_ATTEMPTS = 5;

/** The apps of Stolos, as they become tasks. */
export class StolosDocument {
  readonly #foreign: ForeignTree;
  readonly #form: StolosForm;
  readonly #apps = new Map<string, App>();
  readonly #names = new UniqueNames();
  /** Names of axes, by identifier. */
  readonly #axisNames = new Map<string, string>();

  constructor(foreign: ForeignTree, form: StolosForm) {
    this.#foreign = foreign;
    this.#form = form;
  }

  /** @param name of our document. */
  imported(name: string): Imported {
    const foreign = this.#foreign;
    const { value } = foreign.tree;
    const entries = foreign.object({ value, path: [] });
    const before = foreign.mistakes.count;
    if (entries.length === 0) foreign.refuse([], "there is no app");
    for (const [app, placed] of entries) this.#read(app, placed);
    const needs = new StolosNeeds(
      this.#apps,
      entries.map(([app]) => app),
      foreign,
    );
    const groups = new Map([...this.#apps.values()].map((app) => [app.name, needs.groupsOf(app)]));
    this.#refuseCircle();
    const axes = axesOfApps(this.#apps, groups);
    if (foreign.mistakes.count === before) this.#checkValues(axes);
    const common = this.#commonAxes(axes);
    const around = {
      ...{ apps: this.#apps, axes, axisName: (identifier: string) => this.#axisName(identifier) },
      isCommon: (identifier: string) => common.has(identifier),
      needsAllGroups: this.#form.groups === "all",
    };
    const tasks: Record<string, Record<string, unknown>> = {};
    for (const app of this.#apps.values()) {
      tasks[app.task] = new StolosTask(app, around, foreign).build(groups.get(app.name) ?? []);
    }
    this.#tellAll();
    const axesByName = [...common].map(
      ([identifier, axis]) => [this.#axisName(identifier), printedAxis(axis)] as const,
    );
    return {
      document: {
        name,
        ...(axesByName.length === 0 ? {} : { axes: Object.fromEntries(axesByName) }),
        defaults: { retries: USUAL_ATTEMPTS - 1 },
        tasks,
      },
      notes: foreign.notes,
      placeOf: this.#placeOf(),
      instanceOf: (text) => this.#instanceOf(text),
    };
  }

  #read(name: string, placed: { readonly value: unknown; readonly path: Path }): void {
    const task = this.#names.take(taskNameOf(name));
    if (task !== name)
      this.#foreign.note(["tasks", task], placed.path, `the app ${quoteWord(name)} is called ${task} here`);
    const app = readApp([name, task], placed, this.#form, this.#foreign);
    if (app !== undefined) this.#apps.set(name, app);
  }

  /** What holds for the whole document. */
  #tellAll(): void {
    const note = (about: Path, text: string): void => this.#foreign.note(about, [], text);
    note(["defaults", "retries"], "Stolos's runner tries a job five times in all where --max_retry says nothing else");
    note(
      [],
      'values are text: 1 and "1" are the same, and 01 is another one; what functions of Python would make of them counts no more',
    );
    if ([...this.#apps.values()].some(({ groups }) => groups !== undefined)) {
      note(
        [],
        "a job that depends on something is blocked when no group is for it; Stolos would run it without what it needs",
      );
    }
  }

  #axisName(identifier: string): string {
    const known = this.#axisNames.get(identifier);
    if (known !== undefined) return known;
    const taken = new Set(this.#axisNames.values());
    const wished = variableNameOf(identifier);
    let name = wished;
    for (let i = 2; taken.has(name); i++) name = `${wished}_${i}`;
    this.#axisNames.set(identifier, name);
    if (name !== identifier) {
      this.#foreign.note(["axes", name], [], `the identifier ${quoteWord(identifier)} is called ${name} here`);
    }
    return name;
  }

  /** Axes that are the same for all apps that have them. */
  #commonAxes(axes: ReadonlyMap<string, ReadonlyMap<string, AppAxis>>): ReadonlyMap<string, AppAxis> {
    const common = new Map<string, AppAxis | undefined>();
    for (const own of axes.values()) {
      for (const [identifier, axis] of own) {
        const isSame = !common.has(identifier) || isDeepStrictEqual(common.get(identifier), axis);
        common.set(identifier, isSame ? axis : undefined);
      }
    }
    return new Map(
      [...common].flatMap(([identifier, axis]) => (axis === undefined ? [] : [[identifier, axis] as const])),
    );
  }

  /** Values that would make job ids which are read as others. */
  #checkValues(axes: ReadonlyMap<string, ReadonlyMap<string, AppAxis>>): void {
    for (const app of this.#apps.values()) {
      for (const [identifier, axis] of axes.get(app.name) ?? []) {
        for (const value of axis === "open" ? [] : axis.values) {
          const wrong = app.template.whyNot(identifier, value);
          if (wrong !== undefined)
            this.#foreign.refuse(app.path, `a job id of ${app.name} could not be read: ${wrong}`, undefined, "key");
        }
      }
    }
  }

  #refuseCircle(): void {
    const apps = [...this.#apps.values()];
    const parents = apps.map(({ name, groups = [] }): [string, ReadonlySet<string>] => {
      const all = groups.flatMap(({ clauses }) => clauses.flatMap((clause) => clause.apps.map(({ value }) => value)));
      return [name, new Set(all.filter((parent) => this.#apps.has(parent)))];
    });
    refuseCircle(apps, new Map(parents), this.#foreign);
  }

  /** The name of an instance for `APP:JOB_ID`; other names stay what they are. @throws UserError `unknown-goal`. */
  #instanceOf(text: string): string {
    const app = this.#apps.get(text);
    if (app !== undefined) return app.task;
    for (let colon = text.lastIndexOf(":"); colon > 0; colon = text.lastIndexOf(":", colon - 1)) {
      const named = this.#apps.get(text.slice(0, colon));
      if (named === undefined) continue;
      const values = named.template.parse(text.slice(colon + 1));
      if (values === undefined) {
        const template = quoteWord(named.template.text);
        throw new UserError(
          "unknown-goal",
          `${quoteWord(text)} is no job of ${named.name}, whose template is ${template}`,
        );
      }
      return printName(
        named.task,
        Array.from(values, ([identifier, value]) => [this.#axisName(identifier), value]),
      );
    }
    return text;
  }

  #placeOf(): PlaceOf {
    const { tree } = this.#foreign;
    const tasks = new Map([...this.#apps.values()].map((app) => [app.task, app]));
    return ([kind, name = "", word], what) => {
      const app = kind === "tasks" ? tasks.get(String(name)) : undefined;
      return tree.placeOf(app === undefined ? [] : originOf(app, word), what);
    };
  }
}

/** Where it stands in an app what has become this word of its task. */
function originOf({ path, command }: App, word: Path[number] | undefined): Path {
  if (word === "run" || word === "command") return command?.path ?? path;
  if (word === "needs") return [...path, "depends_on"];
  if (word === "matrix") return [...path, "job_id"];
  if (word === "when") return [...path, "valid_if_or"];
  return word === "retries" ? [...path, "max_retry"] : path;
}
