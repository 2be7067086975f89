import { within } from "./batches.ts";
import { CellArrays } from "./cell-arrays.ts";
import { CELL } from "./documents.ts";
import type { LaneOffer } from "./lanes.ts";
import { StepSums } from "./step-sums.ts";
import type { Steps } from "./steps.ts";

/** What a cell shows when tasks of several kinds are in it: the first of these. */
const WORST_FIRST = [CELL.failed, CELL.cut, CELL.running, CELL.succeeded] as const;
/** How much of a cell's time had a task, at most. */
const FULL = 15;
/** Parts of a cell that are nothing: changes leave something behind of what should be 0. */
const NOTHING = 1e-6;

/** Paints stretches of time into cells. A stretch costs the same however many cells it covers, and however many cover a cell. */
export class CellPainter {
  readonly #steps: Steps;
  readonly #points: number;
  readonly #lanes: number;
  readonly #offers: readonly (readonly LaneOffer[])[];
  readonly #arrays: CellArrays;

  /** @param offers from when to when lanes had slots. */
  constructor(lanes: number, offers: readonly LaneOffer[], steps: Steps) {
    this.#lanes = lanes;
    this.#steps = steps;
    this.#points = steps.points;
    this.#offers = offersOf(lanes, offers);
    this.#arrays = CellArrays.take(lanes * steps.points);
  }

  /** A task was there then. @param cell one of `CELL`. */
  paint(lane: number, start: number, end: number, cell: number): void {
    const { from, step } = this.#steps;
    const points = this.#points;
    if (end < from || start > from + points * step) return;
    const begin = within((start - from) / step, 0, points);
    const finish = within((end - from) / step, 0, points);
    const first = Math.min(points - 1, Math.floor(begin));
    // What ends where a cell begins is not in that cell.
    const last = Math.max(first, Math.ceil(finish) - 1);
    const row = lane * points;
    const bit = 1 << cell;
    const { seen, parts } = this.#arrays;
    seen[row + first] = (seen[row + first] ?? 0) | bit;
    if (first === last) {
      parts[row + first] = (parts[row + first] ?? 0) + (finish - begin);
      return;
    }
    seen[row + last] = (seen[row + last] ?? 0) | bit;
    parts[row + first] = (parts[row + first] ?? 0) + (first + 1 - begin);
    parts[row + last] = (parts[row + last] ?? 0) + (finish - last);
    if (last - first < 2) return;
    const changes = this.#arrays.changesOf(cell);
    changes[row + first + 1] = (changes[row + first + 1] ?? 0) + 1;
    changes[row + last] = (changes[row + last] ?? 0) - 1;
  }

  /** A byte for each cell, lane by lane. Nothing is painted after that. */
  cells(): Uint8Array {
    const points = this.#points;
    const { parts, seen: ofCells } = this.#arrays;
    const cells = new Uint8Array(this.#lanes * points);
    const busy = new Float64Array(points);
    const offered = new Float64Array(points);
    for (let lane = 0; lane < this.#lanes; lane++) {
      const row = lane * points;
      this.#offeredTo(lane, offered);
      for (let i = 0; i < points; i++) busy[i] = parts[row + i] ?? 0;
      for (const cell of this.#arrays.changed) this.#cover(row, cell, busy);
      for (let i = 0; i < points; i++) {
        const isThere = (offered[i] ?? 0) > NOTHING;
        const seen = ofCells[row + i] ?? 0;
        if (seen === 0) {
          cells[row + i] = (isThere ? CELL.idle : CELL.none) << 4;
          continue;
        }
        const level = Math.round(((busy[i] ?? 0) * FULL) / (isThere ? (offered[i] ?? 1) : 1));
        // What is there at all is to be seen.
        cells[row + i] = ((WORST_CELL[seen] ?? CELL.none) << 4) | (level < 1 ? 1 : level > FULL ? FULL : level);
      }
    }
    this.#arrays.giveBack();
    return cells;
  }

  /** Adds what covers cells of a lane as a whole. */
  #cover(row: number, cell: number, busy: Float64Array): void {
    const points = this.#points;
    const { seen } = this.#arrays;
    const changes = this.#arrays.changesOf(cell);
    const bit = 1 << cell;
    let covering = 0;
    for (let i = 0; i < points; i++) {
      covering += changes[row + i] ?? 0;
      if (covering <= 0) continue;
      seen[row + i] = (seen[row + i] ?? 0) | bit;
      busy[i] = (busy[i] ?? 0) + covering;
    }
  }

  /** How many slots the lane had in each cell, on the average. Those of an engine are alike. */
  #offeredTo(lane: number, into: Float64Array<ArrayBuffer>): void {
    const offers = this.#offers[lane] ?? [];
    const before = lane === 0 ? undefined : this.#offers[lane - 1];
    if (before?.length === 1 && offers.length === 1 && before[0] === offers[0]) return;
    const sums = new StepSums(this.#steps);
    for (const { from, to, slots } of offers) sums.add(from, to, slots);
    sums.seconds(into);
    for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) / this.#steps.step;
  }
}

function offersOf(lanes: number, offers: readonly LaneOffer[]): LaneOffer[][] {
  const ofLanes: LaneOffer[][] = Array.from({ length: lanes }, () => []);
  for (const offer of offers) for (let i = 0; i < offer.count; i++) ofLanes[offer.lane + i]?.push(offer);
  return ofLanes;
}

/** The worst of the states that were seen, by their bits. */
const WORST_CELL = Uint8Array.from({ length: 1 << 6 }, (_, seen) => {
  return WORST_FIRST.find((cell) => (seen & (1 << cell)) !== 0) ?? CELL.none;
});
