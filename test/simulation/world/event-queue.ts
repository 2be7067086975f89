/** Something that has its place in time, and among what happens at the same time. */
export interface Timed {
  readonly time: number;
  readonly order: number;
}

/** A heap: hands out the earliest first, and of those at the same time the one of the lowest order. */
export class EventQueue<T extends Timed> {
  readonly #heap: T[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(event: T): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  pop(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      let smaller = left;
      let below = heap[left];
      const right = heap[left + 1];
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        below = right;
        smaller = left + 1;
      }
      if (below === undefined || !isBefore(below, last)) break;
      heap[at] = below;
      at = smaller;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
