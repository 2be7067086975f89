import type { RunEvent } from "../../domain/events.ts";

/** The start of a task, as it was told. */
export type TaskStarted = Extract<RunEvent, { readonly type: "task-started" }>;

/** Starts of tasks that are not worth a record yet: what ends soon needs none. Its memory grows with what runs. */
export class FreshStarts {
  /** By task id, in the order in which they were told. */
  readonly #starts = new Map<number, TaskStarted>();

  get isAny(): boolean {
    return this.#starts.size > 0;
  }

  add(start: TaskStarted): void {
    // It goes to the end, also when the task was here before.
    this.#starts.delete(start.task.id);
    this.#starts.set(start.task.id, start);
  }

  /** Forgets the starts of what has ended with this event. */
  note(event: RunEvent): void {
    if (!this.isAny) return;
    switch (event.type) {
      case "task-assigned":
      case "task-retrying":
      case "task-finished":
      case "task-interrupted":
        this.#starts.delete(event.task.id);
        return;
      case "task-returned":
        this.#starts.delete(event.taskId);
        return;
      case "engine-left":
      case "engine-lost":
        for (const { task, engine } of this.#starts.values()) if (engine === event.engine) this.#starts.delete(task.id);
        return;
      default:
    }
  }

  /** Starts that were told at this Unix time in seconds or before, and are kept here no longer. */
  *takeUntil(time: number): Generator<TaskStarted, void, void> {
    for (const start of this.#starts.values()) {
      if (start.time > time) return;
      this.#starts.delete(start.task.id);
      yield start;
    }
  }
}
