import { UserError } from "../domain/errors.ts";
import type { TaskSource } from "../domain/source.ts";
import type { StreamItem } from "../domain/task.ts";
import { atOnePlace } from "../domain/terms/contradiction.ts";
import { mergeTerms, type TaskTerms } from "../domain/terms/task-terms.ts";
import { termsOfTail } from "../tasks/taskfile/terms-tail.ts";

/** Items of a list asked for at once. */
const AT_ONCE = 1000;

/** What directives have to say in a list that is being written, so that each task has its terms again. */
export class TermsAbove {
  #above: TaskTerms | undefined;

  /** Terms that stand above a command which has such terms in all. */
  of(command: string, terms: TaskTerms | undefined): TaskTerms | undefined {
    if (mergeTerms(this.#above, termsOfTail(command))?.text === terms?.text) return this.#above;
    return (this.#above = atOnePlace(undefined, terms));
  }
}

/** Looks terms of tasks up in a list, which is read once, from its beginning. */
export class TermsInList {
  readonly #list: TaskSource | undefined;
  #items: readonly StreamItem[] = [];
  #at = 0;

  /** @param list undefined where nobody has it any more. */
  constructor(list: TaskSource | undefined) {
    this.#list = list;
  }

  /** Terms of a task whose number is above that of the last one; none where the list has another command for it. */
  async of({ id, command }: { readonly id: number; readonly command: string }): Promise<TaskTerms | undefined> {
    for (;;) {
      const item = await this.#next();
      if (item === undefined) return undefined;
      if (item.kind === "task" && item.id >= id)
        return item.id === id && item.command === command ? item.terms : undefined;
      this.#at++;
    }
  }

  async close(): Promise<void> {
    await this.#list?.close();
  }

  async #next(): Promise<StreamItem | undefined> {
    if (this.#at < this.#items.length || this.#list === undefined) return this.#items[this.#at];
    try {
      this.#items = await this.#list.next(AT_ONCE);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#items = [];
    }
    this.#at = 0;
    return this.#items[0];
  }
}
