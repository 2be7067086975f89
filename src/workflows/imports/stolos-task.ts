import { isDeepStrictEqual } from "node:util";
import type { ForeignTree } from "./foreign-tree.ts";
import type { App } from "./stolos-app.ts";
import type { AppAxis } from "./stolos-axes.ts";
import { commandOf } from "./stolos-command.ts";
import type { NeededApp, NeededGroup } from "./stolos-needs.ts";

/** What tasks of all apps are made with. */
export interface StolosSurroundings {
  readonly apps: ReadonlyMap<string, App>;
  readonly axes: ReadonlyMap<string, ReadonlyMap<string, AppAxis>>;
  /** What the axis of an identifier is called. */
  readonly axisName: (identifier: string) => string;
  /** The axis stands at the beginning of the document. */
  readonly isCommon: (identifier: string) => boolean;
  /** All groups that apply are needed, and not one of them. */
  readonly needsAllGroups: boolean;
}

type Task = Record<string, unknown>;
type When = Map<string, readonly string[]>;

/** Makes the task of an app. */
export class StolosTask {
  readonly #app: App;
  readonly #around: StolosSurroundings;
  readonly #foreign: ForeignTree;

  constructor(app: App, around: StolosSurroundings, foreign: ForeignTree) {
    this.#app = app;
    this.#around = around;
    this.#foreign = foreign;
  }

