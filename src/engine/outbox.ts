import type { TaskResult } from "../domain/result.ts";

/** A result waits no longer than this for others to travel with it; a quarter of what the driver assigns ahead for. */
const LINGER_MS = 50;
const MOST_TOGETHER = 256;

/**
 * Gathers results, so that many short tasks cost few messages. While the engine has work at hand nobody is waiting for
 * them; once it runs short they leave at once.
 */
export class Outbox {
  #results: TaskResult[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #deliver: (results: TaskResult[]) => void;

  constructor(deliver: (results: TaskResult[]) => void) {
    this.#deliver = deliver;
  }

  /** @param urgent the driver's answer is needed for a slot to go on. */
  add(result: TaskResult, urgent: boolean): void {
    this.#results.push(result);
    if (urgent || this.#results.length >= MOST_TOGETHER) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), LINGER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#results.length === 0) return;
    const results = this.#results;
    this.#results = [];
    this.#deliver(results);
  }
}
