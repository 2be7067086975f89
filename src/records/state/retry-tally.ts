/** A task that has failed and is tried again, or has been, and has no outcome. */
interface Retried {
  /** Which try has failed last. */
  readonly attempt: number;
  /** When the next one is due, Unix time in seconds. */
  readonly due: number;
  /** No engine has been given the task since. */
  isWaiting: boolean;
}

/** Counts tries that have failed and are followed by others. Its memory grows with the tasks that were tried again and have no outcome. */
export class RetryTally {
  /** Tries that have failed and are no outcome. */
  count = 0;
  /** Tasks that wait for their next try. */
  waiting = 0;
  /** Tasks that have succeeded after a try that had failed. */
  successes = 0;
  /** By task id. */
  readonly #retried = new Map<number, Retried>();

  /** A try has failed, and the next one is due then. */
  note(taskId: number, attempt: number, due: number): void {
    this.#leave(taskId);
    this.#retried.set(taskId, { attempt, due, isWaiting: true });
    this.count++;
    this.waiting++;
  }

  /** The task has been given out. @returns whether it is for that next try, and not after the loss of one. */
  assigned(taskId: number, attempt: number): boolean {
    if (this.#retried.size === 0) return false;
    this.#leave(taskId);
    return this.#retried.get(taskId)?.attempt === attempt - 1;
  }

  /** When the next try of the task is due; undefined when it waits for none. */
  dueOf(taskId: number): number | undefined {
    const retried = this.#retried.get(taskId);
    return retried?.isWaiting === true ? retried.due : undefined;
  }

  /** Whether this is the try of the task that has failed last, as is known already. */
  isKnown(taskId: number, attempt: number): boolean {
    return this.#retried.size > 0 && this.#retried.get(taskId)?.attempt === attempt;
  }

  /** The task has its outcome, or the run ends without one. */
  ended(taskId: number, succeeded: boolean): void {
    if (this.#retried.size === 0 || !this.#retried.has(taskId)) return;
    this.#leave(taskId);
    this.#retried.delete(taskId);
    if (succeeded) this.successes++;
  }

  #leave(taskId: number): void {
    const retried = this.#retried.get(taskId);
    if (retried?.isWaiting !== true) return;
    retried.isWaiting = false;
    this.waiting--;
  }
}
