import type { Reporter, RunEvent } from "../../domain/events.ts";

/** An event that is happening right now. */
export type Happening<E> = E extends RunEvent ? Omit<E, "time"> : never;

/** Tells the reporters everything that happens, and has it recorded. */
export class Chronicle {
  readonly #reporters: readonly Reporter[];
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  #failure: unknown;

  /**
   * @param now Unix time in seconds.
   * @param failed told of the first record that could not be written.
   */
  constructor(reporters: readonly Reporter[], now: () => number, failed: (error: unknown) => void) {
    this.#reporters = reporters;
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

  /** For what happens often: the event is handed on as it is. */
  tell(event: RunEvent): void {
    for (const reporter of this.#reporters) reporter.handle(event);
  }

  tellNow(event: Happening<RunEvent>): void {
    this.tell({ ...event, time: this.#now() });
  }

  warn(message: string): void {
    this.tellNow({ type: "warning", message });
  }

  /** Has every record of what happened written down. */
  commit(): void {
    for (const reporter of this.#reporters) {
      try {
        reporter.commit?.();
      } catch (error) {
        if (this.#failure !== undefined) continue;
        this.#failure = error;
        this.#failed(error);
      }
    }
  }
}
