import type { SimulatedProcess } from "./process.ts";
import type { Happening, World } from "./world.ts";

/** Longest delay that timers of the runtimes know, in milliseconds; what is longer counts as one. */
const LONGEST = 2 ** 31 - 1;

/** What setTimeout and setInterval return in the simulated world. */
export class VirtualTimer {
  readonly #world: World;
  readonly #owner: SimulatedProcess;
  readonly #delay: number;
  readonly #repeats: boolean;
  readonly #action: () => void;
  #next: Happening | undefined;
  /** Stays: an interval that is cleared while it fires does not go on. */
  #cleared = false;
  #holdsProcess = true;

  constructor(world: World, delay: number | undefined, repeats: boolean, action: () => void) {
    this.#world = world;
    this.#owner = world.self;
    this.#delay = delay !== undefined && delay >= 1 && delay <= LONGEST ? Math.trunc(delay) : 1;
    this.#repeats = repeats;
    this.#action = action;
    this.#arm();
  }

  ref(): this {
    this.#holdsProcess = true;
    return this;
  }

  unref(): this {
    this.#holdsProcess = false;
    return this;
  }

  hasRef(): boolean {
    return this.#holdsProcess;
  }

  refresh(): this {
    if (this.#cleared) return this;
    this.#callOff();
    this.#arm();
    return this;
  }

  clear(): void {
    this.#cleared = true;
    this.#callOff();
  }

  #callOff(): void {
    if (this.#next !== undefined) this.#next.action = undefined;
    this.#next = undefined;
  }

  #arm(): void {
    this.#next = this.#world.post(this.#owner, this.#delay, () => this.#fire(), { timer: true });
  }

  #fire(): void {
    this.#next = undefined;
    this.#action();
    if (this.#repeats && !this.#cleared) this.#arm();
  }
}
