import { plural } from "../../domain/plural.ts";
import type { Context } from "../../domain/engine.ts";
import { Quota } from "../scheduler/quota.ts";

/** What contexts take: how many tasks each may still, and whether any but those that name it. */
export class Quotas {
  /** Labels of contexts that only take tasks which name them. */
  readonly #reserved = new Set<string>();
  /** By label. */
  readonly #quotas = new Map<string, { readonly quota: Quota; readonly limit: number }>();

  /** @param taken tasks that count for its limit already. */
  add({ label, taskLimit: limit, isReserved }: Context, taken = 0): void {
    if (isReserved === true) this.#reserved.add(label);
    this.#quotas.set(label, { quota: new Quota(limit > 0 ? limit - taken : Number.POSITIVE_INFINITY), limit });
  }

  has(label: string): boolean {
    return this.#quotas.has(label);
  }

  /** Whether the context only takes tasks that name it. */
  isReserved(label: string): boolean {
    return this.#reserved.has(label);
  }

  /** What the engines of this context share. */
  of(label: string): Quota {
    const known = this.#quotas.get(label)?.quota;
    if (known === undefined) throw new Error(`nobody knows of context ${label}`);
    return known;
  }

  /** What to tell the user of contexts that may take no more tasks. */
  exhausted(): string[] {
    return [...this.#quotas]
      .filter(([, { quota }]) => quota.isUsedUp)
      .map(([label, { limit }]) => `context ${label} has taken the ${plural(limit, "task")} that -C allows it`);
  }
}
