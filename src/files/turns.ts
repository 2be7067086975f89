import { setImmediate as otherWork } from "node:timers/promises";

/** Milliseconds of work after which the rest of the process has its turn. */
const TURN = 10;

/** Lets the rest of the process go on beside work that takes long. */
export class Turns {
  #began: number | undefined;

  /** Whether enough has been done in this turn. A turn begins when this is asked first. */
  get isOver(): boolean {
    if (this.#began !== undefined) return performance.now() - this.#began > TURN;
    this.#began = performance.now();
    setImmediate(() => (this.#began = undefined));
    return false;
  }

  /** The next turn. */
  async next(): Promise<void> {
    await otherWork();
    this.#began = undefined;
  }
}
