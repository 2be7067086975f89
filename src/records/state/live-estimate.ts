import type { Estimate } from "../../domain/watch.ts";
import type { Counts } from "./counts.ts";
import { estimateOf } from "./estimate-of.ts";
import { SteadyEstimate } from "./steady-estimate.ts";

/** Seconds between two estimates: they cost milliseconds, and change slowly. */
const INTERVAL = 1;

/** When a run that goes on will have ended, for somebody who looks many times a second. */
export class LiveEstimate {
  readonly #counts: Counts;
  readonly #steady = new SteadyEstimate();
  #estimate: Estimate | undefined;
  /** Unix time in seconds. */
  #madeAt = Number.NEGATIVE_INFINITY;

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  /** @param now Unix time in seconds. @returns undefined when nobody can tell. */
  at(now: number): Estimate | undefined {
    if (this.#counts.phase !== "running") return undefined;
    if (!(now - this.#madeAt < INTERVAL)) {
      this.#madeAt = now;
      this.#estimate = this.#steady.next(estimateOf(this.#counts, now), now);
    }
    return this.#estimate;
  }
}
