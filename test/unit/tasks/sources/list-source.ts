import type { TaskSource } from "../../../../src/domain/source.ts";
import type { Barrier, PerEngineCommand, StreamItem, Task } from "../../../../src/domain/task.ts";

export function task(id: number, command: string, changes: Partial<Task> = {}): Task {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command, ...changes };
}

export function barrier(id: number): Barrier {
  return { kind: "barrier", id, line: id + 1, check: false, text: "#DISBATCH BARRIER" };
}

export const PER_ENGINE: PerEngineCommand = { kind: "per-engine", when: "start", id: 0, line: 1, command: "true" };

/** A source of these items; it notes how many were taken, and whether it was closed. */
export class ListSource implements TaskSource {
  readonly name = "Tasks";
  total: number | undefined;
  readonly #items: readonly StreamItem[];
  taken = 0;
  closed = false;

  constructor(items: readonly StreamItem[], total?: number) {
    this.#items = items;
    this.total = total;
  }

  next(limit: number): Promise<readonly StreamItem[]> {
    const items = this.#items.slice(this.taken, this.taken + limit);
    this.taken += items.length;
    return Promise.resolve(items);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}
