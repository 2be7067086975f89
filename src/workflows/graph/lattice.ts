import { countOn } from "./count-on.ts";
import type { Choice, Dimension, Space } from "./space.ts";

/**
 * A space in which at most one dimension grows. That one counts most, so that numbers stay when it does; of the others the
 * first counts most.
 */
export class Lattice implements Space {
  readonly #lengths: Float64Array;
  readonly #strides: Float64Array;
  readonly #dimensions: readonly Dimension[];
  /** Dimensions from the one that counts most to the one that counts least. */
  readonly #order: readonly number[];
  #size: number;

  constructor(dimensions: readonly Dimension[]) {
    this.#dimensions = dimensions;
    this.#lengths = Float64Array.from(dimensions, ({ values }) => values.length);
    this.#strides = new Float64Array(dimensions.length);
    const all = dimensions.map((_, dimension) => dimension);
    const isGrowing = (dimension: number): boolean => dimensions[dimension]?.isGrowing === true;
    this.#order = [...all.filter(isGrowing), ...all.filter((dimension) => !isGrowing(dimension))];
    this.#size = 1;
    for (const dimension of this.#order.toReversed()) {
      this.#strides[dimension] = this.#size;
      this.#size *= this.#lengths[dimension] ?? 0;
    }
  }

  get size(): number {
    return this.#size;
  }

  positionAt(index: number, dimension: number): number {
    const rest = Math.floor(index / (this.#strides[dimension] ?? 1));
    return dimension === this.#order[0] ? rest : rest % (this.#lengths[dimension] ?? 1);
  }

  indexOf(positions: ArrayLike<number>): number {
    let index = 0;
    for (let dimension = 0; dimension < this.#strides.length; dimension++) {
      index += (positions[dimension] ?? 0) * (this.#strides[dimension] ?? 0);
    }
    return index;
  }

  *indexes(choices: readonly Choice[]): Generator<number> {
    const order = this.#order;
    const counts = order.map((dimension) => choices[dimension]?.length ?? this.#lengths[dimension] ?? 0);
    if (counts.includes(0)) return;
    const steps = order.map(() => 0);
    const at = (level: number): number => {
      const dimension = order[level] ?? 0;
      const step = steps[level] ?? 0;
      return (choices[dimension]?.[step] ?? step) * (this.#strides[dimension] ?? 0);
    };
    for (;;) {
      let index = 0;
      for (let level = 0; level < order.length; level++) index += at(level);
      yield index;
      if (!countOn(steps, counts)) return;
    }
  }

  grow(dimension: number): number {
    const before = this.#size;
    this.#lengths[dimension] = this.#dimensions[dimension]?.values.length ?? 0;
    this.#size = (this.#strides[dimension] ?? 0) * this.#lengths[dimension];
    return before;
  }
}
