import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type AxisContent, readAxis } from "./axes.ts";
import { numberOf, TYPE_RULES, whyNoValue } from "./axis-values.ts";
import { KnownNames, mistakeInVariable } from "./names.ts";
import type { AxesShape, TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import type { Combination } from "./workflow.ts";

/** An axis that tasks name, and where it is said what its values are. */
export interface NamedAxis {
  readonly content: AxisContent;
  readonly path: Path;
}

/** Axes that tasks of a document may name; undefined for one that has mistakes of its own. */
export type NamedAxes = ReadonlyMap<string, NamedAxis | undefined>;

/** The matrix of a task. */
export interface Matrix {
  readonly axes: ReadonlyMap<string, NamedAxis>;
  readonly include: readonly Combination[];
  readonly exclude: readonly Combination[];
  /** An axis is missing that has mistakes of its own. */
  readonly isDamaged: boolean;
}

/** What a task finds its generated axes by. */
export interface Generators {
  /** The axis that a task makes, by the name that the document has for the task. */
  axisOf(task: string): { readonly axis: string; readonly by: string; readonly content: AxisContent } | undefined;
  readonly names: () => Iterable<string>;
}

const NO_MATRIX: Matrix = { axes: new Map(), include: [], exclude: [], isDamaged: false };

/** The axes of a task, in the order of names of instances. */
export function readMatrix(
  said: TaskShape["matrix"],
  path: Path,
  scope: Scope,
  named: NamedAxes,
  generators: Generators,
): Matrix {
  return said === undefined ? NO_MATRIX : new MatrixReader(scope, named, generators).read(said, path);
}

class MatrixReader {
  readonly #scope: Scope;
  readonly #named: NamedAxes;
  readonly #generators: Generators;
  readonly #axes = new Map<string, NamedAxis>();
  readonly #names = new Set<string>();
  readonly #combinations: Record<
    "include" | "exclude",
    { readonly path: Path; readonly said: Record<string, unknown> }[]
  > = {
    include: [],
    exclude: [],
  };
  #isDamaged = false;

  constructor(scope: Scope, named: NamedAxes, generators: Generators) {
    this.#scope = scope;
    this.#named = named;
    this.#generators = generators;
  }

  read(said: NonNullable<TaskShape["matrix"]>, path: Path): Matrix {
    this.#isDamaged = this.#scope.isDamaged(path);
    if (Array.isArray(said)) {
      for (const [i, part] of said.entries()) this.#part(part, [...path, i]);
    } else {
      this.#part(said, path);
    }
    const include = this.#combinations.include.flatMap((one) => this.#combination(one, true));
    const exclude = this.#combinations.exclude.flatMap((one) => this.#combination(one, false));
    return { axes: this.#axes, include, exclude, isDamaged: this.#isDamaged };
  }

  #part(part: string | AxesShape, path: Path): void {
    if (isObject(part)) this.#objectOf(part, path);
    else this.#nameOf(part, path);
  }

  #nameOf(name: string, path: Path): void {
    const { mistakes, tree } = this.#scope;
    if (!this.#isNew(name, path, "value")) return;
    const axis = this.#named.get(name);
    if (axis !== undefined) {
      this.#axes.set(name, axis);
      return;
    }
    this.#isDamaged = true;
    if (this.#named.has(name) || this.#scope.isDamaged(["tasks"])) return;
    const hint = "write it in axes, give its values here, or have a task say generates";
    mistakes.at(tree, path, new KnownNames(this.#named.keys()).unknown("axis", name, hint));
  }

  #objectOf(part: AxesShape, path: Path): void {
    for (const [name, said] of Object.entries(part)) {
      const where = [...path, name];
      if (name === "include" || name === "exclude") {
        for (const [i, one] of (said as Record<string, unknown>[]).entries()) {
          this.#combinations[name].push({ path: [...where, i], said: one });
        }
        continue;
      }
      const wrong = mistakeInVariable(name);
      if (wrong !== undefined) this.#scope.mistakes.at(this.#scope.tree, where, wrong, "key");
      if (!this.#isNew(name, where, "key")) continue;
      const content = this.#contentOf(name, said as NonNullable<AxesShape[string]>, where);
      if (content === undefined) this.#isDamaged = true;
      else this.#axes.set(name, { content, path: where });
    }
  }

  #contentOf(name: string, said: Parameters<typeof readAxis>[0], path: Path): AxisContent | undefined {
    const { mistakes, tree } = this.#scope;
    const content = readAxis(said, path, this.#scope);
    if (content?.kind === "generated") return generatedAxis(name, content.by, path, this.#scope, this.#generators);
    const generated = this.#named.get(name)?.content;
    if (generated?.kind !== "generated") return content;
    const message = `${name} has values here, and is what the task ${generated.by} generates`;
    mistakes.at(tree, path, { message, hint: "give one of them another name" }, "key");
    return undefined;
  }

  #isNew(name: string, path: Path, what: "key" | "value"): boolean {
    if (this.#names.has(name)) {
      this.#scope.mistakes.at(this.#scope.tree, path, { message: `the axis ${quoteWord(name)} stands twice` }, what);
      return false;
    }
    this.#names.add(name);
    return true;
  }

  #combination({ path, said }: { path: Path; said: Record<string, unknown> }, isWhole: boolean): Combination[] {
    const { mistakes, tree } = this.#scope;
    if (this.#isDamaged) return [];
    const before = mistakes.count;
    const combination: Record<string, string> = {};
    for (const [name, value] of Object.entries(said)) {
      const axis = this.#axes.get(name);
      const text = String(value);
      combination[name] = text;
      if (axis === undefined) {
        mistakes.at(tree, [...path, name], new KnownNames(this.#axes.keys()).unknown("axis of this task", name), "key");
        continue;
      }
      const { type } = axis.content;
      const isOfType = type === "string" || numberOf(type, text) !== undefined;
      const wrong = whyNoValue(text) ?? (isOfType ? undefined : `must be ${TYPE_RULES[type]}, not ${quoteWord(text)}`);
      if (wrong !== undefined) mistakes.at(tree, [...path, name], { message: wrong });
    }
    const missing = isWhole ? [...this.#axes.keys()].filter((name) => !Object.hasOwn(said, name)) : [];
    if (missing.length > 0) {
      const message = `what is included needs a value for ${missing.join(", ")}, too`;
      mistakes.at(tree, path, { message });
    }
    if (Object.keys(said).length === 0 && !isWhole) mistakes.at(tree, path, { message: "names no axis" });
    return mistakes.count === before ? [combination] : [];
  }
}

/** An axis whose generator is named. Undefined, with a mistake, when that task does not make it. */
export function generatedAxis(
  name: string,
  task: string,
  path: Path,
  { mistakes, tree, damaged }: Scope,
  generators: Generators,
): AxisContent | undefined {
  const found = generators.axisOf(task);
  if (found?.axis === name) return found.content;
  const where = [...path, "generatedBy"];
  const known = [...generators.names()];
  if (!known.includes(task)) mistakes.at(tree, where, new KnownNames(known).unknown("task", task));
  else if (damaged.size === 0) {
    const message = `the task ${quoteWord(task)} generates ${found === undefined ? "no axis" : `the axis ${found.axis}`}`;
    mistakes.at(tree, where, { message, hint: `write generates: ${name} there` });
  }
  return undefined;
}
