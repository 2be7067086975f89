import { countOn } from "./count-on.ts";
import type { Choice, Dimension, Space } from "./space.ts";

/** Combinations that came at one time: of the new positions of one dimension with all positions that the others had then. */
interface Box {
  /** Number of its first combination. */
  readonly base: number;
  /** The dimension that grew, which counts most in the box; -1 for the box of the beginning. */
  readonly grown: number;
  /** First position along each dimension: 0 but for the one that grew. */
  readonly from: number;
  /** Position behind the last, along each dimension. */
  readonly to: Float64Array;
}

/**
 * A space in which several dimensions grow. Whenever one does, the new combinations make a box, behind all others, so that
 * numbers stay. A combination is in the box that came with the youngest of its positions.
 */
export class Boxes implements Space {
  readonly #dimensions: readonly Dimension[];
  readonly #boxes: Box[] = [];
  /** For each dimension that grows: the box that came with each of its positions. */
  readonly #births: ReadonlyArray<number[] | undefined>;
  readonly #lengths: Float64Array;
  #size = 0;

  constructor(dimensions: readonly Dimension[]) {
    this.#dimensions = dimensions;
    this.#lengths = Float64Array.from(dimensions, ({ values }) => values.length);
    this.#births = dimensions.map(({ isGrowing, values }) =>
      isGrowing ? Array.from({ length: values.length }, () => 0) : undefined,
    );
    this.#add(-1, 0);
  }

  get size(): number {
    return this.#size;
  }

  positionAt(index: number, dimension: number): number {
    const box = this.#boxAt(index);
    let rest = index - box.base;
    for (let other = this.#dimensions.length - 1; other >= 0; other--) {
      if (other === box.grown) continue;
      const length = box.to[other] ?? 1;
      if (other === dimension) return rest % length;
      rest = Math.floor(rest / length);
    }
    return box.from + rest;
  }

  indexOf(positions: ArrayLike<number>): number {
    let youngest = 0;
    for (const [dimension, births] of this.#births.entries()) {
      const born = births?.[positions[dimension] ?? 0];
      if (born !== undefined && born > youngest) youngest = born;
    }
    const box = this.#boxes[youngest];
    if (box === undefined) return -1;
    let index = box.grown === -1 ? 0 : (positions[box.grown] ?? 0) - box.from;
    for (let other = 0; other < this.#dimensions.length; other++) {
      if (other !== box.grown) index = index * (box.to[other] ?? 1) + (positions[other] ?? 0);
    }
    return box.base + index;
  }

  *indexes(choices: readonly Choice[]): Generator<number> {
    const counts = Array.from(this.#lengths, (length, dimension) => choices[dimension]?.length ?? length);
    if (counts.includes(0)) return;
    const steps = new Float64Array(counts.length);
    const positions = new Float64Array(counts.length);
    for (;;) {
      for (let i = 0; i < counts.length; i++) positions[i] = choices[i]?.[steps[i] ?? 0] ?? steps[i] ?? 0;
      yield this.indexOf(positions);
      if (!countOn(steps, counts)) return;
    }
  }

  grow(dimension: number): number {
    const before = this.#size;
    const [from, length] = [this.#lengths[dimension] ?? 0, this.#dimensions[dimension]?.values.length ?? 0];
    if (length === from) return before;
    this.#lengths[dimension] = length;
    const last = this.#boxes.at(-1);
    // The dimension that counts most in the last box goes on in it.
    if (last?.grown === dimension) {
      this.#boxes.pop();
      this.#size = last.base;
      this.#add(dimension, last.from);
    } else {
      this.#add(dimension, from);
    }
    for (let position = from; position < length; position++) this.#births[dimension]?.push(this.#boxes.length - 1);
    return before;
  }

  #add(grown: number, from: number): void {
    const to = this.#lengths.slice();
    this.#boxes.push({ base: this.#size, grown, from, to });
    this.#size += to.reduce(
      (product, length, dimension) => product * (dimension === grown ? length - from : length),
      1,
    );
  }

  #boxAt(index: number): Box {
    let [low, high] = [0, this.#boxes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#boxes[middle]?.base ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    // Empty boxes share their base with the next one, which is the one that is found.
    const box = this.#boxes[low - 1];
    if (box === undefined) throw new Error(`no combination has the number ${index}`);
    return box;
  }
}
