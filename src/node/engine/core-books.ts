import { CORE_PARTS } from "../../domain/terms/words.ts";
import type { Core } from "../machine/cores.ts";

/** So many parts of one core. */
export interface CoreShare {
  /** Its place in the list of cores. */
  readonly core: number;
  readonly parts: number;
}

/**
 * Which parts of which cores are free. Whole cores are taken before parts of several, and cores of one group together: of one
 * NUMA node, or of one slot where slots have cores of their own.
 */
export class CoreBooks {
  readonly #cores: readonly Core[];
  readonly #groups: readonly (readonly number[])[];
  readonly #free: number[];
  #total: number;

  /** @param perSlot cores that belong to each slot, the first to the first; undefined where they belong to no slot. */
  constructor(cores: readonly Core[], perSlot: number | undefined) {
    this.#cores = cores;
    this.#free = cores.map(() => CORE_PARTS);
    this.#total = cores.length * CORE_PARTS;
    const groups: number[][] = [];
    const places = new Map<number, number>();
    for (const [core, { node }] of cores.entries()) {
      const key = perSlot === undefined ? node : Math.floor(core / perSlot);
      const place = places.get(key) ?? groups.push([]) - 1;
      places.set(key, place);
      groups[place]?.push(core);
    }
    this.#groups = groups;
  }

  /** Parts that are free in all. */
  get free(): number {
    return this.#total;
  }

  /** Parts that are free in this group. */
  freeIn(group: number): number {
    return (this.#groups[group] ?? []).reduce((sum, core) => sum + (this.#free[core] ?? 0), 0);
  }

  /** The group with the least room of those that suffice, else the one with the most; of these groups, or of all. */
  bestGroup(wanted: number, groups: readonly number[] = [...this.#groups.keys()]): number | undefined {
    let best: { readonly group: number; readonly free: number } | undefined;
    for (const group of groups) {
      const free = this.freeIn(group);
      const isBetter =
        best === undefined || (free >= wanted ? best.free < wanted || free < best.free : free > best.free);
      if (isBetter) best = { group, free };
    }
    return best?.group;
  }

  /** Takes so many parts, which are free: of this group first. */
  take(wanted: number, first: number): CoreShare[] {
    const own = this.#groups[first] ?? [];
    const others = this.freeIn(first) < wanted ? this.#groups.filter((_, group) => group !== first).flat() : [];
    const order = [...own, ...others];
    const taken = new Map<number, number>();
    let rest = wanted;
    const from = (core: number | undefined, parts: number): void => {
      if (core === undefined || parts <= 0) return;
      taken.set(core, (taken.get(core) ?? 0) + parts);
      this.#free[core] = (this.#free[core] ?? 0) - parts;
      this.#total -= parts;
      rest -= parts;
    };
    for (const core of order) if (rest >= CORE_PARTS && this.#free[core] === CORE_PARTS) from(core, CORE_PARTS);
    if (rest < CORE_PARTS) from(this.#tightest(order, rest), rest);
    for (const core of order) from(core, Math.min(rest, this.#free[core] ?? 0));
    return [...taken].map(([core, parts]) => ({ core, parts }));
  }

  /** Takes these cores, which are free, whole. */
  takeWhole(cores: readonly number[]): CoreShare[] {
    const shares = cores.map((core) => ({ core, parts: CORE_PARTS }));
    for (const { core, parts } of shares) this.#change(core, -parts);
    return shares;
  }

  giveBack(shares: readonly CoreShare[]): void {
    for (const { core, parts } of shares) this.#change(core, parts);
  }

  /** The processors of these cores, in their order. */
  cpusOf(shares: readonly CoreShare[]): number[] {
    return shares.flatMap(({ core }) => this.#cores[core]?.cpus ?? []).toSorted((a, b) => a - b);
  }

  #change(core: number, parts: number): void {
    this.#free[core] = (this.#free[core] ?? 0) + parts;
    this.#total += parts;
  }

  /** The core with the least room for so many parts. */
  #tightest(cores: readonly number[], parts: number): number | undefined {
    let best: number | undefined;
    for (const core of cores) {
      const free = this.#free[core] ?? 0;
      if (free >= parts && (best === undefined || free < (this.#free[best] ?? 0))) best = core;
    }
    return best;
  }
}
