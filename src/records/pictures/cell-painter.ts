import { CELL } from "./documents.ts";
import { StepSums } from "./step-sums.ts";
import type { Steps } from "./steps.ts";

/** What a cell shows when tasks of several kinds are in it: the first of these. */
const WORST_FIRST = [CELL.failed, CELL.cut, CELL.running, CELL.succeeded] as const;
/** How much of a cell's time had a task, at most. */
const FULL = 15;

/** Paints stretches of time into cells. A stretch costs the same however many cells it covers, and however many cover a cell. */
export class CellPainter {
  readonly #from: number;
  readonly #points: number;
  readonly #step: number;
  /** Cells in a second. */
  readonly #rate: number;
  readonly #lanes: number;
  readonly #busy: StepSums;
  readonly #offered: StepSums;
  /** By the number of a cell's state: how many more stretches cover the cell as a whole than the one before. Made when needed. */
  readonly #changes: (Int32Array | undefined)[] = [];
  /** States that were seen at the ends of stretches, a bit each. */
  readonly #seen: Uint8Array;

  constructor(lanes: number, steps: Steps) {
    this.#lanes = lanes;
    this.#from = steps.from;
    this.#points = steps.points;
    this.#step = steps.step;
    this.#rate = 1 / steps.step;
    this.#busy = new StepSums(steps, lanes);
    this.#offered = new StepSums(steps, lanes);
    this.#seen = new Uint8Array(lanes * steps.points);
  }

  /** A task was there then. @param cell one of `CELL`. */
  paint(lane: number, start: number, end: number, cell: number): void {
    const points = this.#points;
    const begin = (start - this.#from) * this.#rate;
    const finish = (end - this.#from) * this.#rate;
    if (finish < 0 || begin > points) return;
    const first = Math.min(points - 1, Math.max(0, Math.floor(begin)));
    // What ends where a cell begins is not in that cell.
    const last = Math.min(points - 1, Math.max(first, Math.ceil(finish) - 1));
    const row = lane * points;
    const bit = 1 << cell;
    this.#seen[row + first] = (this.#seen[row + first] ?? 0) | bit;
    this.#seen[row + last] = (this.#seen[row + last] ?? 0) | bit;
    this.#busy.add(start, end, 1, lane);
    if (last - first < 2) return;
    const changes = (this.#changes[cell] ??= new Int32Array(this.#lanes * (points + 1)));
    const place = lane * (points + 1);
    changes[place + first + 1] = (changes[place + first + 1] ?? 0) + 1;
    changes[place + last] = (changes[place + last] ?? 0) - 1;
  }

  /** A lane had so many slots then. */
  offer(lane: number, start: number, end: number, slots: number): void {
    this.#offered.add(start, end, slots, lane);
  }

  /** A byte for each cell, lane by lane. */
  cells(): Uint8Array {
    const points = this.#points;
    const cells = new Uint8Array(this.#lanes * points);
    this.#foldChanges();
    const [busy, offered] = [new Float64Array(points), new Float64Array(points)];
    for (let lane = 0; lane < this.#lanes; lane++) {
      this.#busy.seconds(lane, busy);
      this.#offered.seconds(lane, offered);
      const place = lane * points;
      for (let i = 0; i < points; i++)
        cells[place + i] = this.#cellOf(this.#seen[place + i] ?? 0, busy[i] ?? 0, offered[i] ?? 0);
    }
    return cells;
  }

  #foldChanges(): void {
    const points = this.#points;
    for (const [cell, changes] of this.#changes.entries()) {
      if (changes === undefined) continue;
      for (let lane = 0; lane < this.#lanes; lane++) {
        let covering = 0;
        for (let i = 0; i < points; i++) {
          covering += changes[lane * (points + 1) + i] ?? 0;
          if (covering > 0) this.#seen[lane * points + i] = (this.#seen[lane * points + i] ?? 0) | (1 << cell);
        }
      }
    }
  }

  #cellOf(seen: number, busy: number, offered: number): number {
    // Changes leave something behind of what should be nothing.
    const isThere = offered > this.#step * 1e-6;
    if (seen === 0) return (isThere ? CELL.idle : CELL.none) << 4;
    const share = busy / (isThere ? offered : this.#step);
    // What is there at all is to be seen.
    return ((WORST_CELL[seen] ?? CELL.none) << 4) | Math.max(1, Math.min(FULL, Math.round(share * FULL)));
  }
}

/** The worst of the states that were seen, by their bits. */
const WORST_CELL = Uint8Array.from({ length: 1 << 6 }, (_, seen) => {
  return WORST_FIRST.find((cell) => (seen & (1 << cell)) !== 0) ?? CELL.none;
});
