import type { FinishedTask } from "../domain/finished-task.ts";
import { type Deferred, deferred } from "./deferred.ts";
import { DisBatchError } from "./errors.ts";
import { FinishOrder } from "./finish-order.ts";

/** Results that are kept at hand; older ones are read from the status file when they are asked for. */
const RECENT = 10_000;

/** Results that are read at once. */
const BATCH = 256;

/** Where results come from that are no longer at hand. */
export type Recall = (ids: readonly number[]) => Promise<ReadonlyMap<number, FinishedTask>>;

/** The results of a run: for those who wait for one, and in the order of finishing. Its memory does not grow with what tasks say. */
export class Results {
  readonly #recall: Recall;
  readonly #keep: number;
  readonly #order = new FinishOrder();
  readonly #recent = new Map<number, FinishedTask>();
  readonly #awaited = new Map<number, Deferred<FinishedTask>>();
  /** Resolved when one more has finished, or none will. */
  #growth: Deferred<void> | undefined;
  /** Set when none will follow. */
  #end: { readonly error: unknown } | undefined;

  /** @param keep how many are kept at hand. */
  constructor(recall: Recall, keep = RECENT) {
    this.#recall = recall;
    this.#keep = keep;
  }

  /** How many there are. */
  get count(): number {
    return this.#order.length;
  }

  add(finished: FinishedTask): void {
    const { id } = finished;
    this.#order.add(id);
    this.#recent.set(id, finished);
    if (this.#recent.size > this.#keep) this.#forgetOldest();
    const awaited = this.#awaited.get(id);
    if (awaited !== undefined) {
      this.#awaited.delete(id);
      awaited.resolve(finished);
    }
    this.#grow();
  }

  /** No result will follow. @param error what the run failed by; undefined when it did not. */
  close(error: unknown): void {
    this.#end = { error };
    for (const [id, { reject }] of this.#awaited) reject(neverComes(id, error));
    this.#awaited.clear();
    this.#grow();
  }

  /** Resolves when the task or barrier has finished, or has long. @throws DisBatchError `run-ended` when it never will. */
  of(id: number): Promise<FinishedTask> {
    const recent = this.#recent.get(id);
    if (recent !== undefined) return Promise.resolve(recent);
    if (this.#order.has(id)) return this.#recalledOne(id);
    const { promise, reject } = this.#awaited.get(id) ?? this.#await(id);
    if (this.#end !== undefined) {
      this.#awaited.delete(id);
      reject(neverComes(id, this.#end.error));
    }
    return promise;
  }

  /** All of these, in their order. @throws DisBatchError `run-ended` when one never comes. */
  async all(ids: readonly number[]): Promise<FinishedTask[]> {
    // Waited for first: what is not at hand any more by then is read at once.
    for (const id of ids) if (!this.#order.has(id)) await this.of(id);
    return this.#recalled(ids);
  }

  /**
   * Results that finished as the `from`th and after it, counted from 0: at least one, which is waited for, and at most `limit`. None at
   * all when no more will follow.
   *
   * @throws what the run failed by.
   */
  async from(from: number, limit: number): Promise<FinishedTask[]> {
    while (from >= this.#order.length) {
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return [];
      }
      await this.grown();
    }
    return this.#recalled(this.#order.slice(from, limit));
  }

  /** All of them in the order of finishing, until no more will follow. @throws what the run failed by. */
  async *inOrder(): AsyncGenerator<FinishedTask, void, void> {
    for (let from = 0; ;) {
      const batch = await this.from(from, BATCH);
      if (batch.length === 0) return;
      from += batch.length;
      yield* batch;
    }
  }

  /** Resolves when one more has finished, or none will. */
  grown(): Promise<void> {
    return (this.#growth ??= deferred<void>()).promise;
  }

  #forgetOldest(): void {
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  #grow(): void {
    this.#growth?.resolve();
    this.#growth = undefined;
  }

  #await(id: number): Deferred<FinishedTask> {
    const awaited = deferred<FinishedTask>();
    this.#awaited.set(id, awaited);
    return awaited;
  }

  async #recalledOne(id: number): Promise<FinishedTask> {
    const [one] = await this.#recalled([id]);
    return one ?? unreadable(id);
  }

  async #recalled(ids: readonly number[]): Promise<FinishedTask[]> {
    const recent = new Map(ids.map((id) => [id, this.#recent.get(id)]));
    const older = ids.filter((id) => recent.get(id) === undefined);
    const recalled = older.length === 0 ? undefined : await this.#recall(older);
    return ids.map((id) => recent.get(id) ?? recalled?.get(id) ?? unreadable(id));
  }
}

function unreadable(id: number): never {
  const message = `task ${id} has finished, and its line in the status file cannot be read`;
  throw new DisBatchError("result-unreadable", message);
}

function neverComes(id: number, cause: unknown): DisBatchError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new DisBatchError("run-ended", `task ${id} has no result, and the run has ended${why}`, { cause });
}
