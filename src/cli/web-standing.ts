import type { RunStanding } from "../run/workflow/past-standing.ts";

/** Where instances stand is read no more often than this, in milliseconds, and so often that it takes a tenth of the time at most. */
const LEAST_AGE_MS = 2000;
const PART_OF_TIME = 10;
/** What nobody has asked for so long is forgotten, in milliseconds: it takes memory for each instance. */
const FORGOTTEN_MS = 60_000;

/** Where the instances of a workflow stand by its records: read once for all who ask, and again when that is old. */
export class WebStanding {
  readonly #look: () => Promise<RunStanding>;
  readonly #isOver: () => boolean;
  #kept: Kept | undefined;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param look reads it in the records.
   * @param isOver whether the run is: everything stays as it is then. One that is lost may be recovered.
   */
  constructor(look: () => Promise<RunStanding>, isOver: () => boolean) {
    this.#look = look;
    this.#isOver = isOver;
  }

  /** @throws UserError `not-a-workflow`, `document-unreadable` and the like. */
  read(): Promise<RunStanding> {
    this.#forgetLater();
    const now = performance.now();
    const known = this.#kept;
    const isOver = this.#isOver();
    if (known !== undefined && (isOver ? known.final : now < known.goodUntil)) return known.read;
    const read = this.#look();
    const kept = { read, final: isOver, goodUntil: Number.POSITIVE_INFINITY };
    this.#kept = kept;
    void this.#keep(kept, now);
    return kept.read;
  }

  /** What was read is old: the run has been taken up again, or nobody asks any more. */
  forget(): void {
    clearTimeout(this.#forgetting);
    this.#kept = undefined;
  }

  async #keep(kept: Kept, began: number): Promise<void> {
    try {
      await kept.read;
      const took = performance.now() - began;
      kept.goodUntil = performance.now() + Math.max(LEAST_AGE_MS, took * PART_OF_TIME);
    } catch {
      // Whoever asks next has it read again.
      if (this.#kept === kept) this.#kept = undefined;
    }
  }

  #forgetLater(): void {
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => this.forget(), FORGOTTEN_MS);
    this.#forgetting.unref();
  }
}

/** What was read last. */
interface Kept {
  readonly read: Promise<RunStanding>;
  /** The run was over: it stays as it is, unless somebody takes the run up again. */
  readonly final: boolean;
  goodUntil: number;
}
