import type { RunEnd } from "../../domain/events.ts";
import type { Launcher } from "../../domain/launcher.ts";
import type { Assignment } from "../../domain/task.ts";
import type { Pool } from "../pool/pool.ts";
import type { Timers } from "../pool/timers.ts";
import type { SchedulerCommand } from "../scheduler/commands.ts";
import type { Chronicle } from "./chronicle.ts";
import type { Feed } from "./feed.ts";
import type { DriverOptions } from "./options.ts";
import type { RetryClock } from "./retry-clock.ts";
import type { Settlement } from "./settlement.ts";

/** Beyond the grace for its tasks, an engine has this long to say that they have ended. */
const OVERTIME_MS = 5_000;

export interface ExecutionMeans {
  readonly options: DriverOptions;
  readonly chronicle: Chronicle;
  readonly pool: Pool;
  readonly settlement: Settlement;
  readonly feed: Feed;
  readonly timers: Timers;
  readonly retryClock: RetryClock;
}

/** What comes of commands. */
export interface ExecutionEvents {
  /** The engines that the run begins with are to be started. */
  launch(launchers: readonly Launcher[]): void;
  /** The outcome of the run is known. */
  ended(reason: RunEnd): void;
  /** The engine of this rank is to be stopped: so many tries in a row have failed there. */
  retire(engine: number, failures: number): void;
}

/** Carries out what the scheduler wants. */
export class Execution {
  readonly #means: ExecutionMeans;
  readonly #events: ExecutionEvents;
  readonly #environment: Readonly<Record<string, string>>;
  /** When the next barrier was met; undefined for one that does not have to wait. */
  #metSince: number | undefined;
  /** Seconds between TERM and KILL for tasks that are ended. */
  grace: number;
  /** What made the run drain, until that has been told. */
  cause: string | undefined;
  /** Stops waiting for engines that are to end their tasks. */
  #stopWaiting: (() => void) | undefined;

  constructor(means: ExecutionMeans, events: ExecutionEvents) {
    const { environment, jobId, taskFileName, grace } = means.options;
    this.#means = means;
    this.#events = events;
    this.#environment = { ...environment, DISBATCH_JOBID: jobId, DISBATCH_NAMETASKS: taskFileName };
    this.grace = grace;
  }

  execute(command: SchedulerCommand): void {
    const { chronicle, pool, settlement, options, feed } = this.#means;
    switch (command.type) {
      case "pull":
        this.#tellSource();
        return void feed.pull(command.limit);
      case "need-engines":
        return this.#events.launch(options.launchers);
      case "await-engines":
        return chronicle.tellNow({ type: "engines-awaited" });
      case "admit":
        return pool.engine(command.engine)?.welcome(this.#environment, command.start, command.stop);
      case "assign":
        return this.#assign(command.engine, command.assignments);
      case "recall":
        return pool.engine(command.engine)?.send({ type: "recall" });
      case "dismiss":
        return pool.engine(command.engine)?.dismiss(command.within);
      case "terminate":
        return pool.engine(command.engine)?.send({ type: "terminate", grace: this.grace });
      case "give-up":
        return settlement.giveUp(command.assignment);
      case "stop-task": {
        const { engine, taskId, attempt } = command;
        return pool.engine(engine)?.send({ type: "stop-task", taskId, attempt, grace: options.grace });
      }
      case "settle-stopped":
        return settlement.settleStopped(command.assignment, command.engine);
      case "await-retry":
        return this.#means.retryClock.add(command.taskId, command.delay);
      case "drop-retries":
        return settlement.dropRetries();
      case "retire-engine":
        return this.#events.retire(command.engine, command.failures);
      case "settle-unmet":
        return settlement.settleUnmet(command.assignment, command.why);
      case "tell-unmet":
        return chronicle.warn(unmetWords(command));
      case "skip": {
        const { skipped } = command;
        feed.note(skipped.task, skipped.previous);
        return chronicle.tellNow({ type: "task-skipped", skipped });
      }
      case "meet-barrier":
        this.#metSince = chronicle.now();
        return chronicle.tell({ type: "barrier-met", time: this.#metSince, barrier: command.barrier });
      case "pass-barrier": {
        const { barrier, failed } = command;
        this.#tellSource();
        const since = this.#metSince ?? chronicle.now();
        this.#metSince = undefined;
        return chronicle.tellNow({ type: "barrier-passed", barrier, since, failed });
      }
      case "draining":
        return this.#tellDraining(command.reason);
      case "terminating":
        return this.#endTasks(command.reason);
      case "end":
        return this.#events.ended(command.reason);
      default:
        return command satisfies never;
    }
  }

  /** The source hears what has been settled before it is asked for more, or anything behind a barrier may start. */
  #tellSource(): void {
    const { feed, chronicle } = this.#means;
    if (!feed.hasNews) return;
    chronicle.commit();
    feed.tell();
  }

  /** An assignment is written down before the engine hears of it. */
  #assign(rank: number, assignments: readonly Assignment[]): void {
    const { settlement, pool } = this.#means;
    for (const assignment of assignments) settlement.noteAssigned(assignment, rank);
    pool.engine(rank)?.assign(assignments);
  }

  #tellDraining(reason: RunEnd): void {
    const cause = this.cause === undefined ? {} : { cause: this.cause };
    this.cause = undefined;
    this.#means.chronicle.tellNow({ type: "run-draining", reason, ...cause });
  }

  /** An engine that cannot even end its tasks in time is ended itself. */
  #endTasks(reason: RunEnd): void {
    const { chronicle, pool, timers } = this.#means;
    if (this.#stopWaiting === undefined) chronicle.tellNow({ type: "run-terminating", reason });
    this.#stopWaiting?.();
    this.#stopWaiting = timers.after(this.grace * 1000 + OVERTIME_MS, () => pool.kill());
    pool.hurry();
  }
}

/** One line for a task and all others for which the same holds. */
function unmetWords({ taskId, why, waits }: Extract<SchedulerCommand, { type: "tell-unmet" }>): string {
  return waits
    ? `task ${taskId} waits for an engine that can run it, and so do others like it: it ${why}`
    : `task ${taskId} is not run, nor are others like it: it ${why}`;
}
