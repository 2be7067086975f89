import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type AxisContent, readAxis } from "./axes.ts";
import { numberOf, TYPE_RULES, typeOfValues, whyNoValue } from "./axis-values.ts";
import type { Generators } from "./generators.ts";
import { KnownNames } from "./names.ts";
import { generatedAxis, mistakeInAxisName, type NamedAxes, type NamedAxis, refuseBoth } from "./named-axes.ts";
import type { AxesShape, AxisShape, TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import type { Combination } from "./workflow.ts";

/** The matrix of a task. */
export interface Matrix {
  readonly axes: ReadonlyMap<string, NamedAxis>;
  readonly include: readonly Combination[];
  readonly exclude: readonly Combination[];
  /** An axis is missing that has mistakes of its own, or no values since a parameter has none. */
  readonly isDamaged: boolean;
  /** Names of all axes, of those that are missing, too. */
  readonly names: readonly string[];
}

const NONE: readonly never[] = [];
const NO_MATRIX: Matrix = { axes: new Map(), include: NONE, exclude: NONE, isDamaged: false, names: NONE };

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
    if (this.#names.size === 0 && !this.#isDamaged) this.#axesOfIncluded();
    const include = this.#combinations.include.flatMap((one) => this.#combination(one, true));
    const exclude = this.#combinations.exclude.flatMap((one) => this.#combination(one, false));
    const names = this.#isDamaged ? [...this.#names, ...this.#scope.damagedIn(path)] : [...this.#axes.keys()];
    return { axes: this.#axes, include, exclude, isDamaged: this.#isDamaged, names };
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
    if (this.#named.has(name) || this.#scope.lacksGenerators) return;
    const hint = "write it in axes, give its values here, or have a task say generates";
    mistakes.at(tree, path, new KnownNames(() => this.#named.keys()).unknown("axis", name, hint));
  }

  #objectOf(part: AxesShape, path: Path): void {
    for (const kind of ["include", "exclude"] as const) {
      for (const [i, said] of (part[kind] ?? []).entries()) {
        this.#combinations[kind].push({ path: [...path, kind, i], said });
      }
    }
    for (const [name, said] of Object.entries(part)) {
      if (name === "include" || name === "exclude" || said === undefined || isCombinations(said)) continue;
      const where = [...path, name];
      const wrong = mistakeInAxisName(name, this.#scope);
      if (wrong !== undefined) this.#scope.mistakes.at(this.#scope.tree, where, wrong, "key");
      if (!this.#isNew(name, where, "key")) continue;
      const content = this.#contentOf(name, said, where);
      if (content === undefined) this.#isDamaged = true;
      else this.#axes.set(name, { content, path: where });
    }
  }

  /** Combinations that stand alone: what the first one names are the axes, and no others have values. */
  #axesOfIncluded(): void {
    const [first] = this.#combinations.include;
    if (first === undefined) return;
    for (const name of Object.keys(first.said)) {
      const path = [...first.path, name];
      const wrong = mistakeInAxisName(name, this.#scope);
      if (wrong !== undefined) this.#scope.mistakes.at(this.#scope.tree, path, wrong, "key");
      const values = this.#combinations.include.map(({ said }) => String(said[name]));
      this.#names.add(name);
      this.#axes.set(name, { content: { kind: "list", values: [], type: typeOfValues(values) }, path });
    }
  }

  #contentOf(name: string, said: AxisShape, path: Path): AxisContent | undefined {
    const content = readAxis(said, path, this.#scope);
    if (content?.kind === "generated") return generatedAxis(name, content.by, path, this.#scope, this.#generators);
    return refuseBoth(name, path, this.#named, this.#scope) ? undefined : content;
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
        mistakes.at(
          tree,
          [...path, name],
          new KnownNames(() => this.#axes.keys()).unknown("axis of this task", name),
          "key",
        );
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

function isCombinations(said: unknown): said is NonNullable<AxesShape["include"]> {
  return Array.isArray(said) && said.some(isObject);
}
