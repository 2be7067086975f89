import type { TaskResult } from "../../domain/result.ts";
import { type Assignment, statedTask } from "../../domain/task.ts";
import type { EngineMessage } from "../../wire/messages.ts";

type Numbered = Extract<EngineMessage, { sequence: number }>;
type WithoutSequence<M> = M extends Numbered ? Omit<M, "sequence"> : never;

/** One start of a task that has ended. */
type EndedTask = Omit<Assignment, "crashes">;

/** Messages that have to arrive, kept until the driver says that what they tell is on its disk. */
export class Unacknowledged {
  #messages: Numbered[] = [];
  #newest = 0;
  /** Tasks that have ended, whose results are or will be among the messages. */
  readonly #ended = new Map<number, EndedTask>();

  /** A task has ended; its result is going to be added. */
  noteEnded({ task, attempt, failures, lastEnding }: EndedTask): void {
    this.#ended.set(task.id, { task: statedTask(task), attempt, failures, lastEnding });
  }

  /** Numbers a message and keeps it. */
  add(message: WithoutSequence<Numbered>): Numbered {
    const numbered: Numbered = { ...message, sequence: ++this.#newest };
    this.#messages.push(numbered);
    return numbered;
  }

  /** Everything up to this number is safe. */
  acknowledge(sequence: number): void {
    const first = this.#messages.findIndex((message) => message.sequence > sequence);
    const safe = first < 0 ? this.#messages : this.#messages.slice(0, first);
    this.#messages = first < 0 ? [] : this.#messages.slice(first);
    for (const message of safe) {
      if (message.type === "results") for (const result of message.results) this.#forget(result);
    }
  }

  /** A task that has failed may have been tried again here, and have ended once more. */
  #forget({ taskId, attempt }: TaskResult): void {
    if (this.#ended.get(taskId)?.attempt === attempt) this.#ended.delete(taskId);
  }

  get ended(): EndedTask[] {
    return [...this.#ended.values()];
  }

  /** In the order of their numbers. */
  get messages(): readonly EngineMessage[] {
    return this.#messages;
  }

  /** Outcomes of tasks that are not known to be safe. */
  get results(): readonly TaskResult[] {
    return this.#messages.flatMap((message) =>
      message.type === "results" && !message.interrupted ? message.results : [],
    );
  }
}
