import { describeError } from "../../domain/errors.ts";
import type { RunEvent, RunObserver } from "../../domain/events.ts";

/** Events from one look at the clock to the next, while all observers are quick. A look costs as much as telling an event. */
const EVENTS_PER_LOOK = 16;
/** An observer may use this share of the time that passes. */
const SHARE = 0.5;
/** An observer is slow when it has used so many seconds beyond its share. */
const MOST_OVERDRAWN = 2;
/** One look adds no more than this: a terminal may be held (Ctrl-S) once, and a machine may sleep. */
const MOST_PER_LOOK = 0.5;
/** Promises of one observer that may be open at a time. */
const MOST_OPEN = 1000;

interface Member {
  readonly observer: RunObserver;
  /** Seconds that it has used beyond its share. */
  overdrawn: number;
  /** Promises that it has returned and not kept yet. */
  open: number;
}

/** The observers of a run. Whoever of them fails or is slow is cut off, and costs the run nothing more. */
export class Observers {
  #members: readonly Member[];
  readonly #onCutOff: (message: string) => void;
  readonly #seconds: () => number;
  #lastLook: number;
  #eventsSinceLook = 0;
  #eventsPerLook = 1;

  /**
   * @param onCutOff told once of each that is cut off, in words for the user, when all others have been told the event.
   * @param seconds a clock that nobody sets.
   */
  constructor(
    observers: readonly RunObserver[],
    onCutOff: (message: string) => void,
    seconds = () => performance.now() / 1000,
  ) {
    this.#members = observers.map((observer) => ({ observer, overdrawn: 0, open: 0 }));
    this.#onCutOff = onCutOff;
    this.#seconds = seconds;
    this.#lastLook = seconds();
  }

  tell(event: RunEvent): void {
    if (++this.#eventsSinceLook >= this.#eventsPerLook) return this.#tellAndLook(event);
    for (const member of this.#members) this.#hand(member, event);
  }

  /** Nobody is told of those that fail from now on: the run is over. */
  close(): void {
    this.#members = [];
  }

  /** Tells the event, and looks how long each observer takes; that stands for all events since the last look. */
  #tellAndLook(event: RunEvent): void {
    const events = this.#eventsSinceLook;
    this.#eventsSinceLook = 0;
    this.#eventsPerLook = EVENTS_PER_LOOK;
    let before = this.#seconds();
    const times: number[] = [];
    const members = this.#members;
    for (const member of members) {
      this.#hand(member, event);
      const after = this.#seconds();
      times.push(after - before);
      before = after;
    }
    const share = (before - this.#lastLook) * SHARE;
    this.#lastLook = before;
    for (const [i, member] of members.entries()) {
      const used = (times[i] ?? 0) * events;
      member.overdrawn = Math.max(0, member.overdrawn + Math.min(used - share, MOST_PER_LOOK));
      // Who may be slow is looked at each time.
      if (member.overdrawn > 0) this.#eventsPerLook = 1;
      if (member.overdrawn > MOST_OVERDRAWN) this.#cutOff(member, "is too slow for the run");
    }
  }

  #hand(member: Member, event: RunEvent): void {
    try {
      const promise = member.observer.handle(event);
      if (promise !== undefined) this.#await(member, promise);
    } catch (error) {
      this.#cutOff(member, `has failed: ${describeError(error)}`);
    }
  }

  #await(member: Member, promise: Promise<void>): void {
    member.open++;
    promise.then(
      () => member.open--,
      (error: unknown) => this.#cutOff(member, `has failed: ${describeError(error)}`),
    );
    if (member.open > MOST_OPEN) this.#cutOff(member, "is too slow for the run");
  }

  #cutOff(member: Member, why: string): void {
    if (!this.#members.includes(member)) return;
    this.#members = this.#members.filter((other) => other !== member);
    // The others are told the event first that is being told.
    queueMicrotask(() => this.#onCutOff(`${member.observer.name} ${why}; it is told nothing more of this run`));
  }
}
