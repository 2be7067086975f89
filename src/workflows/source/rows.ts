type Cells = Int32Array | Uint8Array;

/**
 * Many rows of numbers that grow, in one typed array: a million rows of one number cost no objects. Rows are known by their
 * number. A row that outgrows its place moves to the end.
 */
export class Rows<T extends Cells> {
  /** Cell `i` of a row is `cells[rows.at(row) + i]`; another array after rows have grown. */
  cells: T;
  readonly #make: (length: number) => T;
  readonly #starts: number[] = [];
  readonly #room: number[] = [];
  #end = 0;

  constructor(make: (length: number) => T) {
    this.#make = make;
    this.cells = make(0);
  }

  /** Where the row begins. */
  at(row: number): number {
    return this.#starts[row] ?? 0;
  }

  /** Has room for so many cells in the row; new ones are 0. */
  grow(row: number, length: number): void {
    while (this.#room.length <= row) {
      this.#starts.push(0);
      this.#room.push(0);
    }
    const room = this.#room[row] ?? 0;
    if (length <= room) return;
    const start = this.at(row);
    const isLast = room > 0 && start + room === this.#end;
    const wanted = room === 0 ? length : Math.max(length, room * 2);
    const newStart = isLast ? start : this.#end;
    this.#reserve(newStart + wanted);
    if (!isLast && room > 0) this.cells.copyWithin(newStart, start, start + room);
    this.#starts[row] = newStart;
    this.#room[row] = wanted;
    this.#end = newStart + wanted;
  }

  #reserve(length: number): void {
    if (length <= this.cells.length) return;
    const cells = this.#make(this.cells.length === 0 ? length : Math.max(length, Math.ceil(this.cells.length * 1.5)));
    cells.set(this.cells);
    this.cells = cells;
  }
}
