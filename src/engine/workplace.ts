import type { CommandOutcome } from "../domain/result.ts";
import type { Assignment, PerEngineCommand, Task } from "../domain/task.ts";
import { setTaskVariables, slotEnvironment, type Environment, type SlotEnvironmentOptions } from "./environment.ts";

/** How often the output of long-running tasks is looked at. Tasks shorter than this never notice. */
const BOUND_OUTPUT_MS = 250;
/** How often, and how many times, it is asked whether the ends of processes have been heard of: half a second in all. */
const TURN_MS = 5;
const MOST_TURNS = 100;

/** A command on its way: waiting for the system to have room for it, or running. */
export interface Running {
  /** Of its shell, which leads a process group of that number; -1 while there is none. */
  readonly pid: number;
  /** A command that has no process yet is given up. */
  abandon(): void;
  /** Keeps what a long-running command writes from filling the disk. */
  boundOutput(): Promise<void>;
}

/** Starts a command; `env` is read only while a child is being started. `done` is called once, never before it returns. */
export type StartCommand = (
  command: string,
  env: Readonly<Environment>,
  done: (outcome: CommandOutcome) => void,
) => Running;

export interface Slot {
  readonly rank: number;
  readonly env: Environment;
}

export interface WorkplaceOptions extends Pick<SlotEnvironmentOptions, "engineId" | "coresPerSlot" | "resources"> {
  readonly env: Readonly<Environment>;
  readonly start: StartCommand;
}

/** The slots of an engine and what runs in them. */
export class Workplace {
  readonly #options: WorkplaceOptions;
  readonly #freeSlots: Slot[] = [];
  #perEngineSlot: Slot | undefined;
  /** What runs, with the task that it is, if it is one. */
  readonly #running = new Map<Running, Assignment | undefined>();
  #bounding: NodeJS.Timeout | undefined;

  constructor(options: WorkplaceOptions) {
    this.#options = options;
  }

  /** Makes the slots. @param common what all tasks of the run have in their environment. */
  furnish(slots: number, engineRank: number, common: Readonly<Environment>): void {
    const { env: base, engineId, coresPerSlot, resources } = this.#options;
    const slot = (rank: number): Slot => {
      return {
        rank,
        env: slotEnvironment({ base, common, engineId, engineRank, slot: rank, coresPerSlot, resources }),
      };
    };
    this.#perEngineSlot = slot(-1);
    for (let rank = slots - 1; rank >= 0; rank--) this.#freeSlots.push(slot(rank));
    this.#bounding = setInterval(() => this.#boundOutputs(), BOUND_OUTPUT_MS);
  }

  /** A slot that is free until a task that runs in it has ended. */
  takeSlot(): Slot | undefined {
    return this.#freeSlots.pop();
  }

  runTask(assignment: Assignment, slot: Slot, done: (outcome: CommandOutcome) => void): void {
    this.#start(assignment.task, assignment.attempt, slot, assignment, (outcome) => {
      this.#freeSlots.push(slot);
      done(outcome);
    });
  }

  runCommand(command: PerEngineCommand, done: (outcome: CommandOutcome) => void): void {
    if (this.#perEngineSlot === undefined) throw new Error("no command runs before there are slots");
    this.#start(command, 1, this.#perEngineSlot, undefined, done);
  }

  /** Tasks that have been started and have not ended. */
  get tasks(): Assignment[] {
    return [...this.#running.values()].filter((assignment) => assignment !== undefined);
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Gives up what has no process yet. @returns the process groups of what has one. */
  abandon(): Set<number> {
    const groups = new Set<number>();
    for (const command of this.#running.keys()) {
      command.abandon();
      if (command.pid > 0) groups.add(command.pid);
    }
    return groups;
  }

  /** The processes are gone; that is heard of a few turns later, unless one was out of KILL's reach. */
  async hearOfEnds(): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS && [...this.#running.keys()].some(({ pid }) => pid > 0); turn++) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    }
  }

  close(): void {
    clearInterval(this.#bounding);
  }

  #start(
    item: Task | PerEngineCommand,
    attempt: number,
    slot: Slot,
    assignment: Assignment | undefined,
    done: (outcome: CommandOutcome) => void,
  ): void {
    setTaskVariables(slot.env, item, attempt);
    const command = this.#options.start(item.command, slot.env, (outcome) => {
      this.#running.delete(command);
      done(outcome);
    });
    this.#running.set(command, assignment);
  }

  #boundOutputs(): void {
    // When it fails now, for want of memory perhaps, there is a next time.
    for (const command of this.#running.keys()) command.boundOutput().catch(() => undefined);
  }
}
