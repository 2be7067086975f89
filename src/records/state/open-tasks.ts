import type { Task } from "../../domain/task.ts";

/** Tasks of a block, a power of two. */
const BLOCK_TASKS = 256;

/** Tasks whose ids follow one another. */
interface Block {
  /** By what is left of the id. */
  readonly tasks: (Task | undefined)[];
  size: number;
}

/**
 * Tasks by id, of which few are there at a time, and those not for long. A `Map` of them would be made anew again and again, and what
 * is left of it would keep tasks in memory that have long gone.
 */
export class OpenTasks {
  readonly #blocks = new Map<number, Block>();

  get(id: number): Task | undefined {
    return this.#blocks.get(Math.floor(id / BLOCK_TASKS))?.tasks[id % BLOCK_TASKS];
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  set(id: number, task: Task): void {
    const number = Math.floor(id / BLOCK_TASKS);
    let block = this.#blocks.get(number);
    if (block === undefined) this.#blocks.set(number, (block = { tasks: [], size: 0 }));
    const row = id % BLOCK_TASKS;
    if (block.tasks[row] === undefined) block.size++;
    block.tasks[row] = task;
  }

  delete(id: number): void {
    const number = Math.floor(id / BLOCK_TASKS);
    const block = this.#blocks.get(number);
    const row = id % BLOCK_TASKS;
    if (block?.tasks[row] === undefined) return;
    block.tasks[row] = undefined;
    if (--block.size === 0) this.#blocks.delete(number);
  }

  *values(): Generator<Task, void, void> {
    for (const { tasks } of this.#blocks.values()) for (const task of tasks) if (task !== undefined) yield task;
  }
}
