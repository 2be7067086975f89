import { Bits } from "./bits.ts";
import type { Pattern } from "./instance.ts";

/** Values of an instance, by dimension. */
type ValueAt = (dimension: number) => string;

/** Instances of many templates: whole templates, single ones, and those with certain values, which may come later. */
export class InstanceSet {
  readonly #whole = new Bits();
  readonly #single: Bits[] = [];
  readonly #patterns: Patterns[] = [];

  /** Adds all instances of a template, now and later. @returns whether that is new. */
  addAll(template: number): boolean {
    return this.#whole.add(template);
  }

  hasAll(template: number): boolean {
    return this.#whole.has(template);
  }

  /** Adds an instance. @returns whether it is new. */
  add(template: number, index: number): boolean {
    if (this.#whole.has(template)) return false;
    return (this.#single[template] ??= new Bits()).add(index);
  }

  /** Adds all instances with these values, now and later. @returns whether there is anything new in it. */
  addPattern(template: number, pattern: Pattern): boolean {
    if (this.#whole.has(template)) return false;
    if (pattern.every((values) => values === undefined)) return this.addAll(template);
    return (this.#patterns[template] ??= new Patterns()).add(pattern);
  }

  has(template: number, index: number, valueAt: ValueAt): boolean {
    if (this.#whole.has(template) || this.#single[template]?.has(index) === true) return true;
    return this.#patterns[template]?.match(valueAt) ?? false;
  }
}

/** Patterns of a template: for each set of dimensions that some of them name, the combinations of values. */
class Patterns {
  readonly #byDimensions = new Map<string, { readonly dimensions: readonly number[]; readonly keys: Set<string> }>();

  add(pattern: Pattern): boolean {
    const dimensions = pattern.flatMap((values, dimension) => (values === undefined ? [] : [dimension]));
    const name = dimensions.join();
    let named = this.#byDimensions.get(name);
    if (named === undefined) this.#byDimensions.set(name, (named = { dimensions, keys: new Set() }));
    const before = named.keys.size;
    let combinations: string[][] = [[]];
    for (const dimension of dimensions) {
      combinations = combinations.flatMap((values) => (pattern[dimension] ?? []).map((value) => [...values, value]));
    }
    for (const values of combinations) named.keys.add(JSON.stringify(values));
    return named.keys.size > before;
  }

  match(valueAt: ValueAt): boolean {
    for (const { dimensions, keys } of this.#byDimensions.values()) {
      if (keys.has(JSON.stringify(dimensions.map(valueAt)))) return true;
    }
    return false;
  }
}
