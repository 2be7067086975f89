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
  /** By task id: rank of the engine of the last try. They wait with all others. */
  readonly #due = new Map<number, number>();

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
  noteDue({ assignment, engine }: WaitingRetry): void {
    this.#due.set(assignment.task.id, engine);
  }

  /** Takes a task whose time has not come. */
  take(taskId: number): WaitingRetry | undefined {
    const retry = this.#early.get(taskId);
    this.#early.delete(taskId);
    return retry;
  }

  /** Rank of the engine where the last try of a task has failed that waits for the next one; undefined when it does not. */
  engineOf(taskId: number): number | undefined {
    return this.#early.get(taskId)?.engine ?? this.#due.get(taskId);
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
