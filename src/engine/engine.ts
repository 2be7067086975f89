import { ENGINE_MARK, ORPHAN_GRACE } from "../domain/engine.ts";
import type { Invitation } from "../domain/launcher.ts";
import type { CommandOutcome, TaskResult } from "../domain/result.ts";
import type { Assignment, PerEngineCommand, Task } from "../domain/task.ts";
import { stopProcesses } from "../process/stop-processes.ts";
import { Connection } from "../wire/connection.ts";
import { type DriverMessage, type EngineMessage, parseDriverMessage, PROTOCOL } from "../wire/messages.ts";
import { dial } from "../wire/dial.ts";
import { fitToOpenFiles, fitToResources } from "./fit-slots.ts";
import { setTaskVariables, slotEnvironment, type Environment } from "./environment.ts";
import { Outbox } from "./outbox.ts";
import { type RunnerSetup, RunningCommand } from "./runner.ts";

/** How often the output of long-running tasks is looked at. Tasks shorter than this never notice. */
const BOUND_OUTPUT_MS = 250;
/** How often, and how many times, it is asked whether the ends of processes have been heard of: half a second in all. */
const TURN_MS = 5;
const MOST_TURNS = 100;

export interface EngineOptions {
  readonly invitation: Invitation;
  /** Label of the context that started this engine. */
  readonly context: string;
  readonly node: string;
  readonly slots: number;
  /** Files that this process may have open. */
  readonly openFileLimit: number;
  readonly coresPerSlot: number;
  /** Names of variables whose values are dealt out over the slots. */
  readonly resources: readonly string[];
  /** What tasks inherit. */
  readonly env: Readonly<Environment>;
  /** Unlike any other engine's. */
  readonly engineId: string;
  readonly runner: RunnerSetup;
  /** Told once the rank is known, and then of everything of note. */
  readonly log: EngineLog;
}

export interface EngineLog {
  opened(rank: number): void;
  info(message: string): void;
  debug(message: () => string): void;
}

interface Slot {
  readonly rank: number;
  readonly env: Environment;
}

/**
 * The process on a node. It joins the driver, runs the start commands, then tasks in its slots, and leaves when told to.
 *
 *     joining ──► starting ──► working ──► stopping ──► left
 *        └───────────┴────────────┴───────────┴──► terminating ──► left
 */
