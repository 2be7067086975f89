import type { RunEvent, RunObserver, RunRecord } from "../../domain/events.ts";
import { Observers } from "./observers.ts";

/** An event that is happening right now. */
export type Happening<E> = E extends RunEvent ? Omit<E, "time"> : never;

/** Whoever is told what happens in a run. */
export interface Audience {
  /** The records of the run, which are told at once. */
  readonly records: readonly RunRecord[];
  /** The run as it stands, which is told at once, too. */
  readonly state: Pick<RunRecord, "handle">;
  readonly observers: readonly RunObserver[];
}

/** Has everything that happens recorded, and tells those who look on. */
export class Chronicle {
  readonly #records: readonly RunRecord[];
  readonly #state: Audience["state"];
  readonly #observers: Observers;
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  /** What the first record that failed has thrown; told of at the next commit, since an event may come in the middle of something. */
  #thrown: unknown;
  #failure: unknown;

  /**
   * @param now Unix time in seconds.
   * @param failed told of the first record that could not be written.
   */
  constructor({ records, state, observers }: Audience, now: () => number, failed: (error: unknown) => void) {
    this.#records = records;
    this.#state = state;
    this.#observers = new Observers(observers, now, (message) => this.warn(message));
    this.#now = now;
    this.#failed = failed;
  }

  /** What the first record that could not be written failed of. */
  get failure(): unknown {
    return this.#failure;
  }

  now(): number {
    return this.#now();
  }

  /** Hands an event on as it is; for what happens often. */
  tell(event: RunEvent): void {
    for (const record of this.#records) {
      try {
        record.handle(event);
      } catch (error) {
        this.#thrown ??= error;
      }
    }
    this.#state.handle(event);
    this.#observers.note(event);
  }

  tellNow(event: Happening<RunEvent>): void {
    this.tell({ ...event, time: this.#now() });
  }

  warn(message: string): void {
    this.tellNow({ type: "warning", message });
  }

  /** Has every record of what happened written down. */
  commit(): void {
    for (const record of this.#records) {
      try {
        record.commit();
      } catch (error) {
        this.#thrown ??= error;
      }
    }
    if (this.#thrown === undefined || this.#failure !== undefined) return;
    this.#failure = this.#thrown;
    this.#failed(this.#failure);
  }

  /** Has everything recorded and told, also that an observer is cut off only now. */
  close(): void {
    this.commit();
    this.#observers.tell();
    this.commit();
  }
}
