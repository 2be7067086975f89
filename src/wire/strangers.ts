import { networkOf } from "./network-of.ts";

/**
 * Callers that have not shown a certificate of the run. There is room for so many of them, and for so long.
 *
 * When there are too many, the network that most of them come from loses the one who has waited longest: whoever fills
 * the room from one place, or a few, only pushes out his own, and engines from elsewhere get through. Where no network
 * has more than one the newcomer is turned away, so that a crowd of honest ones is served in its order.
 *
 * Decides only; the connections are in the hands of the caller.
 */
export class Strangers<C> {
  readonly #most: number;
  readonly #patience: number;
  #now = 0;
  /** When each came, and from where; in that order. */
  readonly #all = new Map<C, { readonly since: number; readonly network: string }>();
  readonly #byNetwork = new Map<string, Set<C>>();

  /**
   * @param most how many there may be.
   * @param patience ticks after which one has had its time.
   */
  constructor(most: number, patience: number) {
    this.#most = most;
    this.#patience = patience;
  }

  get isOverfull(): boolean {
    return this.#all.size > this.#most;
  }

  [Symbol.iterator](): IterableIterator<C> {
    return this.#all.keys();
  }

  /** @param address from which it calls. */
  add(caller: C, address: string): void {
    const network = networkOf(address);
    this.#all.set(caller, { since: this.#now, network });
    const neighbours = this.#byNetwork.get(network);
    if (neighbours === undefined) this.#byNetwork.set(network, new Set([caller]));
    else neighbours.add(caller);
  }

  /** The caller has shown who it is, or is gone. @returns false when it was none of these. */
  delete(caller: C): boolean {
    const entry = this.#all.get(caller);
    if (entry === undefined) return false;
    this.#all.delete(caller);
    const neighbours = this.#byNetwork.get(entry.network);
    neighbours?.delete(caller);
    if (neighbours?.size === 0) this.#byNetwork.delete(entry.network);
    return true;
  }

  /** The one that has to go when there are too many; undefined when there is nobody. */
  leastWelcome(): C | undefined {
    let crowd: ReadonlySet<C> | undefined;
    for (const callers of this.#byNetwork.values()) if (callers.size > (crowd?.size ?? 1)) crowd = callers;
    const [longest] = crowd ?? [];
    return longest ?? [...this.#all.keys()].at(-1);
  }

  /**
   * Time goes on by one tick. Ticks are counted, and not seconds, so that what the driver has no time to listen to is not
   * held against anybody.
   *
   * @returns those who have had their time.
   */
  tick(): C[] {
    this.#now++;
    const late: C[] = [];
    for (const [caller, { since }] of this.#all) {
      if (this.#now - since < this.#patience) break;
      late.push(caller);
    }
    return late;
  }
}
