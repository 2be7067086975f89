import type { Assignment, Task } from "../../domain/task.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { EarlierRun } from "./earlier-run.ts";

type Stated = Omit<Assignment, "crashes" | "avoid">;

export interface ClaimsOptions {
  readonly scheduler: Pick<Scheduler, "heldBy" | "isOnHold" | "isStopped" | "claim" | "lastEngineOf">;
  readonly earlier: EarlierRun | undefined;
  /** The task has got its outcome while the run was on hold. */
  readonly hasSettled: (taskId: number) => boolean;
  /** The task as it may be given out again: engines do not say all of it. */
  readonly wholeTask: (task: Task) => Task;
  /** An engine has a task that nobody knew of. */
  readonly claimed: (rank: number, assignment: Assignment) => void;
}

/** What engines that are back say they have, checked against what they were given. */
export class Claims {
  readonly #options: ClaimsOptions;

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** What the engine says it holds is its. @returns the first that cannot be. */
  firstFalse(rank: number, held: readonly Stated[]): Stated | undefined {
    return held.find((stated) => {
      const { task, attempt } = stated;
      const known = this.#options.scheduler.heldBy(rank, task.id);
      if (known?.attempt === attempt) return false;
      const isClaimed = known === undefined && this.#claim(rank, stated);
      // A task that was stopped there may be settled by now, though its engine took it for cut short.
      return !isClaimed && (known !== undefined || !this.#options.scheduler.isStopped(task.id));
    });
  }

  /** The engine has had these, and is going to repeat what became of them. */
  note(rank: number, tasks: readonly Stated[]): void {
    for (const stated of tasks) {
      if (this.#options.scheduler.heldBy(rank, stated.task.id) === undefined) this.#claim(rank, stated);
    }
  }

  /** Gives the engine a task that only it knows of, which may be so when what was written last is lost. @returns whether it could. */
  #claim(rank: number, stated: Stated): boolean {
    const { attempt, failures, lastEnding } = stated;
    const { scheduler, earlier, hasSettled, claimed, wholeTask } = this.#options;
    const task = wholeTask(stated.task);
    if (!scheduler.isOnHold || earlier === undefined) return false;
    if (earlier.settled(task.id) || hasSettled(task.id)) return false;
    // What came of an earlier try of it has just been told, and it has been tried again since.
    const isNextTry = scheduler.lastEngineOf(task.id) !== undefined;
    if (!isNextTry && !earlier.claim(task.id)) return false;
    const assignment = { task, attempt, crashes: 0, failures, lastEnding };
    if (!scheduler.claim(rank, assignment)) return false;
    claimed(rank, assignment);
    return true;
  }
}
