import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { readExpression } from "./expression.ts";
import { KnownNames } from "./names.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import { type Axes, readChoice } from "./choices.ts";
import type { Axis, AxisChoice, AxisMatch, Edge, MatchOfAxis, MatchWords } from "./workflow.ts";

/** Where it is said, and who is told what is wrong. */
type MatchPlace = Pick<Scope, "tree" | "mistakes">;

/** On which axes a task and one that it needs agree. */
export class MatchReader {
  readonly #scope: MatchPlace;
  readonly #path: Path;
  readonly #parent: Axes | undefined;
  readonly #child: Axes;

  /** @param parent undefined for a task that is not there yet: any axis may be one of its. */
  constructor(place: MatchPlace, path: Path, parent: Axes | undefined, child: Axes) {
    this.#scope = place;
    this.#path = path;
    this.#parent = parent;
    this.#child = child;
  }

  read(said: MatchWords | undefined): Pick<Edge, "match" | "values"> {
    if (said === undefined) return { match: this.#common(new Set()) };
    if (isList(said)) return { match: said.flatMap((name, i) => this.#named(name, [...this.#path, i])) };
    const values: AxisChoice[] = [];
    const given = Object.entries(said).flatMap(([name, value]): readonly AxisMatch[] => {
      const path = [...this.#path, name];
      if (!isList(value)) return this.#changed(name, value, path);
      values.push(...readChoice({ [name]: value }, this.#path, this.#parent, "the task that is needed", this.#scope));
      return [];
    });
    const match = [...given, ...this.#common(new Set(Object.keys(said)))];
    return values.length === 0 ? { match } : { match, values };
  }

  /** The natural join: all axes that both have, without those that are said otherwise. */
  #common(others: ReadonlySet<string>): AxisMatch[] {
    const matches: AxisMatch[] = [];
    for (const { name } of this.#parent?.all ?? []) {
      if (others.has(name) || !this.#child.all.some((axis) => axis.name === name)) continue;
      matches.push({ axis: name, childAxis: name, from: 0, to: 0 });
    }
    return matches;
  }

  #named(name: string, path: Path): readonly AxisMatch[] {
    const { mistakes, tree } = this.#scope;
    if (this.#parent?.lacksSome === true || this.#child.lacksSome) return [];
    const isOfParent = this.#parent === undefined || this.#axis(this.#parent, name) !== undefined;
    if (isOfParent && this.#axis(this.#child, name) !== undefined)
      return [{ axis: name, childAxis: name, from: 0, to: 0 }];
    const both = this.#common(new Set()).map(({ axis }) => axis);
    const [what, known] =
      this.#parent === undefined
        ? ["axis of this task", this.#child.all.map((axis) => axis.name)]
        : ["axis that both have", both];
    mistakes.at(tree, path, new KnownNames(() => known).unknown(what, name));
    return [];
  }

  #changed(name: string, said: Exclude<MatchOfAxis, readonly unknown[]>, path: Path): readonly AxisMatch[] {
    const { mistakes, tree } = this.#scope;
    const of = this.#parent;
    const parent = of === undefined ? undefined : this.#axis(of, name);
    if (of !== undefined && parent === undefined) {
      if (of.lacksSome) return [];
      const known = new KnownNames(() => of.all.map((axis) => axis.name));
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
    if (isShift && !this.#canShift(parent ?? from.child, from.child, path)) return [];
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

function isList<const T>(said: T): said is Extract<T, readonly unknown[]> {
  return Array.isArray(said);
}
