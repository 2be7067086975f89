import { IndexSet } from "./index-set.ts";

/**
 * Instances in the order of ranks of their templates, and of their indexes within a template. Each takes a bit, so that a
 * million can wait; a template of which only the first instance waits takes nothing beside its own bit.
 */
export class InstanceQueue {
  /** Ranks of templates of which some instance waits. */
  #ranks = new IndexSet();
  /** By template: those that wait; undefined where no other than index 0 ever has. */
  readonly #waiting: (IndexSet | undefined)[] = [];
  #rankOf: readonly number[] = [];
  #templateOf: readonly number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts all templates into this order. */
  rank(order: readonly number[]): void {
    const waiting = this.templates();
    const ranks: number[] = [];
    order.forEach((template, rank) => (ranks[template] = rank));
    this.#rankOf = ranks;
    this.#templateOf = order;
    this.#ranks = new IndexSet();
    for (const template of waiting) this.#ranks.add(ranks[template] ?? template);
  }

  /** @param index of an instance that is not there. */
  add(template: number, index: number): void {
    const rank = this.#rankOf[template] ?? template;
    const isFirst = !this.#ranks.has(rank);
    this.#size++;
    if (isFirst) this.#ranks.add(rank);
    const known = this.#waiting[template];
    if (known !== undefined) known.add(index);
    else if (index > 0) this.#setOf(template, !isFirst).add(index);
  }

  /** Adds the instances from `from` to below `to`, of which none is there. */
  addRange(template: number, from: number, to: number): void {
    if (to - from === 1) this.add(template, from);
    if (to - from <= 1) return;
    const rank = this.#rankOf[template] ?? template;
    this.#setOf(template, this.#ranks.has(rank)).addRange(from, to);
    this.#ranks.add(rank);
    this.#size += to - from;
  }

  /** The template that comes first; -1 when nothing waits. */
  firstTemplate(): number {
    const rank = this.#ranks.first();
    return rank < 0 ? -1 : (this.#templateOf[rank] ?? rank);
  }

  /** The first instance of the template, of which some waits; it is taken out. */
  takeFrom(template: number): number {
    const waiting = this.#waiting[template];
    const index = waiting === undefined ? 0 : waiting.takeFirst();
    this.#size--;
    // What is empty is kept: making it takes longer than all that is done with it.
    if (waiting === undefined || waiting.size === 0) this.#ranks.delete(this.#rankOf[template] ?? template);
    return index;
  }

  /** Templates of which some instance waits, in their order. */
  templates(): number[] {
    const found: number[] = [];
    const ranks = this.#ranks;
    for (let rank = ranks.takeFirst(); rank >= 0; rank = ranks.takeFirst()) found.push(rank);
    for (const rank of found) ranks.add(rank);
    return found.map((rank) => this.#templateOf[rank] ?? rank);
  }

  #setOf(template: number, isWaiting: boolean): IndexSet {
    const known = this.#waiting[template];
    if (known !== undefined) return known;
    const made = new IndexSet();
    if (isWaiting) made.add(0);
    this.#waiting[template] = made;
    return made;
  }
}
