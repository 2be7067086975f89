import { UserError } from "../../domain/errors.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem, Task, TaskOutcome } from "../../domain/task.ts";

/** What a source is to hear of a task. */
type News =
  | { readonly type: "settled"; readonly task: Task; readonly outcome: TaskOutcome }
  | { readonly type: "assigned" | "retrying"; readonly task: Task };

const NOT_KEPT = "the run could not keep what this has printed";

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
  /** What the source has not heard of; undefined when it does not listen. */
  #unheard: News[] | undefined;
  readonly #hearsAssigned: boolean;
  #failed = false;
  #isHushed = false;

  constructor(source: TaskSource, events: FeedEvents) {
    this.#source = source;
    this.#events = events;
    this.#unheard = source.settled === undefined ? undefined : [];
    this.#hearsAssigned = source.assigned !== undefined;
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
    this.#unheard?.push({ type: "settled", task, outcome });
  }

  /** An engine has been given the task. */
  noteAssigned(task: Task): void {
    if (this.#hearsAssigned) this.#unheard?.push({ type: "assigned", task });
  }

  /** A try of the task has failed, and another one is due. */
  noteRetrying(task: Task): void {
    this.#unheard?.push({ type: "retrying", task });
  }

  /** Tells the source of all that has been noted, which is recorded by now. */
  tell(): void {
    if (this.#unheard === undefined || this.#unheard.length === 0) return;
    const unheard = this.#unheard;
    this.#unheard = [];
    try {
      for (const news of unheard) this.#tell(news);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#unheard = undefined;
    queueMicrotask(() => this.#events.failed(error));
  }

  #tell(news: News): void {
    if (news.type === "settled") this.#source.settled?.(news.task, news.outcome);
    else this.#source[news.type]?.(news.task);
  }

  /**
   * Hands over what a heard task has printed; no bytes when that was all, and the task has ended well.
   *
   * @returns how many bytes of the attempt need not be brought again.
   * @throws UserError what the source says of it; or that nobody keeps it any more, so that the attempt cannot end well.
   */
  printed(task: Task, attempt: number, offset: number, bytes: Uint8Array): number {
    if (this.#failed || this.#isHushed) throw new UserError("record-failed", NOT_KEPT);
    try {
      return this.#source.printed?.(task, attempt, offset, bytes) ?? 0;
    } catch (error) {
      if (error instanceof UserError) throw error;
      this.#fail(error);
      throw new UserError("record-failed", NOT_KEPT, { cause: error });
    }
  }

  /** The records have failed: what is noted from now on may not be recorded, and is not told. */
  hush(): void {
    this.#isHushed = true;
    this.#unheard = undefined;
  }
}
