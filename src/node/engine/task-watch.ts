import { type CountedTask, ProcessCensus } from "../process/process-census.ts";
import { proportionOf, residentOf, statOf } from "../process/proc-files.ts";

/** Time between two looks at what tasks use; those that are shorter are not looked at. Milliseconds. */
const LOOK_MS = 1000;
/** Counting shared memory takes no more than one part in so many of the time. */
const PATIENCE = 20;

/** A task whose use of memory and processors is watched. */
export interface WatchedTask extends CountedTask {
  /** Bytes; undefined where the task may have what there is. */
  readonly memory: number | undefined;
  /** When it was started, on the clock of `performance.now`. */
  readonly begunAt: number;
  /** The most memory that all of its processes together have been found to hold. Bytes. */
  peak: number;
  /** Seconds of processor time of all of its processes. */
  cpu: number;
  /** Shared memory is not counted again before this time, on the clock of `performance.now`. */
  countAfter: number;
}

/** Looks once a second at the processes of an engine's tasks, in one pass over all of them. */
export class TaskWatch<T extends WatchedTask> {
  readonly #root: string;
  readonly #census: ProcessCensus<T>;
  readonly #over: (task: T, used: number) => void;
  readonly #tasks = new Set<T>();
  #timer: NodeJS.Timeout | undefined;

  /** @param over told of a task that holds more memory than it may, in bytes, at each look. @param root of the system's files. */
  constructor(engineId: string, over: (task: T, used: number) => void, root = "/proc") {
    this.#root = root;
    this.#census = new ProcessCensus(engineId, root);
    this.#over = over;
  }

  add(task: T): void {
    this.#tasks.add(task);
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
    if (![...this.#tasks].some(({ begunAt }) => now - begunAt >= LOOK_MS)) return;
    for (const [task, pids] of this.#census.look(this.#tasks)) this.#measure(task, pids);
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
    for (const pid of pids) resident += residentOf(this.#root, pid);
    const isWithin = resident <= (task.memory ?? Number.POSITIVE_INFINITY);
    // A process alone shares nothing of weight, and what may be shared is never more than that.
    if (isWithin && (pids.length === 1 || resident <= task.peak)) return resident;
    const begun = performance.now();
    if (begun < task.countAfter) return undefined;
    let proportional = 0;
    for (const pid of pids) proportional += proportionOf(this.#root, pid) ?? residentOf(this.#root, pid);
    const now = performance.now();
    task.countAfter = now + (now - begun) * PATIENCE;
    return proportional;
  }
}
