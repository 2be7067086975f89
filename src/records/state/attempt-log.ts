import type { Attempt } from "../../domain/watch.ts";

/** Starts that are kept of all tasks together. */
const MOST_ATTEMPTS = 10_000;

/** Starts of tasks that did not bring their outcome. The oldest are forgotten when there are too many. */
export class AttemptLog {
  readonly #most: number;
  /** By task id, in order. */
  readonly #ofTask = new Map<number, Attempt[]>();
  /** Whose start each is, the oldest first from `#oldest` on, around the end. */
  readonly #order: number[] = [];
  #oldest = 0;

  /** @param most starts that are kept. */
  constructor(most = MOST_ATTEMPTS) {
    this.#most = most;
  }

  /** The starts of a task that are known, in order. */
  of(id: number): readonly Attempt[] {
    return this.#ofTask.get(id) ?? [];
  }

  /** All starts that are known, with the ids of their tasks. */
  *all(): Generator<readonly [id: number, attempt: Attempt]> {
    for (const [id, attempts] of this.#ofTask) for (const attempt of attempts) yield [id, attempt];
  }

  /** Keeps a start. What is told later of the same one, as by an engine that was lost and has come back, takes its place. */
  add(id: number, attempt: Attempt): void {
    const known = this.#ofTask.get(id);
    const same = known?.findIndex((one) => one.attempt === attempt.attempt && one.engine === attempt.engine) ?? -1;
    const earlier = same < 0 ? undefined : known?.[same];
    if (known !== undefined && earlier !== undefined && earlier.end !== "returned") {
      known[same] = attempt;
      return;
    }
    if (known === undefined) this.#ofTask.set(id, [attempt]);
    else known.push(attempt);
    this.#remember(id);
  }

  #remember(id: number): void {
    if (this.#order.length < this.#most) return void this.#order.push(id);
    const forgotten = this.#order[this.#oldest] ?? 0;
    this.#order[this.#oldest] = id;
    this.#oldest = (this.#oldest + 1) % this.#most;
    const attempts = this.#ofTask.get(forgotten);
    attempts?.shift();
    if (attempts?.length === 0) this.#ofTask.delete(forgotten);
  }
}
