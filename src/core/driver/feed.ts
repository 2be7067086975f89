import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem, Task, TaskOutcome } from "../../domain/task.ts";

interface SettledTask {
  readonly task: Task;
  readonly outcome: TaskOutcome;
}

export interface FeedEvents {
  /** The source has answered. */
  pulled(items: readonly StreamItem[]): void;
  /** The source has no more per-engine commands, whatever else it has. */
  headGiven(): void;
  /** The source has thrown. Told later, and not in the middle of something. */
  failed(error: unknown): void;
}

/** The source of a run: it is asked for items, and hears what became of its tasks if it wants to. */
export class Feed {
  readonly #source: TaskSource;
  readonly #events: FeedEvents;
  /** Outcomes that the source has not heard of; undefined when it does not listen. */
  #unheard: SettledTask[] | undefined;
  #failed = false;

  constructor(source: TaskSource, events: FeedEvents) {
    this.#source = source;
    this.#events = events;
    this.#unheard = source.settled === undefined ? undefined : [];
    void source.headGiven?.then(() => events.headGiven());
  }

  /** Whether the source is to hear of something. */
  get hasNews(): boolean {
    return this.#unheard !== undefined && this.#unheard.length > 0;
  }

  async pull(limit: number): Promise<void> {
    if (this.#failed) return;
    let items: readonly StreamItem[];
    try {
      items = await this.#source.next(limit);
    } catch (error) {
      return this.#events.failed(error);
    }
    this.#events.pulled(items);
  }

  /** A task has its outcome, of which the source is to hear once it is recorded. */
  note(task: Task, outcome: TaskOutcome): void {
    this.#unheard?.push({ task, outcome });
  }

  /** Tells the source of all outcomes that have been noted, which are recorded by now. */
  tell(): void {
    if (this.#unheard === undefined || this.#unheard.length === 0) return;
    const settled = this.#unheard;
    this.#unheard = [];
    try {
      for (const { task, outcome } of settled) this.#source.settled?.(task, outcome);
    } catch (error) {
      this.#failed = true;
      this.#unheard = undefined;
      queueMicrotask(() => this.#events.failed(error));
    }
  }

  /** The records have failed: what is noted from now on may not be recorded, and is not told. */
  hush(): void {
    this.#unheard = undefined;
  }
}