  build(groups: readonly NeededGroup[]): Task {
    const { command, retries, template } = this.#app;
    const { axisName } = this.#around;
    const isIdentifier = (name: string): boolean => template.identifiers.includes(name);
    const surroundings = {
      app: this.#app.name,
      axisOf: (name: string) => (isIdentifier(name) ? axisName(name) : undefined),
      jobId: template.identifiers.length === 0 ? [template.text] : this.#jobId(),
    };
    const run = command === undefined ? {} : commandOf(command.text, command.path, surroundings, this.#foreign);
    const matrix = template.identifiers.map((identifier) => this.#axis(identifier));
    const valid = this.#valid();
    return {
      ...(matrix.length === 0 ? {} : { matrix }),
      ...(valid === "none" ? { if: "failure" } : { ...valid, ...this.#needs(groups) }),
      ...run,
      ...(retries === undefined ? {} : { retries }),
    };
  }

  #jobId(): readonly string[] {
    const { axisName } = this.#around;
    const { template } = this.#app;
    return template.text.split(/\{(.*?)\}/).map((part, i) => (i % 2 === 0 ? part : axisName(part)));
  }

  #axis(identifier: string): unknown {
    const { axisName, isCommon } = this.#around;
    const name = axisName(identifier);
    if (isCommon(identifier)) return name;
    const axis = this.#axisOf(this.#app.name, identifier);
    if (axis !== "open" && this.#app.groups === undefined) {
      const text =
        "jobs with other values, which Stolos would run, are none here: autofill_values are all values of the axis";
      this.#foreign.note(["tasks", this.#app.task, "matrix"], [...this.#app.path, "autofill_values"], text);
    }
    return { [name]: printedAxis(axis) };
  }

  #axisOf(app: string, identifier: string): AppAxis {
    return this.#around.axes.get(app)?.get(identifier) ?? "open";
  }

  #needs(groups: readonly NeededGroup[]): Task {
    const read = groups.flatMap((group) => {
      const when = this.#whenOf(group);
      return when === undefined ? [] : [{ group, when, needs: group.needed.map((needed) => this.#need(needed, when)) }];
    });
    if (groups.length > 0 && read.length === 0 && this.#foreign.mistakes.count === 0) {
      const message = `no group of ${this.#app.name} applies to any job: its parents lack all values that it may have`;
      this.#foreign.refuse(this.#app.path, message, undefined, "key");
    }
    if (read.length === 0) return {};
    if (read.length > 1) this.#tellOverlap(read);
    if (read.length > 1 && !this.#around.needsAllGroups) return { needs: { any: read.map(({ needs }) => needs) } };
    const all = read.flatMap(({ needs }) => needs);
    return { needs: all.filter((need, i) => all.findIndex((other) => isDeepStrictEqual(other, need)) === i) };
  }

  /** For which jobs a group is: those that it names, and that parents can be for. Undefined for none. */
  #whenOf({ name, when: said, needed, path }: NeededGroup): When | undefined {
    const when: When = new Map(said);
    const own = new Set(this.#app.template.identifiers);
    for (const { app, values } of needed) {
      for (const [identifier, axis] of this.#around.axes.get(app) ?? []) {
        if (axis === "open" || values.has(identifier) || !own.has(identifier)) continue;
        const known = when.get(identifier) ?? this.#valuesOf(identifier);
        const there = new Set(axis.values);
        // Without this a job whose parent does not exist would have nothing to wait for.
        when.set(identifier, known?.filter((value) => there.has(value)) ?? axis.values);
      }
    }
    for (const [identifier, values] of when) {
      if (values.length === 0) {
        const text = `the group ${name} is left out: its parents lack all values of ${identifier}`;
        this.#foreign.note(["tasks", this.#app.task], path, text);
        return undefined;
      }
      if (this.#valuesOf(identifier)?.length === values.length) when.delete(identifier);
    }
    return when;
  }

  /** All values that an axis of the app has; undefined for an open one. */
  #valuesOf(identifier: string): readonly string[] | undefined {
    const axis = this.#axisOf(this.#app.name, identifier);
    return axis === "open" ? undefined : axis.values;
  }

  #need({ app, values }: NeededApp, when: When): unknown {
    const { apps, axisName } = this.#around;
    const own = new Set(this.#app.template.identifiers);
    const match = [...values].filter(([identifier, list]) => {
      const axis = this.#axisOf(app, identifier);
      return axis === "open" || own.has(identifier) || !isSame(axis.values, list);
    });
    const task = apps.get(app)?.task ?? app;
    const print = (entries: Iterable<readonly [string, readonly string[]]>): Record<string, unknown> =>
      Object.fromEntries(Array.from(entries, ([name, list]) => [axisName(name), list.map(plainValue)]));
    if (match.length === 0 && when.size === 0) return task;
    return {
      task,
      ...(match.length === 0 ? {} : { match: print(match) }),
      ...(when.size === 0 ? {} : { when: print(when) }),
    };
  }

  /** Tells of groups that may both apply: what is documented is not what is done. */
  #tellOverlap(read: ReadonlyArray<{ readonly group: NeededGroup; readonly when: When }>): void {
    const overlap = read.find(({ when }, i) => read.slice(i + 1).some((other) => !isApart(when, other.when)));
    if (overlap === undefined) return;
    const text = this.#around.needsAllGroups
      ? "of several groups all that are for a job are needed, as Stolos does it"
      : "one group is enough, as Stolos's README has it; Stolos itself waits for all that are for a job: --groups all";
    this.#foreign.note(["tasks", this.#app.task, "needs"], overlap.group.path, text);
  }

  /** Which jobs are valid, as a word of the task; `none` where no job is. */
  #valid(): Task | "none" {
    const { path, task, valid } = this.#app;
    if (valid === undefined) return {};
    const { axisName } = this.#around;
    const choices = [...valid].flatMap(([identifier, { values }]) => {
      const there = this.#valuesOf(identifier);
      const left = there === undefined ? values : values.filter((value) => there.includes(value));
      return left.length === 0 ? [] : [{ [axisName(identifier)]: left.map(plainValue) }];
    });
    if (choices.length > 0) return { when: choices.length === 1 ? choices[0] : choices };
    const text = "valid_if_or accepts no job: all are skipped, here by a condition that is never met";
    this.#foreign.note(["tasks", task, "if"], [...path, "valid_if_or"], text);
    return "none";
  }
}

/** Whether no job has values of both. */
function isApart(one: When, other: When): boolean {
  return [...one].some(
    ([identifier, values]) => other.get(identifier)?.every((value) => !values.includes(value)) === true,
  );
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const all = new Set(one);
  return one.length === other.length && other.every((value) => all.has(value));
}

/** An axis as documents say it. */
export function printedAxis(axis: AppAxis): unknown {
  if (axis === "open") return { open: true };
  if (axis.range === undefined || axis.values.length === 1) return axis.values.map(plainValue);
  const { from, to, step } = axis.range;
  return step === 1 ? { from, to } : { from, to, step };
}

/** A value as people would write it: whole numbers without quotes. */
function plainValue(value: string): string | number {
  return /^(?:0|-?[1-9][0-9]{0,14})$/.test(value) ? Number(value) : value;
}
