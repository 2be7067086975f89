import { readdirSync } from "node:fs";
import { ENGINE_MARK, MARK_SEPARATOR } from "../../domain/engine.ts";
import { readProc, statOf } from "./proc-files.ts";

/** A task whose processes are counted: those of the group, and what else has come of it. */
export interface CountedTask {
  readonly group: number;
  readonly taskId: number;
  readonly attempt: number;
  readonly slot: number;
}

/**
 * Knows which processes belong to which tasks of an engine. A look reads the list of all processes, and of them only those that are
 * new since the last look: a machine with thousands of processes costs hardly more than one with a few.
 */
export class ProcessCensus<T extends CountedTask> {
  readonly #root: string;
  readonly #engineId: string;
  /** When this process was started: whatever is older belongs to no task. */
  readonly #since: number;
  /** By process id: the task, or undefined for those of others. */
  #known = new Map<number, T | undefined>();

  /** @param root where the system tells of its processes. */
  constructor(engineId: string, root = "/proc", own = process.pid) {
    this.#root = root;
    this.#engineId = engineId;
    this.#since = statOf(root, own)?.startTime ?? 0;
  }

  /** Processes of these tasks, by task; a task that has none is missing. */
  look(tasks: Iterable<T>): Map<T, number[]> {
    const groups = new Map<number, T>();
    for (const task of tasks) if (task.group > 0) groups.set(task.group, task);
    const before = this.#known;
    this.#known = new Map();
    const found = new Map<T, number[]>();
    for (const pid of this.#processIds()) {
      const task = before.has(pid) ? this.#keep(pid, before.get(pid)) : this.#meet(pid, groups, before);
      if (task === undefined || groups.get(task.group) !== task) continue;
      const pids = found.get(task);
      if (pids === undefined) found.set(task, [pid]);
      else pids.push(pid);
    }
    return found;
  }

  #keep(pid: number, task: T | undefined): T | undefined {
    this.#known.set(pid, task);
    return task;
  }

  /** A process that was not there at the last look. Its parent has been met before, or else its environment tells. */
  #meet(pid: number, groups: ReadonlyMap<number, T>, before: ReadonlyMap<number, T | undefined>): T | undefined {
    const stat = statOf(this.#root, pid);
    if (stat === undefined) return undefined;
    const relative = groups.get(stat.group) ?? this.#known.get(stat.parent) ?? before.get(stat.parent);
    if (relative !== undefined || stat.startTime < this.#since) return this.#keep(pid, relative);
    const entries = readProc(this.#root, pid, "environ").split("\0");
    const mark = entries.find((entry) => entry.startsWith(`${ENGINE_MARK}=`));
    const marks = mark?.slice(ENGINE_MARK.length + 1).split(MARK_SEPARATOR);
    if (marks === undefined || !marks.includes(this.#engineId)) return this.#keep(pid, undefined);
    // What stands behind the last mark is of a run within a task, which has set the variables anew.
    if (marks.at(-1) !== this.#engineId) return undefined;
    const task = [...groups.values()].find((one) => isOf(one, entries));
    // Of a task that is not known yet, perhaps: it is looked at again.
    return task === undefined ? undefined : this.#keep(pid, task);
  }

  #processIds(): number[] {
    try {
      return readdirSync(this.#root).flatMap((name) => (/^[0-9]+$/.test(name) ? [Number(name)] : []));
    } catch {
      return [];
    }
  }
}

function isOf({ taskId, attempt, slot }: CountedTask, entries: readonly string[]): boolean {
  return (
    entries.includes(`DISBATCH_TASKID=${taskId}`) &&
    entries.includes(`DISBATCH_ATTEMPT=${attempt}`) &&
    entries.includes(`DISBATCH_CYLINDER_RANK=${slot}`)
  );
}
