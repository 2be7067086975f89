import type { RunEvent, RunObserver } from "../../domain/events.ts";
import { messageOf } from "../../domain/system-error.ts";

/** Share of the run's time that one observer may take in the long run. */
const SHARE = 0.1;
/** Seconds that an observer may have taken beyond its share; a burst of events at the beginning needs some. */
const CREDIT = 5;
/**
 * Seconds at most that one turn counts for. A terminal that was stopped with Ctrl-S, or a machine that was frozen, holds an observer up once, and that
 * is no reason to cut it off.
 */
const MOST_FOR_A_TURN = 0.1;
/** Promises that an observer may leave open; each is for one event that it has not dealt with yet. */
const MOST_OPEN = 1000;

/** What is known of an observer that is still being told. */
interface Listening {
  readonly observer: RunObserver;
  /** Seconds that it has left. */
  credit: number;
  open: number;
}

/**
 * Tells the observers what has happened once the driver's turn is over, so that nothing they do comes between a record and what rests on it.
 * An observer that throws, rejects or is slow is cut off: it is told nothing more, and the run is told so once.
 */
export class Observers {
  readonly #now: () => number;
  readonly #cutOff: (message: string) => void;
  #listening: readonly Listening[];
  #untold: RunEvent[] = [];
  #isTelling = false;
  #lastTurn: number | undefined;

  /**
   * @param now Unix time in seconds.
   * @param cutOff told, in words, which observer has been cut off and why.
   */
  constructor(observers: readonly RunObserver[], now: () => number, cutOff: (message: string) => void) {
    this.#listening = observers.map((observer) => ({ observer, credit: CREDIT, open: 0 }));
    this.#now = now;
    this.#cutOff = cutOff;
  }

  /** Takes note of an event; the observers hear of it when the turn is over. */
  note(event: RunEvent): void {
    if (this.#listening.length === 0) return;
    if (this.#untold.push(event) === 1 && !this.#isTelling) queueMicrotask(() => this.tell());
  }

  /** Tells everything that has been noted, and what is noted meanwhile. */
  tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    while (this.#untold.length > 0) {
      const events = this.#untold;
      this.#untold = [];
      this.#tellAll(events);
    }
    this.#isTelling = false;
  }

  #tellAll(events: readonly RunEvent[]): void {
    let before = this.#now();
    const earned = SHARE * (before - (this.#lastTurn ?? before));
    this.#lastTurn = before;
    for (const listening of this.#listening) {
      this.#tellOne(listening, events);
      const after = this.#now();
      const left = Math.min(CREDIT, listening.credit + earned);
      listening.credit = left - Math.min(MOST_FOR_A_TURN, after - before);
      if (listening.credit < 0) this.#remove(listening, "it holds the run up");
      before = after;
    }
  }

  #tellOne(listening: Listening, events: readonly RunEvent[]): void {
    try {
      for (const event of events) {
        const answer = listening.observer.observe(event);
        if (answer !== undefined) this.#await(listening, answer);
      }
    } catch (error) {
      this.#remove(listening, messageOf(error));
    }
  }

  #await(listening: Listening, answer: Promise<void>): void {
    listening.open++;
    answer.then(
      () => listening.open--,
      (error: unknown) => this.#remove(listening, messageOf(error)),
    );
    if (listening.open > MOST_OPEN) this.#remove(listening, `it is ${MOST_OPEN} events behind`);
  }

  #remove(listening: Listening, why: string): void {
    if (!this.#listening.includes(listening)) return;
    this.#listening = this.#listening.filter((other) => other !== listening);
    this.#cutOff(`${listening.observer.name} is told nothing more of the run: ${why}`);
  }
}
