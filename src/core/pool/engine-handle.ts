import type { Engine } from "../../domain/engine.ts";
import type { Assignment, PerEngineCommand, RunningTask, TaskSetting } from "../../domain/task.ts";
import type { DriverMessage } from "../../wire/messages.ts";

/** Characters of commands that travel in one message; a longer list is sent in several. */
const MESSAGE_CHARACTERS = 1024 * 1024;
/** What an engine has sent is on the disk so many looks at the clock later: a second, which is what users are promised. */
const LOOKS_UNTIL_SAFE = 3;

/** The way to an engine, for as long as it lasts. */
export interface EngineCall {
  send(message: DriverMessage): void;
  /** Hangs up when all has been sent. */
  close(): void;
  /** Hangs up at once. */
  destroy(reason?: string): void;
}

/** The driver's half of an engine: what is known of it, and how to tell it something. It outlives the connection. */
export class EngineHandle {
  readonly id: string;
  /** Order of arrival, from 0. */
  readonly rank: number;
  readonly node: string;
  /** Label of its context. */
  readonly context: string;
  readonly slots: number;
  /** Tasks that may run at the same time, and so slots that tasks may run in. */
  readonly mostTasks: number;
  /**
   * - `present`: its connection stands.
   * - `absent`: it does not; the engine may come back.
   * - `left`: it has said goodbye.
   * - `lost`: it has been given up, or is being ended; whatever it still says comes too late.
   */
  state: "present" | "absent" | "left" | "lost" = "absent";
  /** Whether the engine has called again and not yet said where it stands; until then it may repeat itself. */
  mayRepeat = false;
  /** Looks at the clock since anything has been heard of it. */
  silentFor = 0;
  /** What it has been told to run before its first task and after its last. */
  perEngine: Readonly<Record<PerEngineCommand["when"], readonly PerEngineCommand[]>> = { start: [], stop: [] };
  isWelcomed = false;
  /** An earlier driver has started it. */
  isAdopted = false;
  /** Whether the engine has said that somebody else wants it to leave. */
  isCalledAway = false;
  /** When its machine is taken away, on the clock of `performance.now`; undefined where there is no such time. */
  #endsAt: number | undefined;
  /** Whether the engine has said that it starts no task for now. */
  isHeldBack = false;
  /** Its start commands are done. */
  isReady = false;
  /** Per-engine commands that an earlier driver has recorded as run. */
  commandsRun: readonly PerEngineCommand[] = [];
  /** Tasks that it has said to run last, by slot. */
  readonly #started = new Map<number, RunningTask>();
  #call: EngineCall | undefined;
  #hasCalled = false;
  /** The highest number of those that arrive for sure. */
  #received = 0;
  /** What had been received some looks ago, the oldest first. */
  #receivedThen: number[] = [];
  #acknowledged = 0;

  constructor(engine: Omit<Engine, "pid">) {
    this.id = engine.id;
    this.rank = engine.rank;
    this.node = engine.node;
    this.context = engine.context;
    this.slots = engine.slots;
    this.mostTasks = Math.max(engine.slots, engine.capacity?.mostTasks ?? 0);
  }

  /** Whether the engine has called this driver. */
  get hasCalled(): boolean {
    return this.#hasCalled;
  }

  /** The engine has called. An earlier connection that is still open is no longer its. */
  reach(call: EngineCall): void {
    const earlier = this.#call;
    this.#call = call;
    this.#hasCalled = true;
    this.silentFor = 0;
    if (this.state === "absent") this.state = "present";
    earlier?.destroy();
  }

  /** @returns false when it was not this engine's any more. */
  hungUp(call: EngineCall): boolean {
    if (this.#call !== call) return false;
    this.#call = undefined;
    if (this.state === "present") this.state = "absent";
    return true;
  }

  isReachedBy(call: EngineCall): boolean {
    return this.#call === call;
  }

  get isGone(): boolean {
    return this.state === "left" || this.state === "lost";
  }

  /** @param seconds until its machine is taken away; undefined where there is no such time. */
  noteTimeLeft(seconds: number | undefined): void {
    this.#endsAt = seconds === undefined ? undefined : performance.now() + seconds * 1000;
  }

  /** Until its machine is taken away; undefined where there is no such time. */
  get secondsLeft(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.max(0, (this.#endsAt - performance.now()) / 1000);
  }

  /** Notes what has arrived. @returns false when it had arrived before. */
  receive(sequence: number): boolean {
    if (sequence <= this.#received) return false;
    this.#received = sequence;
    return true;
  }

  /** Takes note of a task that runs. @returns false when it has said so before. */
  noteStarted(task: RunningTask): boolean {
    const before = this.#started.get(task.slot);
    this.#started.set(task.slot, task);
    return before?.taskId !== task.taskId || before.attempt !== task.attempt;
  }

  /** Called at each look at the clock: what was received a while ago is safe, and the engine may forget it. */
  acknowledge(): void {
    this.#receivedThen.push(this.#received);
    if (this.#receivedThen.length <= LOOKS_UNTIL_SAFE) return;
    const sequence = this.#receivedThen.shift() ?? 0;
    if (sequence === this.#acknowledged) return;
    this.#acknowledged = sequence;
    this.send({ type: "ack", sequence });
  }

  welcome(
    env: Readonly<Record<string, string>>,
    start: readonly PerEngineCommand[],
    stop: readonly PerEngineCommand[],
  ) {
    this.perEngine = { start, stop };
    this.isWelcomed = true;
    this.send({ type: "welcome", engine: this.rank, env: { ...env }, start: [...start], stop: [...stop] });
  }

  assign(assignments: readonly Assignment[]): void {
    let batch: Omit<Assignment, "crashes">[] = [];
    let characters = 0;
    for (const { task, attempt, failures, lastEnding } of assignments) {
      batch.push({ task, attempt, failures, lastEnding });
      characters += task.command.length + (task.setting === undefined ? 0 : lengthOf(task.setting));
      if (characters < MESSAGE_CHARACTERS) continue;
      this.send({ type: "assign", assignments: batch });
      batch = [];
      characters = 0;
    }
    if (batch.length > 0) this.send({ type: "assign", assignments: batch });
  }

  /** @param within seconds that what runs may take; missing when it may take its time. */
  dismiss(within: number | undefined): void {
    this.send({ type: "dismiss", within });
  }

  /** What is said to an engine that is out of touch is lost; where that matters it is said again when it is back. */
  send(message: DriverMessage): void {
    this.#call?.send(message);
  }

  close(): void {
    this.#call?.close();
  }

  /** Hangs up on it at once, saying why. */
  refuse(reason: string): void {
    this.#call?.destroy(reason);
  }
}

/** Characters of it, more or less. */
function lengthOf({ env, argv = [] }: TaskSetting): number {
  let length = 0;
  for (const [name, value] of Object.entries(env)) length += name.length + value.length;
  for (const argument of argv) length += argument.length;
  return length;
}
