import { plural } from "../../domain/plural.ts";
import type { Context } from "../../domain/engine.ts";
import { Quota } from "../scheduler/quota.ts";

/** How many tasks each context may still take. */
export class Quotas {
  /** By label. */
  readonly #quotas = new Map<string, { readonly quota: Quota; readonly limit: number }>();

  /** @param taken tasks that count for its limit already. */
  add({ label, taskLimit: limit }: Context, taken = 0): void {
    this.#quotas.set(label, { quota: new Quota(limit > 0 ? limit - taken : Number.POSITIVE_INFINITY), limit });
  }

  has(label: string): boolean {
    return this.#quotas.has(label);
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
