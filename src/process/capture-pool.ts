import type { Leak } from "../domain/result.ts";
import { BirthWatch } from "./birth-watch.ts";
import type { Capture, CaptureFolder } from "./capture.ts";

/** The files behind the two standard streams of one start of a task. */
export interface CapturePair {
  readonly output: Capture;
  readonly error: Capture;
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
  readonly #folder: CaptureFolder;
  readonly #births = new BirthWatch();
  readonly #spare: CapturePair[] = [];

  constructor(folder: CaptureFolder) {
    this.#folder = folder;
  }

  /** Two empty files. @throws the system's error. */
  open(): CapturePair {
    const spare = this.#spare.pop();
    if (spare !== undefined) return spare;
    const output = this.#folder.open();
    try {
      return { output, error: this.#folder.open(), strangers: 0 };
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

  discard(pair: CapturePair): void {
    pair.output.discard();
    pair.error.discard();
  }
}
