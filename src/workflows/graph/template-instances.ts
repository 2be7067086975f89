import type { Template } from "../document/workflow.ts";
import { Bits } from "./bits.ts";
import { Choices } from "./choices.ts";
import { Combinations } from "./combinations.ts";
import { combinationsOf, ExcludedValues } from "./to-come.ts";
import type { Pattern } from "./instance.ts";
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
  /** Dimensions whose axes are open. Where there are any, instances are there once they are asked for. */
  readonly openDimensions: readonly number[];
  /** Which instances run: those that one of these fits; undefined for all. */
  readonly #when: readonly Choices[] | undefined;
  readonly #included: Combinations | undefined;
  readonly #excluded: Combinations | undefined;
  /** Which indexes have an instance; undefined when all have. */
  readonly #there: Bits | undefined;
  /** What has been asked for of a template to whose axes more values may come. */
  #asked: Pattern[] | undefined;
  #count = 0;

  constructor(template: Template, axes: readonly TemplateAxis[]) {
    this.template = template;
    this.axes = axes;
    this.space = makeSpace(axes);
    this.openDimensions = axes.some(isOpen)
      ? axes.flatMap((axis, dimension) => (isOpen(axis) ? [dimension] : []))
      : NONE;
    this.#when = template.when?.map((choices) => new Choices(choices, this));
    this.#included = template.include.length === 0 ? undefined : new Combinations(template.include, axes);
    this.#excluded = template.exclude.length === 0 ? undefined : new Combinations(template.exclude, axes);
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

  get isOpen(): boolean {
    return this.openDimensions.length > 0;
  }

  /** Every index below the size of the space has an instance. */
  get isFull(): boolean {
    return this.#there === undefined;
  }

  has(index: number): boolean {
    return this.#there === undefined ? index >= 0 && index < this.space.size : this.#there.has(index);
  }

  /** Whether the instance runs, by what its task says (`when`); others are skipped. */
  isMeant(index: number): boolean {
    return this.#when === undefined || this.#when.some((choices) => choices.fits(index));
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
    this.#included?.update();
    this.#excluded?.update();
    const spans: Span[] = [];
    const made = (index: number): void => {
      if (index < before) spans.push([index, index + 1]);
    };
    const choices: Choice[] = this.axes.map((each) => each.shared());
    const length = this.axes[dimension]?.values.length ?? 0;
    const fresh = values.length - taken.length;
    // Values that combinations have brought before are values of the axis now, with all that goes with them.
    choices[dimension] = [...taken, ...Array.from({ length: fresh }, (_, i) => length - fresh + i)];
    this.#fill(choices, made);
    if (this.axes[dimension]?.axis.definition.kind === "generated") {
      for (const pattern of this.#asked ?? []) this.#fillAsked(pattern, made);
    }
    return before < this.space.size ? [...spans, [before, this.space.size]] : spans;
  }

  /** Asks for instances of a template with open axes. @returns indexes of those that are new. */
  ask(pattern: Pattern): number[] {
    const made: number[] = [];
    this.#fillAsked(pattern, (index) => made.push(index));
    // More of them may come with values that are generated.
    if (this.axes.some(({ axis }) => !axis.isClosed)) (this.#asked ??= []).push(pattern);
    return made;
  }

  /** Values of all instances that may run, by dimension. */
  *values(): Generator<readonly string[]> {
    for (let index = 0; index < this.space.size; index++) {
      if (this.has(index) && this.isMeant(index)) yield this.#valuesOf(index);
    }
  }

  /** Values of the instances that may run and would come if an axis got some values that it does not have. @param axis position in the workflow's axes. */
  *coming(axis: number, values: readonly string[]): Generator<readonly string[]> {
    const dimension = this.axes.findIndex((each) => each.axis.number === axis);
    const isAsked = this.axes[dimension]?.axis.definition.kind === "generated";
    const wanted: readonly Pattern[] = this.isOpen ? (isAsked ? (this.#asked ?? []) : []) : [NO_PATTERN];
    const excluded = new ExcludedValues(
      this.template.exclude,
      this.axes.map(({ name }) => name),
    );
    for (const pattern of wanted) {
      const lists = this.axes.map((each, i) => {
        const some = pattern[i];
        if (i !== dimension) return some ?? each.sharedValues();
        return some === undefined ? values : values.filter((value) => some.includes(value));
      });
      for (const each of combinationsOf(lists)) {
        if (!excluded.has(each) && this.#isMeantWith(each) && !this.#hasValues(each)) yield each;
      }
    }
  }

  /** Values of the instances that may run and would be made if they were asked for. */
  *comingFor(pattern: Pattern): Generator<readonly string[]> {
    const choices = this.choicesOf(pattern);
    const all = this.axes.map((axis, dimension) => choices[dimension] ?? axis.shared());
    for (const index of this.space.indexes(all)) {
      if (!this.has(index) && !this.#isExcluded(index) && this.isMeant(index)) yield this.#valuesOf(index);
    }
  }

  /** Whether some instance that may run has these values. @param values by name of axis, of some axes. */
  hasSome(values: Readonly<Record<string, string>>): boolean {
    if (this.isFull && this.#when === undefined)
      return this.axes.every(({ name, values: own }) => own.find(values[name] ?? own.at(0)) !== -1);
    const pattern = this.axes.map(({ name }) => (values[name] === undefined ? undefined : [values[name]]));
    for (const index of this.space.indexes(this.choicesOf(pattern)))
      if (this.has(index) && this.isMeant(index)) return true;
    return false;
  }

  #valuesOf(index: number): readonly string[] {
    return this.axes.map((_, dimension) => this.valueAt(index, dimension));
  }

  /** As `isMeant`, of values that need not be there yet. */
  #isMeantWith(values: readonly string[]): boolean {
    const { when } = this.template;
    return (
      when === undefined ||
      when.some((choices) =>
        choices.every((choice) => choice.values.includes(values[this.dimensionOf(choice.axis)] ?? "")),
      )
    );
  }

  #hasValues(values: readonly string[]): boolean {
    const positions = this.axes.map((axis, dimension) => axis.values.find(values[dimension] ?? ""));
    return !positions.includes(-1) && this.has(this.space.indexOf(positions));
  }

  /** Positions of values, by dimension. */
  choicesOf(pattern: Pattern): Choice[] {
    return pattern.map((values, dimension) =>
      values?.map((value) => this.axes[dimension]?.values.find(value) ?? -1).filter((position) => position !== -1),
    );
  }

  /**
   * Makes instances of these combinations and of those that are included, but for those that are excluded or have to be asked for.
   *
   * @param made is told the index of each new one.
   */
  #fill(choices: readonly Choice[], made: (index: number) => void): void {
    if (!this.isOpen) this.#make(choices, made);
    for (const pattern of this.#included?.patterns ?? []) {
      for (const index of this.space.indexes(pattern.map((position) => [position]))) this.#add(index, made);
    }
  }

  #fillAsked(pattern: Pattern, made: (index: number) => void): void {
    const choices = this.choicesOf(pattern);
    this.#make(
      this.axes.map((axis, dimension) => choices[dimension] ?? axis.shared()),
      made,
    );
  }

  /** Makes instances of combinations that are not excluded. */
  #make(choices: readonly Choice[], made: (index: number) => void): void {
    for (const index of this.space.indexes(choices)) if (!this.#isExcluded(index)) this.#add(index, made);
  }

  #add(index: number, made: (index: number) => void): void {
    if (this.#there?.add(index) !== true) return;
    this.#count++;
    made(index);
  }

  #isExcluded(index: number): boolean {
    if (this.#excluded === undefined) return false;
    return this.#excluded.match(this.axes.map((_, dimension) => this.space.positionAt(index, dimension)));
  }
}

const NONE: readonly number[] = [];
const NO_PATTERN: Pattern = [];

function isOpen({ axis }: TemplateAxis): boolean {
  return axis.definition.kind === "open";
}
