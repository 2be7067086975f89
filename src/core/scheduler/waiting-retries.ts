import type { Assignment } from "../../domain/task.ts";

/** A task that waits for its next try. */
export interface WaitingRetry {
  /** How it is to be started next. */
  readonly assignment: Assignment;
  /** Rank of the engine where its last try has failed. */
  readonly engine: number;
}

/** Tasks that have failed and are tried again: those whose time has not come, and those that are due and have not been given out since. */
export class WaitingRetries {
  /** By task id. */
  readonly #early = new Map<number, WaitingRetry>();
  /** By task id. They wait with all others. */
  readonly #due = new Map<number, WaitingRetry>();

  /** Tasks whose time has not come: nothing else has them. */
  get early(): number {
    return this.#early.size;
  }

  get isAny(): boolean {
    return this.#early.size + this.#due.size > 0;
  }

  /** The task waits for its time. */
  add(retry: WaitingRetry): void {
    this.#early.set(retry.assignment.task.id, retry);
  }

  /** The time of the task has come; it waits with all others now. */
  noteDue(retry: WaitingRetry): void {
    this.#due.set(retry.assignment.task.id, retry);
  }

  /** Takes a task whose time has not come. */
  take(taskId: number): WaitingRetry | undefined {
    const retry = this.#early.get(taskId);
    this.#early.delete(taskId);
    return retry;
  }

  /** A task that waits for its next try, due or not; undefined when it does not. */
  of(taskId: number): WaitingRetry | undefined {
    return this.#early.get(taskId) ?? this.#due.get(taskId);
  }

  /** These do not wait any more. */
  forget(assignments: readonly Assignment[]): void {
    if (this.#due.size === 0) return;
    for (const { task } of assignments) this.#due.delete(task.id);
  }

  clear(): void {
    this.#early.clear();
    this.#due.clear();
  }
}
