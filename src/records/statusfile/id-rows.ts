/** Rows to begin with, a power of two. */
const FIRST_CAPACITY = 1024;

/**
 * A row number for each id, given in the order of first appearance. Rows are found by open addressing on the id's low bits: ids
 * of tasks are dense, so that neighbours in the task list are neighbours here. 16 bytes for each id.
 */
export class IdRows {
  #size = 0;
  /** Row number plus 1, at least one and a half as many as rows, a power of two; 0 where there is none. */
  #slots = new Int32Array(2 * FIRST_CAPACITY);
  #ids = new Float64Array(FIRST_CAPACITY);

  /** How many ids there are. */
  get size(): number {
    return this.#size;
  }

  /** How many rows there is room for: arrays beside this one grow when it does. */
  get capacity(): number {
    return this.#ids.length;
  }

  /** The row of this id; -1 when it has none. */
  rowOf(id: number): number {
    return (this.#slots[this.#slotOf(id)] ?? 0) - 1;
  }

  /** The id of this row. */
  idOf(row: number): number {
    return this.#ids[row] ?? -1;
  }

  /** Gives a row to an id that has none. */
  add(id: number): number {
    if (this.#size === this.#ids.length) this.#grow();
    const row = this.#size++;
    this.#slots[this.#slotOf(id)] = row + 1;
    this.#ids[row] = id;
    return row;
  }

  /** All ids, the smallest first. */
  sorted(): Float64Array {
    return this.#ids.slice(0, this.#size).sort();
  }

  /** The slot that holds this id, or else the free one where it belongs. */
  #slotOf(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = id & mask;
    for (;;) {
      const row = (this.#slots[slot] ?? 0) - 1;
      if (row < 0 || this.#ids[row] === id) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Makes room for so many rows at once, which leaves less behind than growing. */
  reserve(rows: number): void {
    if (rows > this.#ids.length) this.#grow(rows);
  }

  #grow(capacity = this.#ids.length * 2): void {
    const ids = new Float64Array(capacity);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(1.5 * capacity)));
    for (let row = 0; row < this.#size; row++) this.#slots[this.#slotOf(ids[row] ?? 0)] = row + 1;
  }
}
