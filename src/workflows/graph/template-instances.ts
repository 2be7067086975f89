import type { Template } from "../document/workflow.ts";
import { Bits } from "./bits.ts";
import { Combinations } from "./combinations.ts";
import { makeSpace } from "./make-space.ts";
import type { Choice, Space } from "./space.ts";
import type { TemplateAxis } from "./template-axis.ts";

/** Indexes, one after another: from the first up to before the last. */
export type Span = readonly [from: number, to: number];

/**
 * The instances of one template: all combinations of its axes' values, those excluded taken away, those included put in. Of
 * a template with open axes there are only those that somebody has asked for.
 */
export class TemplateInstances {
  readonly template: Template;
  readonly axes: readonly TemplateAxis[];
  readonly space: Space;
  /** Some axis is open: instances are there once they are asked for. */
  readonly isOpen: boolean;
  readonly #included: Combinations;
  readonly #excluded: Combinations;
  /** Which indexes have an instance; undefined when all have. */
  readonly #there: Bits | undefined;
  #count = 0;

  constructor(template: Template, axes: readonly TemplateAxis[]) {
    this.template = template;
    this.axes = axes;
    this.space = makeSpace(axes);
    this.isOpen = axes.some(({ axis }) => axis.definition.kind === "open");
    this.#included = new Combinations(template.include, axes);
    this.#excluded = new Combinations(template.exclude, axes);
    const hasHoles = this.isOpen || template.exclude.length > 0 || axes.some(({ hasExtra }) => hasExtra);
    if (!hasHoles) return;
    this.#there = new Bits();
    this.#fill(
      axes.map((axis) => axis.shared()),
      () => {},
    );
  }

  /** How many instances there are. */
  get count(): number {
    return this.#there === undefined ? this.space.size : this.#count;
  }

  /** Every index below the size of the space has an instance. */
  get isFull(): boolean {
    return this.#there === undefined;
  }

  has(index: number): boolean {
    return this.#there === undefined ? index >= 0 && index < this.space.size : this.#there.has(index);
  }

  valueAt(index: number, dimension: number): string {
    return this.axes[dimension]?.values.at(this.space.positionAt(index, dimension)) ?? "";
  }

  /** The dimension of an axis by name; -1 where it has none. */
  dimensionOf(name: string): number {
    return this.axes.findIndex((axis) => axis.name === name);
  }

  /**
   * Takes note of values that an axis has got.
   *
   * @param axis position in the workflow's axes.
   * @returns indexes that are new, or have an instance now; some of the new ones may have none.
   */
  grow(axis: number, values: readonly string[]): Span[] {
    const dimension = this.axes.findIndex((each) => each.axis.number === axis);
    const taken = values.flatMap((value) => this.axes[dimension]?.take(value) ?? []);
    const before = this.space.grow(dimension);
    if (this.#there === undefined) return [[before, this.space.size]];
    this.#included.update();
    this.#excluded.update();
    const spans: Span[] = [];
    const choices: Choice[] = this.axes.map((each) => each.shared());
    // Values that combinations have brought before: they are values of the axis now, with all that goes with them.
    for (const position of taken) {
      choices[dimension] = [position];
      this.#fill(choices, (index) => spans.push([index, index + 1]));
    }
    const length = this.axes[dimension]?.values.length ?? 0;
    const fresh = values.length - taken.length;
    choices[dimension] = Array.from({ length: fresh }, (_, i) => length - fresh + i);
    this.#fill(choices, () => {});
    return before < this.space.size ? [...spans, [before, this.space.size]] : spans;
  }

  /** Asks for an instance of a template with open axes. @returns whether it is there now, and was not before. */
  ask(index: number): boolean {
    if (this.#there === undefined || this.#isExcluded(index) || !this.#there.add(index)) return false;
    this.#count++;
    return true;
  }

  /**
   * Makes instances of these combinations and of those that are included, but for those that are excluded or have to be asked for.
   *
   * @param made is told the index of each new one.
   */
  #fill(choices: readonly Choice[], made: (index: number) => void): void {
    const add = (index: number): void => {
      if (this.#there?.add(index) !== true) return;
      this.#count++;
      made(index);
    };
    if (!this.isOpen) {
      for (const index of this.space.indexes(choices)) if (!this.#isExcluded(index)) add(index);
    }
    for (const pattern of this.#included.patterns) {
      const within = pattern.map((position, dimension) =>
        position === -1 ? this.axes[dimension]?.shared() : [position],
      );
      for (const index of this.space.indexes(within)) add(index);
    }
  }

  #isExcluded(index: number): boolean {
    if (this.template.exclude.length === 0) return false;
    return this.#excluded.match(this.axes.map((_, dimension) => this.space.positionAt(index, dimension)));
  }
}
