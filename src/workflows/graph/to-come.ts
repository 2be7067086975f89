import type { Combination } from "../document/workflow.ts";
import { countOn } from "./count-on.ts";

/** All combinations of one value from each list. */
export function* combinationsOf(lists: readonly (readonly string[])[]): Generator<readonly string[]> {
  const counts = lists.map((list) => list.length);
  if (counts.includes(0)) return;
  const steps = counts.map(() => 0);
  for (;;) {
    yield lists.map((list, i) => list[steps[i] ?? 0] ?? "");
    if (!countOn(steps, counts)) return;
  }
}

/** Tells by values, which need not be there yet, what is excluded. */
export class ExcludedValues {
  /** For each set of axes that some combinations name: their dimensions, and the values as text. */
  readonly #sets = new Map<string, { readonly dimensions: readonly number[]; readonly values: Set<string> }>();

  /** @param axes names, by dimension. */
  constructor(exclude: readonly Combination[], axes: readonly string[]) {
    for (const combination of exclude) {
      const dimensions = axes.flatMap((axis, dimension) => (Object.hasOwn(combination, axis) ? [dimension] : []));
      const key = dimensions.join();
      const set = this.#sets.get(key) ?? { dimensions, values: new Set() };
      set.values.add(JSON.stringify(dimensions.map((dimension) => combination[axes[dimension] ?? ""])));
      this.#sets.set(key, set);
    }
  }

  has(values: readonly string[]): boolean {
    for (const { dimensions, values: excluded } of this.#sets.values()) {
      if (excluded.has(JSON.stringify(dimensions.map((dimension) => values[dimension])))) return true;
    }
    return false;
  }
}
