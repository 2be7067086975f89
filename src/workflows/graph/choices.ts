import type { AxisChoice } from "../document/workflow.ts";
import type { Choice, Dimension, Space } from "./space.ts";

/** What is chosen of one dimension. */
interface Chosen {
  readonly dimension: number;
  readonly values: readonly string[];
  /** Positions of the values that are there, in their order. */
  positions: readonly number[];
  set: ReadonlySet<number>;
  /** Values that the dimension had when its positions were looked for. */
  length: number;
}

/** What instances of a template are combinations of. */
interface Instances {
  readonly axes: ReadonlyArray<Dimension & { readonly name: string }>;
  readonly space: Space;
}

/** The instances of a template that have one of some values on each of some axes. Values may come later. */
export class Choices {
  readonly #instances: Instances;
  readonly #all: readonly Chosen[];

  constructor(choices: readonly AxisChoice[], instances: Instances) {
    this.#instances = instances;
    this.#all = choices.map(({ axis, values }) => {
      const dimension = instances.axes.findIndex(({ name }) => name === axis);
      if (dimension === -1) throw new Error(`values are chosen of an axis that is not there: ${axis}`);
      return { dimension, values, positions: [], set: new Set<number>(), length: -1 };
    });
  }

  /** The choices of some instances; undefined where nothing is said, and for all of them. */
  static of(choices: readonly AxisChoice[] | undefined, instances: Instances): Choices | undefined {
    return choices === undefined || choices.length === 0 ? undefined : new Choices(choices, instances);
  }

  fits(index: number): boolean {
    const { space } = this.#instances;
    return this.#all.every((chosen) => this.#found(chosen).set.has(space.positionAt(index, chosen.dimension)));
  }

  /** Takes positions out that are not chosen. @param choices by dimension of the template, changed in place. */
  narrow(choices: Choice[]): void {
    for (const chosen of this.#all) {
      const { positions, set } = this.#found(chosen);
      const before = choices[chosen.dimension];
      choices[chosen.dimension] = before === undefined ? positions : before.filter((position) => set.has(position));
    }
  }

  /** The same of values, which need not be there. @returns whether some combination is left. */
  narrowValues(pattern: (readonly string[] | undefined)[]): boolean {
    for (const { dimension, values } of this.#all) {
      const before = pattern[dimension];
      pattern[dimension] = before === undefined ? values : before.filter((value) => values.includes(value));
    }
    return this.#all.every(({ dimension }) => pattern[dimension]?.length !== 0);
  }

  /** How many values of a dimension are chosen that are there; undefined for all. */
  countOf(dimension: number): number | undefined {
    const chosen = this.#all.find((each) => each.dimension === dimension);
    return chosen === undefined ? undefined : this.#found(chosen).positions.length;
  }

  #found(chosen: Chosen): Chosen {
    const values = this.#instances.axes[chosen.dimension]?.values;
    if (values === undefined || values.length === chosen.length) return chosen;
    chosen.length = values.length;
    chosen.set = new Set(chosen.values.map((value) => values.find(value)).filter((position) => position !== -1));
    chosen.positions = [...chosen.set].toSorted((a, b) => a - b);
    return chosen;
  }
}
