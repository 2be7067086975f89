import type { KeptOutput } from "../../domain/output.ts";
import type { Leak } from "../../domain/result.ts";
import { BirthWatch } from "./birth-watch.ts";
import { CapturePlaces } from "./capture-places.ts";
import { type Capture, type CaptureFolder, LESS_KEPT } from "./capture.ts";

/** The files behind the two standard streams of one start of a task. */
export interface CapturePair {
  readonly output: Capture;
  readonly error: Capture;
  /** Number of the place that they are in. */
  readonly place: number;
  /** What `BirthWatch` had seen when the task began. */
  strangers: number;
}

/** In less time the system cannot run through all its process numbers. Seconds. */
const TRUSTED_SECONDS = 0.1;

/**
 * Hands out capture files. The files of a task that started no process can serve the next task: nobody else can hold them.
 * All others are dropped after one use, so that whoever outlives a task writes where nobody looks.
 */
export class CapturePool {
  readonly #places: CapturePlaces;
  readonly #births = new BirthWatch();
  readonly #spare: CapturePair[] = [];

  /**
   * @param others take the folder's place, in this order, while it has no room.
   * @param warn told once of what has to be done without, in one line.
   */
  constructor(folder: CaptureFolder, others: readonly CaptureFolder[] = [], warn: (message: string) => void = ignore) {
    this.#places = new CapturePlaces([folder, ...others], warn);
  }

  /** Two empty files. @throws the system's error when it is short of descriptors or memory, which may pass. */
  open(): CapturePair {
    this.#places.look();
    for (let spare = this.#spare.pop(); spare !== undefined; spare = this.#spare.pop()) {
      if (spare.place === this.#places.current) return spare;
      this.discard(spare);
    }
    const output = this.#places.open();
    try {
      return { output, error: this.#places.open(), place: this.#places.current, strangers: 0 };
    } catch (error) {
      output.discard();
      throw error;
    }
  }

  /** The task that writes into these files runs as this process. */
  started(pair: CapturePair, pid: number): void {
    pair.strangers = this.#births.started(pid);
  }

  /** What was written. The files are the pool's again. @param seconds how long the task took. */
  take(pair: CapturePair, seconds: number): { output: Leak; error: Leak } {
    const { output, error } = pair;
    const alone = this.#births.look() === pair.strangers && seconds < TRUSTED_SECONDS;
    if (!alone || output.hollowed || error.hollowed) return { output: output.take(), error: error.take() };
    const leaks = { output: output.takeAndEmpty(), error: error.takeAndEmpty() };
    this.#spare.push(pair);
    return leaks;
  }

  /** What was written so far. The files stay with whoever has them. */
  look({ output, error }: CapturePair): { output: Leak; error: Leak } {
    return { output: output.look(), error: error.look() };
  }

  /** Whether what is written into these files is thrown away. */
  isNowhere({ place }: CapturePair): boolean {
    return this.#places.isNowhere(place);
  }

  /** The end of what was written so far. @param most bytes of each stream. */
  tail({ output, error }: CapturePair, most: number): KeptOutput | undefined {
    const [stdout, stderr] = [output.tail(most), error.tail(most)];
    if (stdout === undefined && stderr === undefined) return undefined;
    return { ...(stdout !== undefined && { stdout }), ...(stderr !== undefined && { stderr }) };
  }

  /**
   * Keeps what a task writes into these files from filling the disk. To be called now and then while it runs.
   *
   * @param neededFrom bytes of its stdout from this one on are still asked for.
   */
  async bound({ output, error, place }: CapturePair, neededFrom?: number): Promise<void> {
    this.#places.look();
    const mostKept = place === this.#places.current ? undefined : LESS_KEPT;
    await Promise.all([output.bound(mostKept, neededFrom), error.bound(mostKept)]);
  }

  /** A task that wrote into these files has failed. @returns in one line that it may have failed of that, if so. */
  blamed({ place }: CapturePair): string | undefined {
    return this.#places.blamed(place);
  }

  discard(pair: CapturePair): void {
    pair.output.discard();
    pair.error.discard();
  }
}

function ignore(): void {
  // Nobody wants to know.
}
