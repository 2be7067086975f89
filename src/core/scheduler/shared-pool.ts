import { type Demand, partsOf } from "./demand.ts";

/** The named resources of a run, which the tasks of all engines share. Amounts are in hundredths. */
export class SharedPool {
  readonly #total = new Map<string, number>();
  readonly #free = new Map<string, number>();
  /** Whether something has become free since this was set to false. */
  hasNews = false;

  constructor(resources: Readonly<Record<string, number>>) {
    for (const [name, amount] of Object.entries(resources)) {
      this.#total.set(name, partsOf(amount));
      this.#free.set(name, partsOf(amount));
    }
  }

  /** Whether the run has the resource of this name; if not, engines may. */
  has(name: string): boolean {
    return this.#total.has(name);
  }

  total(name: string): number {
    return this.#total.get(name) ?? 0;
  }

  free(name: string): number {
    return this.#free.get(name) ?? 0;
  }

  /** Whether the task takes any of it. */
  isUsedBy({ named }: Demand): boolean {
    return named.length > 0 && named.some(({ name }) => this.#total.has(name));
  }

  /** How many such tasks there is enough for; `Infinity` when they take nothing of it. @param kept what has to be left for another. */
  count({ named }: Demand, kept?: Demand): number {
    let most = Number.POSITIVE_INFINITY;
    for (const { name, amount } of named) {
      if (this.#total.has(name)) most = Math.min(most, Math.floor((this.free(name) - amountOf(kept, name)) / amount));
    }
    return Math.max(0, most);
  }

  /** Name of what the run does not have enough of, whoever has ended; undefined when there is none. */
  lacking({ named }: Demand): string | undefined {
    return named.find(({ name, amount }) => this.#total.has(name) && amount > this.total(name))?.name;
  }

  take({ named }: Demand): void {
    for (const { name, amount } of named) if (this.#total.has(name)) this.#free.set(name, this.free(name) - amount);
  }

  giveBack({ named }: Demand): void {
    for (const { name, amount } of named) {
      if (!this.#total.has(name)) continue;
      this.#free.set(name, this.free(name) + amount);
      this.hasNews = true;
    }
  }
}

/** How much of a named resource a task takes, in hundredths. */
export function amountOf(demand: Demand | undefined, name: string): number {
  return demand?.named.find((need) => need.name === name)?.amount ?? 0;
}
