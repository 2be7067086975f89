import { UserError } from "../../domain/errors.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem, Task, TaskOutcome } from "../../domain/task.ts";

/** Code of the error when a list of tasks ends before the run had got. */
export const TASKS_MISSING = "tasks-missing";

/** What a run whose driver died had come to, as far as its source is concerned. */
export interface RecoveredState {
  /** Whether the task has an outcome. */
  settled(id: number): boolean;
  /** Whether an engine holds the task, or the task is known to have to be started again. */
  claimed(id: number): boolean;
  /** Task id of the last barrier that was passed; -1 when there was none. */
  readonly lastBarrier: number;
  /** The largest id that the run has come to. */
  readonly largestId: number;
  /** How a task has ended that is settled. Needed by a source that hears of outcomes. */
  readonly outcomeOf?: ((id: number) => TaskOutcome) | undefined;
  /** Where a task stands that has no outcome: with an engine, or waiting for its next try. */
  readonly standing?: ((id: number) => "assigned" | "retrying" | undefined) | undefined;
}

/** Items taken from the source at once: nearly all of them may be dropped. */
const BATCH = 1024;

/**
 * The same source without what the run has behind it. `next` throws UserError `tasks-missing` when the source ends before the
 * run had got. Per-engine commands stay: engines that join have to run them.
 */
export function recoveredSource(inner: TaskSource, run: RecoveredState): TaskSource {
  let taken: readonly StreamItem[] = [];
  let at = 0;
  let largestSeen = -1;
  let headGiven: () => void = () => undefined;
  const untilHeadGiven = new Promise<void>((resolve) => (headGiven = resolve));

  const hearing = hearingOf(inner, run);

  const see = (item: StreamItem): void => {
    if (item.kind === "per-engine") return;
    const id = item.kind === "skipped" ? item.task.id : item.id;
    largestSeen = Math.max(largestSeen, id);
    if (item.kind !== "barrier") hearing?.see(item.kind === "skipped" ? item.task : item);
  };

  const isLeft = (item: StreamItem): boolean => {
    switch (item.kind) {
      case "task":
        return !run.settled(item.id) && !run.claimed(item.id);
      case "skipped":
        return !run.settled(item.task.id) && !run.claimed(item.task.id);
      case "barrier":
        return item.id > run.lastBarrier;
      case "per-engine":
        return true;
      default:
        return item satisfies never;
    }
  };

  return {
    name: inner.name,
    get total() {
      return inner.total;
    },
    get expected() {
      return inner.expected;
    },
    next: async (limit) => {
      const items: StreamItem[] = [];
      for (;;) {
        // Asked as late as can be: an engine may have come back with a task that nobody knew it had.
        for (; at < taken.length && items.length < limit; at++) {
          const item = taken[at];
          if (item !== undefined && isLeft(item)) items.push(item);
        }
        if (items.length > 0) return items;
        // What comes next may depend on tasks that are under way.
        if (largestSeen >= 0) headGiven();
        taken = await inner.next(BATCH);
        at = 0;
        taken.forEach(see);
        if (taken.length > 0) continue;
        if (largestSeen < run.largestId) throw tasksMissing(inner.name, largestSeen, run.largestId);
        return [];
      }
    },
    ...(hearing === undefined ? {} : hearing.told),
    ...(inner.printed === undefined ? {} : { printed: inner.printed.bind(inner) }),
    ...(inner.tally === undefined ? {} : { tally: inner.tally.bind(inner) }),
    ...(inner.taskOf === undefined ? {} : { taskOf: inner.taskOf.bind(inner) }),
    headGiven: untilHeadGiven,
    close: () => inner.close(),
  };
}

interface Hearing {
  /** The source yields this task. */
  see(task: Task): void;
  readonly told: Required<Pick<TaskSource, "settled" | "assigned" | "retrying">>;
}

/**
 * What a source hears of a run that is taken up: of each task when it has yielded it, also of those that were settled before.
 * An engine that comes back may tell of its tasks earlier than that.
 */
function hearingOf(inner: TaskSource, run: RecoveredState): Hearing | undefined {
  if (inner.settled === undefined) return undefined;
  const { outcomeOf } = run;
  if (outcomeOf === undefined) throw new Error(`${inner.name} hears of outcomes, and those before are not known`);
  const seen = new Set<number>();
  const early = new Map<number, TaskOutcome>();
  return {
    see: (task) => {
      seen.add(task.id);
      const outcome = early.get(task.id) ?? (run.settled(task.id) ? outcomeOf(task.id) : undefined);
      early.delete(task.id);
      if (outcome !== undefined) return inner.settled?.(task, outcome);
      const standing = run.standing?.(task.id);
      if (standing !== undefined) inner[standing]?.(task);
    },
    told: {
      settled: (task, outcome) => {
        if (seen.has(task.id)) inner.settled?.(task, outcome);
        else early.set(task.id, outcome);
      },
      assigned: (task) => {
        if (seen.has(task.id)) inner.assigned?.(task);
      },
      retrying: (task) => {
        if (seen.has(task.id)) inner.retrying?.(task);
      },
    },
  };
}

function tasksMissing(name: string, seen: number, known: number): UserError {
  const last = seen < 0 ? "it has no tasks" : `its last task is ${seen}`;
  const message = `${name} is not what the run began with: ${last}, and the run had come to task ${known}; give the same again`;
  return new UserError(TASKS_MISSING, message, { exitCode: EXIT.unfinished });
}