export class Engine {
  #phase: "joining" | "starting" | "working" | "stopping" | "terminating" | "left" = "joining";
  readonly #options: EngineOptions;
  readonly #slotCount: number;
  readonly #warnings: readonly string[];
  #connection: Connection<DriverMessage, EngineMessage> | undefined;
  #rank = -1;
  #freeSlots: Slot[] = [];
  #perEngineSlot: Slot | undefined;
  #stopCommands: readonly PerEngineCommand[] = [];
  #queue: Assignment[] = [];
  readonly #running = new Set<RunningCommand>();
  #dismissed = false;
  /** Why it ends its tasks, when the driver has not told it to. */
  #endedBecause: string | undefined;
  #graceMs = ORPHAN_GRACE * 1000;
  readonly #outbox = new Outbox((results) => this.#send({ type: "results", results, interrupted: false }));
  #leave: () => void = () => undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    const dealt = fitToResources(options.slots, options.resources, options.env);
    const fitted = fitToOpenFiles(dealt.slots, options.openFileLimit);
    this.#slotCount = fitted.slots;
    this.#warnings = [...dealt.warnings, ...fitted.warnings];
  }

  /** Resolves when the engine has left and nothing of its tasks runs. @throws Error when the driver cannot be reached. */
  async run(): Promise<void> {
    const { invitation, context, node } = this.#options;
    const left = new Promise<void>((resolve) => (this.#leave = resolve));
    const socket = await dial(invitation);
    if (this.#phase !== "joining") {
      // It was told to end meanwhile.
      socket.destroy();
      return left;
    }
    this.#connection = new Connection(socket, parseDriverMessage, {
      message: (message) => this.#receive(message),
      closed: ({ refusal, failure }) => this.#connectionClosed(refusal ?? failure),
    });
    this.#send({
      type: "hello",
      protocol: PROTOCOL,
      engineId: this.#options.engineId,
      context,
      node,
      pid: process.pid,
      slots: this.#slotCount,
      warnings: [...this.#warnings],
    });
    const bounding = setInterval(() => this.#boundOutputs(), BOUND_OUTPUT_MS);
    await left;
    clearInterval(bounding);
  }

  /**
   * Ends all tasks, then leaves. A second call may shorten the grace.
   *
   * @param why missing when the driver wants it.
   */
  terminate(graceSeconds: number, why?: string): void {
    this.#graceMs = graceSeconds * 1000;
    if (this.#phase === "terminating" || this.#phase === "left") return;
    this.#options.log.info(`ending tasks: ${why ?? "told so by the driver"}`);
    this.#phase = "terminating";
    this.#endedBecause = why;
    this.#outbox.flush();
    this.#queue = [];
    void this.#stopTasks();
  }

  #receive(message: DriverMessage): void {
    switch (message.type) {
      case "welcome":
        return this.#begin(message);
      case "assign":
        this.#queue.push(...message.assignments);
        return this.#fillSlots();
      case "recall": {
        const taskIds = this.#queue.map(({ task }) => task.id);
        this.#queue = [];
        this.#outbox.flush();
        return this.#send({ type: "returned", taskIds });
      }
      case "dismiss":
        this.#dismissed = true;
        return this.#phase === "joining" ? this.#sayGoodbye() : this.#leaveWhenDone();
      case "terminate":
        return this.terminate(message.grace);
      default:
        return message satisfies never;
    }
  }

  #begin(welcome: Extract<DriverMessage, { type: "welcome" }>): void {
    if (this.#phase !== "joining") return;
    this.#rank = welcome.engine;
    this.#stopCommands = welcome.stop;
    this.#options.log.opened(this.#rank);
    this.#options.log.info(`joined as engine ${this.#rank} with ${this.#slotCount} slots, process ${process.pid}`);
    const slot = (rank: number): Slot => ({ rank, env: this.#slotEnvironment(rank, welcome.env) });
    this.#perEngineSlot = slot(-1);
    for (let rank = this.#slotCount - 1; rank >= 0; rank--) this.#freeSlots.push(slot(rank));
    this.#phase = "starting";
    this.#runCommands(welcome.start, () => {
      this.#phase = "working";
      this.#send({ type: "ready" });
      this.#fillSlots();
      this.#leaveWhenDone();
    });
  }

  #slotEnvironment(rank: number, common: Environment): Environment {
    const { env: base, engineId, coresPerSlot, resources } = this.#options;
    return slotEnvironment({ base, common, engineId, engineRank: this.#rank, slot: rank, coresPerSlot, resources });
  }

  /** Runs per-engine commands one after the other. */
  #runCommands(commands: readonly PerEngineCommand[], then: () => void): void {
    const [command, ...rest] = commands;
    if (command === undefined || this.#perEngineSlot === undefined) return then();
    this.#options.log.info(`per-engine ${command.when} command ${command.id}: ${command.command}`);
    this.#start(command, this.#perEngineSlot, (outcome) => {
      if (this.#phase === "terminating") return;
      const result = this.#resultOf(command.id, 1, -1, outcome);
      this.#send({ type: "per-engine-result", when: command.when, result });
      this.#runCommands(rest, then);
    });
  }

  #fillSlots(): void {
    while (this.#phase === "working" && this.#queue.length > 0) {
      const slot = this.#freeSlots.pop();
      if (slot === undefined) return;
      const next = this.#queue.shift();
      if (next !== undefined) this.#runTask(next, slot);
    }
  }

  #runTask({ task, attempt }: Assignment, slot: Slot): void {
    this.#options.log.debug(() => `task ${task.id} starts in slot ${slot.rank}: ${task.command}`);
    this.#start(task, slot, (outcome) => {
      this.#options.log.debug(() => `task ${task.id} ended: ${outcome.returnCode}`);
      this.#freeSlots.push(slot);
      const result = this.#resultOf(task.id, attempt, slot.rank, outcome);
      if (this.#phase === "terminating") return this.#send({ type: "results", results: [result], interrupted: true });
      this.#fillSlots();
      this.#outbox.add(result, this.#queue.length < this.#slotCount);
      this.#leaveWhenDone();
    });
  }

  #start(item: Task | PerEngineCommand, slot: Slot, done: (outcome: CommandOutcome) => void): void {
    setTaskVariables(slot.env, item);
    const command = new RunningCommand(this.#options.runner, item.command, slot.env, (outcome) => {
      this.#running.delete(command);
      done(outcome);
    });
    this.#running.add(command);
  }

  #resultOf(taskId: number, attempt: number, slot: number, outcome: CommandOutcome): TaskResult {
    return { taskId, attempt, node: this.#options.node, engine: this.#rank, slot, ...outcome };
  }

  #leaveWhenDone(): void {
    if (!this.#dismissed || this.#phase !== "working" || this.#running.size > 0 || this.#queue.length > 0) return;
    this.#phase = "stopping";
    this.#outbox.flush();
    this.#runCommands(this.#stopCommands, () => this.#sayGoodbye());
  }

  #sayGoodbye(): void {
    this.#phase = "left";
    this.#options.log.info("leaving");
    this.#send({ type: "goodbye", reason: this.#endedBecause });
    this.#connection?.close();
  }

  async #stopTasks(): Promise<void> {
    const groups = new Set<number>();
    for (const command of this.#running) {
      command.abandon();
      if (command.pid > 0) groups.add(command.pid);
    }
    await stopProcesses({ name: ENGINE_MARK, value: this.#options.engineId }, groups, () => this.#graceMs);
    await this.#hearOfEnds();
    this.#sayGoodbye();
    this.#leave();
  }

  /** The processes are gone; that is heard of a few turns later, unless one was out of KILL's reach. */
  async #hearOfEnds(): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS && [...this.#running].some(({ pid }) => pid > 0); turn++) {
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    }
  }

  #connectionClosed(reason: string): void {
    if (this.#phase === "left") return this.#leave();
    this.#connection = undefined;
    this.terminate(ORPHAN_GRACE, `the driver is gone (${reason})`);
  }

  #boundOutputs(): void {
    // When it fails now, for want of memory perhaps, there is a next time.
    for (const command of this.#running) command.boundOutput().catch(() => undefined);
  }

  #send(message: EngineMessage): void {
    this.#connection?.send(message);
  }
}
