import type { NodeSlots } from "../../domain/engine.ts";

/**
 * Seconds before an engine is started again: at once, and later and later where engines die soon; the last one from
 * then on.
 */
const DELAYS = [0, 5, 30, 60] as const;
/** An engine that has been in the run for so many seconds has not died of being started. */
const SOON = 10;

/** Another start of an engine, in place of one that has died. */
export interface Restart {
  /** Name of the host. */
  readonly node: string;
  /** Label of the context. */
  readonly label: string;
  /** 1 for the first one there; 0 for one that costs nobody a restart. */
  readonly restart: number;
  /** Seconds. */
  readonly delay: number;
}

/** How often engines have been started again, on each node of a context. */
export class EngineRestarts {
  readonly #limit: number;
  readonly #nodes = new Map<NodeSlots, { restarts: number; soon: number }>();

  /** @param limit for each node. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * The next one on this node, or undefined when there have been enough.
   *
   * @param lived seconds that the last engine has been in the run.
   */
  next(node: NodeSlots, lived: number): Pick<Restart, "restart" | "delay"> | undefined {
    const before = this.#nodes.get(node) ?? { restarts: 0, soon: 0 };
    if (before.restarts >= this.#limit) return undefined;
    const soon = lived < SOON ? before.soon : 0;
    const restart = before.restarts + 1;
    this.#nodes.set(node, { restarts: restart, soon: soon + 1 });
    return { restart, delay: DELAYS[soon] ?? DELAYS[DELAYS.length - 1] ?? 0 };
  }
}
