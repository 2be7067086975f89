import type { Assignment } from "../../../../src/domain/task.ts";
import type { EngineReport, SchedulerCommand } from "../../../../src/core/scheduler/commands.ts";

/** What of the last words to an engine got lost with its link. */
export interface LostWords {
  /** So many of the tasks that it was given last. */
  readonly assignments: number;
  readonly welcome: boolean;
}

type EngineCommand = Extract<
  SchedulerCommand,
  { type: "admit" | "assign" | "recall" | "dismiss" | "terminate" | "stop-task" }
>;

/** An engine that only pretends: what it holds, and what it has been told. */
export class PretendedEngine {
  readonly slots: number;
  readonly held: Assignment[] = [];
  /** Ids of tasks that have ended, of which nobody has heard. */
  unreported: number[] = [];
  /** Ids of tasks that it was told to stop, and had not started. */
  readonly unstarted: number[] = [];
  admitted = false;
  ready = false;
  recalled = false;
  dismissed = false;
  terminated = false;
  /** What is said gets through, both ways. */
  linked = true;
  /** It says nothing for the moment. */
  hushed = false;
  /** Of what it holds, so many came with the last message. */
  #lastGiven = 0;

  constructor(slots: number) {
    this.slots = slots;
  }

  hear(command: EngineCommand): void {
    if (!this.linked) return;
    switch (command.type) {
      case "admit":
        this.admitted = true;
        return;
      case "assign":
        this.held.push(...command.assignments);
        this.#lastGiven = command.assignments.length;
        return;
      case "recall":
        this.recalled = true;
        return;
      case "stop-task":
        return this.#drop(command.taskId);
      case "dismiss":
        this.dismissed = true;
        return;
      case "terminate":
        this.terminated = true;
        return;
      default:
        return command satisfies never;
    }
  }

  /** What a slot has begun goes on, as far as this engine goes. */
  #drop(taskId: number): void {
    const at = this.held.findIndex(({ task }) => task.id === taskId);
    if (at < this.slots) return;
    this.held.splice(at, 1);
    this.#lastGiven = Math.max(0, this.#lastGiven - 1);
    this.unstarted.push(taskId);
  }

  /** The first of its tasks ends. */
  finishOne(): number | undefined {
    if (this.held.length <= this.#lastGiven) this.#lastGiven = 0;
    return this.held.shift()?.task.id;
  }

  /** Gives up what no slot has begun. */
  giveBack(): number[] {
    this.recalled = false;
    this.#lastGiven = 0;
    return this.held.splice(this.slots).map(({ task }) => task.id);
  }

  /** Its link breaks. */
  cut({ assignments, welcome }: LostWords): void {
    this.linked = false;
    this.hushed = false;
    const lost = Math.min(assignments, this.#lastGiven);
    if (lost > 0) this.held.splice(-lost);
    if (welcome && !this.ready) this.admitted = false;
    this.unstarted.length = 0;
    // The answer to that gets lost as well; what it has given up it does not report.
    if (this.recalled) this.giveBack();
  }

  report(): EngineReport {
    const { held, admitted, ready, dismissed } = this;
    return { held: [...held], welcomed: admitted, ready, leaving: dismissed };
  }
}
