import type { Combination } from "../document/workflow.ts";
import { namedValue } from "./named-value.ts";
import type { TemplateAxis } from "./template-axis.ts";

/** By dimension: the position of the value that a combination names; -1 where it names none. */
type Pattern = readonly number[];

/** Combinations of values, of which some may name values that are not there yet. */
export class Combinations {
  readonly #axes: readonly TemplateAxis[];
  readonly #found: Pattern[] = [];
  #missing: readonly Combination[];
  /** By dimension and position: patterns of which this is the first that they name. */
  readonly #byFirst: Map<number, Pattern[]>[];
  /** Some combination names no axis, and so stands for all. */
  #isAll = false;

  constructor(combinations: readonly Combination[], axes: readonly TemplateAxis[]) {
    this.#axes = axes;
    this.#byFirst = axes.map(() => new Map());
    this.#missing = combinations;
    this.update();
  }

  /** Looks again for values that were not there. */
  update(): void {
    this.#missing = this.#missing.filter((combination) => {
      const pattern = this.#patternOf(combination);
      if (pattern === undefined) return true;
      this.#add(pattern);
      return false;
    });
  }

  /** All whose values are there. */
  get patterns(): readonly Pattern[] {
    return this.#found;
  }

  /** The positions are those that some combination names, wherever it names any. */
  match(positions: ArrayLike<number>): boolean {
    if (this.#isAll) return true;
    return this.#byFirst.some((patterns, dimension) =>
      patterns
        .get(positions[dimension] ?? -1)
        ?.some((pattern) => pattern.every((position, each) => position === -1 || position === positions[each])),
    );
  }

  #patternOf(combination: Combination): Pattern | undefined {
    const pattern: number[] = [];
    for (const { name, values } of this.#axes) {
      const value = namedValue(combination, name);
      const position = value === undefined ? -1 : values.find(value);
      if (value !== undefined && position === -1) return undefined;
      pattern.push(position);
    }
    return pattern;
  }

  #add(pattern: Pattern): void {
    this.#found.push(pattern);
    const first = pattern.findIndex((position) => position !== -1);
    const position = pattern[first];
    if (position === undefined) {
      this.#isAll = true;
      return;
    }
    const patterns = this.#byFirst[first]?.get(position);
    if (patterns === undefined) this.#byFirst[first]?.set(position, [pattern]);
    else patterns.push(pattern);
  }
}
