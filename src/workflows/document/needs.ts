import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { readExpression } from "./expression.ts";
import { KnownNames } from "./names.ts";
import type { NeedShape, TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import type { Axis, AxisMatch, Edge, Template } from "./workflow.ts";

/** What a document can need: its tasks and those of its groups, by the names that it has for them. */
export interface Needable {
  /** The templates that a name stands for: a task, or all ends of a group; undefined for an unknown one. */
  find(name: string): readonly Template[] | undefined;
  readonly names: KnownNames;
  axesOf(template: Template): readonly Axis[];
  /** Whether it has axes that could not be read. What is said of those is no other mistake. */
  lacksAxes(template: Template): boolean;
}

type Alternatives = readonly (readonly Edge[])[];

/** What a task needs, as it is said; everything that it names is checked. A template is what the edges lead to. */
export class NeedsReader {
  readonly #scope: Scope;
  readonly #needable: Needable;

  constructor(scope: Scope, needable: Needable) {
    this.#scope = scope;
    this.#needable = needable;
  }

  /** What `child` needs. Said of a group, each of its roots needs it. */
  read(said: TaskShape["needs"], path: Path, child: Template): Alternatives {
    if (said === undefined) return NONE;
    const isAny = isObject(said) && "any" in said;
    const alternatives = isAny
      ? said.any.map((alternative, i) => this.#all(alternative, [...path, "any", i], child))
      : [this.#all(said, path, child)];
    this.#refuseClash(alternatives, path);
    return alternatives;
  }

  /** Two tasks whose states would be one variable. */
  #refuseClash(alternatives: Alternatives, path: Path): void {
    if (alternatives.length === 1 && (alternatives[0]?.length ?? 0) < 2) return;
    const names = new Map<string, string>();
    for (const { parent } of alternatives.flat()) {
      const variable = parent.replaceAll(/[/-]/g, "_");
      const other = names.get(variable) ?? parent;
      names.set(variable, other);
      if (other === parent) continue;
      const message = `the states of ${quoteWord(other)} and ${quoteWord(parent)} would be one variable, STATE_${variable}`;
      this.#scope.mistakes.at(this.#scope.tree, path, { message, hint: "give one of them another name" });
    }
  }

  #all(needs: NeedShape | readonly NeedShape[], path: Path, child: Template): readonly Edge[] {
    if (!isList(needs)) return this.#edges(needs, path, child);
    const before = this.#scope.mistakes.count;
    const edges = needs.flatMap((need, i) => this.#edges(need, [...path, i], child));
    if (this.#scope.mistakes.count === before) this.#refuseTwice(edges, path);
    return edges;
  }

  #refuseTwice(edges: readonly Edge[], path: Path): void {
    if (edges.length < 2) return;
    const seen = new Set<string>();
    for (const { parent, match } of edges) {
      const key = match.length === 0 ? parent : JSON.stringify([parent, match]);
      if (!seen.has(key)) seen.add(key);
      else this.#scope.mistakes.at(this.#scope.tree, path, { message: `needs ${quoteWord(parent)} twice` });
    }
  }

  #edges(need: NeedShape, path: Path, child: Template): readonly Edge[] {
    const { mistakes, tree } = this.#scope;
    const { task, match } = isObject(need) ? need : { task: need, match: undefined };
    const where = isObject(need) ? [...path, "task"] : path;
    const parents = this.#needable.find(task);
    if (parents === undefined) {
      mistakes.at(
        tree,
        where,
        mistakes.isListing ? this.#needable.names.unknown("task", task) : { message: "unknown task" },
      );
      return [];
    }
    return parents.map((parent) => {
      if (match === undefined && (parent.axes.length === 0 || child.axes.length === 0)) {
        return { parent: parent.name, place: child.place, match: NO_MATCH };
      }
      const reader = new MatchReader(this.#scope, [...path, "match"], this.#axes(parent), this.#axes(child));
      return { parent: parent.name, place: child.place, match: reader.read(match) };
    });
  }

  #axes(template: Template): Axes {
    return { all: this.#needable.axesOf(template), lacksSome: this.#needable.lacksAxes(template) };
  }
}

/** Axes of a template, as far as they could be read. */
interface Axes {
  readonly all: readonly Axis[];
  readonly lacksSome: boolean;
}

const NONE: Alternatives = [[]];
const NO_MATCH: readonly AxisMatch[] = [];

function isList(needs: NeedShape | readonly NeedShape[]): needs is readonly NeedShape[] {
  return Array.isArray(needs);
}

type MatchShape = Extract<NeedShape, object>["match"];

/** On which axes a task and one that it needs agree. */
class MatchReader {
  readonly #scope: Scope;
  readonly #path: Path;
  readonly #parent: Axes;
  readonly #child: Axes;

  constructor(scope: Scope, path: Path, parent: Axes, child: Axes) {
    this.#scope = scope;
    this.#path = path;
    this.#parent = parent;
    this.#child = child;
  }

  read(said: MatchShape): readonly AxisMatch[] {
    if (said === undefined) return this.#common(new Set());
    if (Array.isArray(said)) return said.flatMap((name, i) => this.#named(name, [...this.#path, i]));
    const given = Object.entries(said).flatMap(([name, value]) => this.#changed(name, value, [...this.#path, name]));
    return [...given, ...this.#common(new Set(Object.keys(said)))];
  }

  /** The natural join: all axes that both have, without those that are said otherwise. */
  #common(others: ReadonlySet<string>): AxisMatch[] {
    const matches: AxisMatch[] = [];
    for (const { name } of this.#parent.all) {
      if (others.has(name) || !this.#child.all.some((axis) => axis.name === name)) continue;
      matches.push({ axis: name, childAxis: name, from: 0, to: 0 });
    }
    return matches;
  }

  #named(name: string, path: Path): readonly AxisMatch[] {
    const { mistakes, tree } = this.#scope;
    if (this.#parent.lacksSome || this.#child.lacksSome) return [];
    const isShared = this.#axis(this.#parent, name) !== undefined && this.#axis(this.#child, name) !== undefined;
    if (isShared) return [{ axis: name, childAxis: name, from: 0, to: 0 }];
    const common = this.#common(new Set()).map(({ axis }) => axis);
    mistakes.at(tree, path, new KnownNames(() => common).unknown("axis that both have", name));
    return [];
  }

  #changed(name: string, said: string | { from: string; to: string }, path: Path): readonly AxisMatch[] {
    const { mistakes, tree } = this.#scope;
    const parent = this.#axis(this.#parent, name);
    if (parent === undefined && this.#parent.lacksSome) return [];
    if (parent === undefined) {
      const known = new KnownNames(() => this.#parent.all.map((axis) => axis.name));
      mistakes.at(tree, path, known.unknown("axis of the task that is needed", name), "key");
      return [];
    }
    const [from, to] = isObject(said)
      ? [this.#end(said.from, [...path, "from"]), this.#end(said.to, [...path, "to"])]
      : [this.#end(said, path), undefined];
    if (from === undefined || (isObject(said) && to === undefined)) return [];
    const last = to ?? from;
    if (last.child.name !== from.child.name) {
      mistakes.at(tree, path, { message: `from is of the axis ${from.child.name}, and to of ${last.child.name}` });
      return [];
    }
    if (last.plus < from.plus) {
      mistakes.at(tree, path, { message: "a window that ends before it begins", hint: "exchange from and to" });
      return [];
    }
    const isShift = from.plus !== 0 || last.plus !== 0;
    if (isShift && !this.#canShift(parent, from.child, path)) return [];
    return [{ axis: name, childAxis: from.child.name, from: from.plus, to: last.plus }];
  }

  #end(said: string, path: Path): { readonly child: Axis; readonly plus: number } | undefined {
    const { mistakes, tree } = this.#scope;
    const expression = readExpression(said);
    if (expression.kind === "literal") {
      const hint = "write an axis of this task, such as day or day - 1";
      mistakes.at(tree, path, {
        message: `must be an axis, and a number where it is shifted, not ${quoteWord(said)}`,
        hint,
      });
      return undefined;
    }
    const child = this.#axis(this.#child, expression.name);
    if (child !== undefined) return { child, plus: expression.plus };
    if (this.#child.lacksSome) return undefined;
    mistakes.at(
      tree,
      path,
      new KnownNames(() => this.#child.all.map(({ name }) => name)).unknown("axis of this task", expression.name),
    );
    return undefined;
  }

  #canShift(parent: Axis, child: Axis, path: Path): boolean {
    if (parent.type === child.type && parent.type !== "string") return true;
    const wrong = parent.type === "string" ? parent : child;
    const message =
      parent.type === child.type || wrong.type === "string"
        ? `the axis ${wrong.name} has text, which cannot be shifted`
        : `the axis ${parent.name} has values of the type ${parent.type}, and ${child.name} of ${child.type}`;
    const way = wrong.kind === "generated" ? `generates: {axis: ${wrong.name}, type: date}` : "type: date or type: int";
    this.#scope.mistakes.at(this.#scope.tree, path, { message, hint: `whole numbers and dates can be: ${way}` });
    return false;
  }

  #axis(axes: Axes, name: string): Axis | undefined {
    return axes.all.find((axis) => axis.name === name);
  }
}
