import { isSuccess } from "../../domain/ending.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { Task } from "../../domain/task.ts";
import type { FailureKind } from "../../domain/watch.ts";

/** The first task of each kind of failure: its command is shown with the kind. Grows with kinds, never with tasks. */
export class Examples {
  readonly #kinds: () => readonly FailureKind[];
  readonly #tasks = new Map<number, Task>();

  constructor(kinds: () => readonly FailureKind[]) {
    this.#kinds = kinds;
  }

  /** Takes note of an event. */
  observe(event: RunEvent): void {
    if (event.type !== "task-finished" || isSuccess(event.result.ending)) return;
    const { task } = event;
    if (this.#kinds().some(({ example }) => example === task.id)) this.#tasks.set(task.id, task);
  }

  /** Undefined for what failed before this process had the run. */
  of({ example }: FailureKind): Task | undefined {
    return this.#tasks.get(example);
  }
}
