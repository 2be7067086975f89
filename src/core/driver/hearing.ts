import type { RunView } from "../../domain/watch.ts";

/** An engine is heard of all the time; so often that is told, in seconds. */
const STEP = 5;
/** Seconds to which the silence of such an engine is told. */
const SILENT_STEP = 2;

/** When engines were heard of last, in steps: what changes all the time would have to be told all the time. */
export class Hearing {
  readonly #silence: (rank: number) => number | undefined;
  /** By rank, Unix times in seconds. */
  readonly #heard = new Map<number, number>();

  /** @param silence seconds since the engine of this rank has been heard of; undefined when it is not in the run. */
  constructor(silence: (rank: number) => number | undefined) {
    this.#silence = silence;
  }

  /** The view, with what is known of its engines. */
  addTo(view: RunView): RunView {
    const engines = view.engines.map((engine) => ({ ...engine, lastHeard: this.#lastHeard(engine.rank, view.now) }));
    return { ...view, engines };
  }

  #lastHeard(rank: number, now: number): number | undefined {
    const silence = this.#silence(rank);
    const told = this.#heard.get(rank);
    if (silence === undefined) return told;
    const heard = Math.round(now - silence);
    if (told !== undefined && Math.abs(heard - told) < (silence < STEP ? STEP : SILENT_STEP)) return told;
    this.#heard.set(rank, heard);
    return heard;
  }
}
