import { isSuccess } from "../../src/domain/ending.ts";
import type { CommandOutcome } from "../../src/domain/result.ts";
import type { TaskSource } from "../../src/domain/source.ts";
import type { StreamItem, Task } from "../../src/domain/task.ts";

/**
 * A list in which tasks may depend on others: such a task is given when the other has settled well, and never when it has
 * not. Meanwhile others are given before it, up to the next barrier. It throws when it hears of a task twice, or of one that
 * it has not given.
 */
export class DependentSource implements TaskSource {
  readonly name = "Tasks";
  /** Ids of tasks, in the order in which their outcomes were heard. */
  readonly heard: number[] = [];
  /** How often it was asked for items. */
  asked = 0;
  readonly #after: ReadonlyMap<number, number>;
  #left: readonly StreamItem[];
  /** Ids of tasks that have been given and not been heard of. */
  readonly #given = new Set<number>();
  /** By task id, whether it settled well; of one that is never given it is known that it does not. */
  readonly #isWell = new Map<number, boolean>();
  #asked: { readonly limit: number; readonly answer: (items: readonly StreamItem[]) => void } | undefined;

  /** @param after by task id, the id of the task that it depends on. */
  constructor(items: readonly StreamItem[], after: ReadonlyMap<number, number>) {
    this.#left = items;
    this.#after = after;
  }

  next(limit: number): Promise<readonly StreamItem[]> {
    if (this.#asked !== undefined) throw new Error("asked again before it has answered");
    this.asked++;
    return new Promise((answer) => {
      this.#asked = { limit, answer };
      this.#answer();
    });
  }

  settled({ id }: Task, { ending }: CommandOutcome): void {
    if (!this.#given.delete(id)) throw new Error(`task ${id} is heard of twice, or was never given`);
    this.heard.push(id);
    this.#isWell.set(id, isSuccess(ending));
    this.#answer();
  }

  close(): Promise<void> {
    this.#asked?.answer([]);
    return Promise.resolve();
  }

  /** Answers when there is something, or there is going to be nothing. */
  #answer(): void {
    if (this.#asked === undefined) return;
    const { limit, answer } = this.#asked;
    const items = this.#take(limit);
    if (items.length === 0 && this.#left.length > 0) return;
    this.#asked = undefined;
    answer(items);
  }

  #take(limit: number): StreamItem[] {
    const taken: StreamItem[] = [];
    const left: StreamItem[] = [];
    for (const item of this.#left) {
      const isBlocked = taken.length === limit || (item.kind === "barrier" && left.length > 0);
      if (isBlocked || left.some(({ kind }) => kind === "barrier")) {
        left.push(item);
        continue;
      }
      const id = item.kind === "skipped" ? item.task.id : item.id;
      const isReady = item.kind === "task" ? this.#isReady(id) : true;
      if (isReady === undefined) left.push(item);
      else if (isReady) taken.push(item);
      else this.#isWell.set(id, false);
      if (isReady === true && (item.kind === "task" || item.kind === "skipped")) this.#given.add(id);
    }
    this.#left = left;
    return taken;
  }

  /** @returns undefined when that is not known yet. */
  #isReady(id: number): boolean | undefined {
    const other = this.#after.get(id);
    return other === undefined ? true : this.#isWell.get(other);
  }
}
