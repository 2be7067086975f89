import type { NodeSlots } from "../domain/engine.ts";

/** Seconds before an engine is started again: at once, then later and later; the last one from then on. */
const DELAYS = [0, 5, 30, 60] as const;

/** How often engines have been started again, on each node of a context. */
export class EngineRestarts {
  readonly #limit: number;
  readonly #restarts = new Map<NodeSlots, number>();

  /** @param limit for each node. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The next one on this node, or undefined when there have been enough. */
  next(node: NodeSlots): { readonly restart: number; readonly delay: number } | undefined {
    const before = this.#restarts.get(node) ?? 0;
    if (before >= this.#limit) return undefined;
    this.#restarts.set(node, before + 1);
    return { restart: before + 1, delay: DELAYS[before] ?? DELAYS[DELAYS.length - 1] ?? 0 };
  }
}
