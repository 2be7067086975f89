import { type OutcomeTable, ROW } from "../../records/outcomes/outcome-table.ts";

/**
 * The lane that each task ran in. The journal tells it; otherwise tasks of a node are put in lanes by their times, each in the
 * first that was free, so that no two in a lane overlap. Such lanes are reconstructed.
 */
export class Lanes {
  readonly #table: OutcomeTable;
  readonly #lanes: Int32Array;

  constructor(table: OutcomeTable) {
    this.#table = table;
    this.#lanes = reconstructed(table);
  }

  /** From 0. */
  laneOf(row: number): number {
    return this.#table.slot(row) >= 0 ? this.#table.slot(row) : (this.#lanes[row] ?? 0);
  }
}

function reconstructed(table: OutcomeTable): Int32Array {
  const lanes = new Int32Array(table.size);
  const order: number[] = [];
  for (let row = 0; row < table.size; row++) {
    if (table.type(row) === ROW.task && table.slot(row) < 0) order.push(row);
  }
  order.sort((a, b) => table.start(a) - table.start(b) || table.finish(a) - table.finish(b));
  const nodes = new Map<number, NodeLanes>();
  for (const row of order) {
    const node = table.node(row);
    let free = nodes.get(node);
    if (free === undefined) nodes.set(node, (free = new NodeLanes()));
    lanes[row] = free.take(table.start(row), table.finish(row));
  }
  return lanes;
}

/** Lanes of a node: a heap of when each is free again. */
class NodeLanes {
  /** The lane that is free first stands first. */
  readonly #heap: { readonly lane: number; readonly free: number }[] = [];

  /** @returns the lane that is taken from then to then. */
  take(start: number, finish: number): number {
    const [first] = this.#heap;
    if (first === undefined || first.free > start) {
      const lane = this.#heap.length;
      this.#heap.push({ lane, free: finish });
      this.#rise(lane);
      return lane;
    }
    this.#heap[0] = { lane: first.lane, free: finish };
    this.#sink(0);
    return first.lane;
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >>> 1;
      if (this.#free(parent) <= this.#free(at)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (this.#free(left) < this.#free(least)) least = left;
      if (this.#free(right) < this.#free(least)) least = right;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #free(at: number): number {
    return this.#heap[at]?.free ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
