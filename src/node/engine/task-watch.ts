import { ProcessCensus } from "../process/process-census.ts";
import { proportionOf, residentOf, statOf } from "../process/proc-files.ts";
import type { WatchedTask } from "./watched-task.ts";

/** Time between two looks at what tasks use; those that are shorter are not looked at. Milliseconds. */
const LOOK_MS = 1000;
/** Timers are as much early, or late: a task is not to wait for another look because of that. Milliseconds. */
const JITTER_MS = 100;
/** A task without a limit is looked at less and less, since the system tells the most that a process has held. */
const RARELY = 2;
const RAREST_MS = 16_000;
/** Counting shared memory takes no more than one part in so many of the time. */
const PATIENCE = 20;

type Watched = Pick<
  WatchedTask,
  "taskId" | "attempt" | "slot" | "group" | "memory" | "lookAt" | "peak" | "cpu" | "countAfter"
>;

/** Looks once a second at the processes of an engine's tasks, in one pass over all of them. */
export class TaskWatch<T extends Watched> {
  readonly #root: string;
  readonly #census: ProcessCensus<T>;
  readonly #over: (task: T, used: number) => void;
  /** With the time to the next look, in milliseconds. */
  readonly #tasks = new Map<T, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param over told of a task that holds more memory than it may, in bytes, at each look. @param root of the system's files. */
  constructor(engineId: string, over: (task: T, used: number) => void, root = "/proc") {
    this.#root = root;
    this.#census = new ProcessCensus(engineId, root);
    this.#over = over;
  }

  /** Begins to watch a task, which has just been started. */
  add(task: T): void {
    task.lookAt = performance.now() + LOOK_MS;
    this.#tasks.set(task, LOOK_MS);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  drop(task: T): void {
    this.#tasks.delete(task);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (this.#tasks.size === 0) return this.close();
    const now = performance.now();
    const due = [...this.#tasks].filter(([{ lookAt }]) => now >= lookAt - JITTER_MS);
    if (due.length === 0) return;
    const processes = this.#census.look(this.#tasks.keys());
    for (const [task, after] of due) {
      task.lookAt = now + after;
      if (task.memory === undefined) this.#tasks.set(task, Math.min(RAREST_MS, after * RARELY));
      this.#measure(task, processes.get(task) ?? []);
    }
  }

  #measure(task: T, pids: readonly number[]): void {
    let cpu = 0;
    for (const pid of pids) cpu += statOf(this.#root, pid)?.cpu ?? 0;
    task.cpu = Math.max(task.cpu, cpu);
    const used = this.#memoryOf(task, pids);
    if (used === undefined) return;
    task.peak = Math.max(task.peak, used);
    if (task.memory !== undefined && used > task.memory) this.#over(task, used);
  }

  /** Bytes that the task holds; undefined when counting shared memory once more would take too long. */
  #memoryOf(task: T, pids: readonly number[]): number | undefined {
    let resident = 0;
    for (const pid of pids) {
      const { now, most } = residentOf(this.#root, pid);
      resident += now;
      task.peak = Math.max(task.peak, most);
    }
    const isWithin = resident <= (task.memory ?? Number.POSITIVE_INFINITY);
    // A process alone shares nothing of weight, and what may be shared is never more than that.
    if (isWithin && (pids.length === 1 || resident <= task.peak)) return resident;
    const begun = performance.now();
    if (begun < task.countAfter) return undefined;
    let proportional = 0;
    for (const pid of pids) proportional += proportionOf(this.#root, pid) ?? residentOf(this.#root, pid).now;
    const now = performance.now();
    task.countAfter = now + (now - begun) * PATIENCE;
    return proportional;
  }
}
