import type { TaskResult } from "../domain/result.ts";
import type { EngineMessage } from "../wire/messages.ts";

type Numbered = Extract<EngineMessage, { sequence: number }>;
type WithoutSequence<M> = M extends Numbered ? Omit<M, "sequence"> : never;

/** Messages that have to arrive, kept until the driver says that what they tell is on its disk. */
export class Unacknowledged {
  #messages: Numbered[] = [];
  #newest = 0;

  /** Numbers a message and keeps it. */
  add(message: WithoutSequence<Numbered>): Numbered {
    const numbered: Numbered = { ...message, sequence: ++this.#newest };
    this.#messages.push(numbered);
    return numbered;
  }

  /** Everything up to this number is safe. */
  acknowledge(sequence: number): void {
    const first = this.#messages.findIndex((message) => message.sequence > sequence);
    this.#messages = first < 0 ? [] : this.#messages.slice(first);
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
