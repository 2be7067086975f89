import type { Estimate } from "../../domain/watch.ts";

/** An end that moves by less than this share of the time that is left is not moved. */
const SLIGHT = 0.06;

/** Keeps an estimate that is looked at many times a second from flickering: it moves when there is something to tell. */
export class SteadyEstimate {
  #shown: Estimate | undefined;

  /** @returns what to show at this time, Unix time in seconds. */
  next(estimate: Estimate | undefined, now: number): Estimate | undefined {
    const shown = this.#shown;
    const isNear = (end: number, other: number): boolean => Math.abs(end - other) <= SLIGHT * (other - now);
    const stays =
      shown !== undefined &&
      estimate !== undefined &&
      shown.slow === estimate.slow &&
      isNear(shown.earliest, estimate.earliest) &&
      isNear(shown.latest, estimate.latest);
    if (!stays) this.#shown = estimate;
    return this.#shown;
  }
}
