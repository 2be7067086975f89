import { isSuccess } from "../../domain/ending.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { Task } from "../../domain/task.ts";
import type { FailureKind } from "../../domain/watch.ts";
import type { Counts } from "../../records/state/counts.ts";

/** A task of each kind of failure, whose command is shown with the kind. Grows with kinds, never with tasks. */
export class Examples {
  readonly #counts: Pick<Counts, "kinds">;
  readonly #tasks = new Map<number, Task>();

  constructor(counts: Pick<Counts, "kinds">) {
    this.#counts = counts;
  }

  /** Takes note of an event. */
  observe(event: RunEvent): void {
    if (event.type !== "task-finished" || isSuccess(event.result.ending)) return;
    const kind = this.#counts.kinds.idOf(event.result);
    if (kind !== undefined && !this.#tasks.has(kind)) this.#tasks.set(kind, event.task);
  }

  /** Undefined for a kind that nothing has failed in since this process has had the run. */
  of({ id }: FailureKind): Task | undefined {
    return this.#tasks.get(id);
  }
}
