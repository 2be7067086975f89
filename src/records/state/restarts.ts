/** Counts starts of tasks beyond their first ones. Its memory grows with the restarted tasks that engines hold. */
export class Restarts {
  count = 0;
  /** Tasks that are held for a later attempt than the first. */
  readonly #held = new Set<number>();

  assigned(taskId: number, attempt: number): void {
    if (attempt === 1) return;
    this.count++;
    this.#held.add(taskId);
  }

  /** The task was not started after all; the same attempt comes again. */
  returned(taskId: number): void {
    if (this.#held.size > 0 && this.#held.delete(taskId)) this.count--;
  }

  /** The task was started, whatever became of it. */
  ended(taskId: number): void {
    if (this.#held.size > 0) this.#held.delete(taskId);
  }
}
