import type { Needs } from "../../domain/terms/task-terms.ts";

/** Sums of fractions come out a little off. */
const ROUNDING = 1e-9;

/** What is left of memory and of the named resources of an engine. What the engine does not have is not its to deal out. */
export class AmountsLeft {
  readonly #total = new Map<string, number>();
  readonly #left: Map<string, number>;

  /** @param memory bytes; undefined where nobody knows, and then there is enough. */
  constructor(memory: number | undefined, named: Readonly<Record<string, number>>) {
    if (memory !== undefined) this.#total.set(MEMORY, memory);
    for (const [name, amount] of Object.entries(named)) this.#total.set(name, amount);
    this.#left = new Map(this.#total);
  }

  suffice(needs: Needs): boolean {
    for (const [name, amount] of amountsOf(needs)) {
      const left = this.#left.get(name);
      if (left !== undefined && amount > left + ROUNDING * (this.#total.get(name) ?? 0)) return false;
    }
    return true;
  }

  take(needs: Needs): void {
    this.#change(needs, -1);
  }

  giveBack(needs: Needs): void {
    this.#change(needs, 1);
  }

  #change(needs: Needs, sign: 1 | -1): void {
    for (const [name, amount] of amountsOf(needs)) {
      const left = this.#left.get(name);
      if (left !== undefined) this.#left.set(name, left + sign * amount);
    }
  }
}

/** No named resource can be called so. */
const MEMORY = "memory";

function* amountsOf({ memory, named }: Needs): Generator<readonly [string, number]> {
  if (memory !== undefined) yield [MEMORY, memory];
  yield* named;
}
