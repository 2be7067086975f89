import { BEATS_PER_LEASE } from "../../domain/lease.ts";

/**
 * What an engine knows of its driver's patience. The driver hears a sign of life no earlier than it was sent, so counting
 * from there the engine's lease ends before the driver gives it up. Times are seconds on the boot clock.
 */
export class Lease {
  readonly #seconds: number;
  /** When each sign of life was sent that has not been answered. */
  readonly #sent = new Map<number, number>();
  #newest = 0;
  #lastSent = Number.NEGATIVE_INFINITY;
  #ends: number;

  constructor(seconds: number, now: number) {
    this.#seconds = seconds;
    this.#ends = now + seconds;
  }

  /** When the tasks have to be ended unless something is heard. */
  get ends(): number {
    return this.#ends;
  }

  hasEnded(now: number): boolean {
    return now >= this.#ends;
  }

  /** Whether it is time for the next sign of life. */
  isDue(now: number): boolean {
    return now - this.#lastSent >= this.#seconds / BEATS_PER_LEASE;
  }

  /** Notes that one is sent now. @returns its number. */
  beat(now: number): number {
    this.#lastSent = now;
    this.#sent.set(++this.#newest, now);
    return this.#newest;
  }

  /** The driver has heard this one. @returns false when that is no news. */
  answered(number: number): boolean {
    const sent = this.#sent.get(number);
    if (sent === undefined) return false;
    for (const earlier of this.#sent.keys()) {
      if (earlier > number) break;
      this.#sent.delete(earlier);
    }
    this.#ends = Math.max(this.#ends, sent + this.#seconds);
    return true;
  }

  /** What was sent over a connection that is lost will not be answered. */
  forgetSent(): void {
    this.#sent.clear();
    this.#lastSent = Number.NEGATIVE_INFINITY;
  }
}
