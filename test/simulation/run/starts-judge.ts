import type { RunEvent, RunObserver } from "../../../src/domain/events.ts";
import type { JournalEntry } from "../../../src/records/journal/entry.ts";

/** What has run for so many seconds has its start on record: one, a look of its engine, and one of the driver, with time to spare. */
const LONG = 2.5;

/** What runs no longer than this, in seconds, has none: its end is heard of before a second is over, from wherever it comes. */
const SHORT = 0.5;

/** Which engine has a task, for which attempt. */
interface Given {
  readonly engine: number;
  readonly attempt: number;
  isStarted: boolean;
}

/** Listens to one driver: a task is said to run only where it was assigned, once, and not after its outcome. */
export class StartsJudge implements RunObserver {
  readonly name = "the judge of starts";
  readonly #complain: (what: string) => void;
  /** By task id. */
  readonly #given = new Map<number, Given>();

  /** @param complain told what must not be, in words. */
  constructor(complain: (what: string) => void) {
    this.#complain = complain;
  }

  observe(event: RunEvent): void {
    switch (event.type) {
      case "task-assigned":
        return this.assigned(event.task.id, event.engine, event.attempt);
      case "task-started":
        return this.#started(event);
      case "task-finished":
      case "task-retrying":
        return void this.#given.delete(event.task.id);
      case "task-returned":
        return void this.#given.delete(event.taskId);
      case "engine-left":
      case "engine-lost":
        for (const [id, { engine }] of this.#given) if (engine === event.engine) this.#given.delete(id);
        return;
      default:
    }
  }

  /** An engine has the task. One that gets anew what it had not got has the same start ahead of it. */
  assigned(id: number, engine: number, attempt: number): void {
    this.#given.set(id, { engine, attempt, isStarted: false });
  }

  #started({ task, engine, attempt, slot }: Extract<RunEvent, { type: "task-started" }>): void {
    const what = `task ${task.id}, attempt ${attempt}, is said to run in slot ${slot} of engine ${engine}`;
    const given = this.#given.get(task.id);
    if (given?.engine !== engine || given.attempt !== attempt) return this.#complain(`${what}, which has not got it`);
    if (given.isStarted) this.#complain(`${what} twice`);
    given.isStarted = true;
  }
}

/** Where nothing went wrong: starts of tasks that ought to be on record, or are there and ought not to be, in words. */
export function wrongStarts(journal: readonly JournalEntry[]): string[] {
  const starts = new Map<string, number>();
  const wrong: string[] = [];
  for (const entry of journal) {
    if (entry.type === "task-started") starts.set(keyOf(entry), entry.start);
    if (entry.type !== "task-finished" && entry.type !== "task-retrying") continue;
    const { taskId, start, finish } = entry.result;
    const recorded = starts.get(keyOf(entry.result));
    if (recorded === undefined && finish - start > LONG)
      wrong.push(`task ${taskId} ran long, and its start is missing`);
    if (recorded !== undefined && recorded !== start) wrong.push(`task ${taskId} started at ${start}, not ${recorded}`);
    if (recorded !== undefined && finish - start < SHORT)
      wrong.push(`task ${taskId} was short, and its start is on record`);
  }
  return wrong;
}

function keyOf({ taskId, attempt, engine, slot }: Record<"taskId" | "attempt" | "engine" | "slot", number>): string {
  return `${taskId} ${attempt} ${engine} ${slot}`;
}
