import type { RunEnd, RunEvent, RunFolder, RunObserver, RunRecord } from "../../domain/events.ts";
import { Observers } from "./observers.ts";

/** An event that is happening right now. */
export type Happening<E> = E extends RunEvent ? Omit<E, "time"> : never;

export interface ChronicleOptions {
  /** In the order in which they are told. */
  readonly records: readonly RunRecord[];
  readonly state: RunFolder;
  readonly observers: readonly RunObserver[];
  /** Unix time in seconds. */
  readonly now: () => number;
}

/** Has everything that happens recorded, and tells it to all who listen: to the records, then to the run's state, then to observers. */
export class Chronicle {
  readonly #records: readonly RunRecord[];
  readonly #state: RunFolder;
  readonly #observers: Observers;
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  #failure: unknown;
  /** An event that a record could not take note of; told at the next commit. */
  #untaken: unknown;
  #over = false;

  /** @param failed told of the first record that could not be written. */
  constructor({ records, state, observers, now }: ChronicleOptions, failed: (error: unknown) => void) {
    this.#records = records;
    this.#state = state;
    this.#now = now;
    this.#failed = failed;
    this.#observers = new Observers(observers, (message) => this.#tellCutOff(message));
  }

  /** What the first record that could not be written failed of. */
  get failure(): unknown {
    return this.#failure;
  }

  now(): number {
    return this.#now();
  }

  /** For what happens often: the event is handed on as it is. */
  tell(event: RunEvent): void {
    for (const record of this.#records) {
      try {
        record.handle(event);
      } catch (error) {
        this.#untaken ??= error;
      }
    }
    this.#state.handle(event);
    this.#observers.tell(event);
  }

  tellNow(event: Happening<RunEvent>): void {
    this.tell({ ...event, time: this.#now() });
  }

  warn(message: string): void {
    this.tellNow({ type: "warning", message });
  }

  /** Has every record of what happened written down. */
  commit(): void {
    if (this.#untaken !== undefined) this.#fail(this.#untaken);
    for (const record of this.#records) {
      try {
        record.commit();
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  /** Tells the last event. Nothing is told after it. */
  end(reason: RunEnd): void {
    this.tellNow({ type: "run-ended", reason });
    this.commit();
    this.#over = true;
    this.#observers.close();
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#failed(error);
  }

  #tellCutOff(message: string): void {
    if (this.#over) return;
    this.warn(message);
    this.commit();
  }
}
