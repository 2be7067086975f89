/** A set of whole numbers that lie close together, kept as ranges: first and last of each. */
export class IdRanges {
  readonly #ranges: [first: number, last: number][];

  /** @param ranges ascending, with gaps between them. */
  constructor(ranges: ReadonlyArray<readonly [first: number, last: number]> = []) {
    this.#ranges = ranges.map(([first, last]) => [first, last]);
  }

  has(id: number): boolean {
    const range = this.#ranges[this.#at(id)];
    return range !== undefined && id <= range[1];
  }

  add(id: number): void {
    const at = this.#at(id);
    const before = this.#ranges[at];
    const after = this.#ranges[at + 1];
    if (before !== undefined && id <= before[1]) return;
    const touchesAfter = after?.[0] === id + 1;
    if (before?.[1] === id - 1) {
      before[1] = touchesAfter ? after[1] : id;
      if (touchesAfter) this.#ranges.splice(at + 1, 1);
    } else if (touchesAfter) {
      after[0] = id;
    } else {
      this.#ranges.splice(at + 1, 0, [id, id]);
    }
  }

  /** The ranges, for a file. */
  ranges(): ReadonlyArray<readonly [first: number, last: number]> {
    return this.#ranges.map(([first, last]) => [first, last] as const);
  }

  /** Index of the last range that does not begin behind the id; -1 when there is none. Ids come mostly in order. */
  #at(id: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.[0] ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
