import { exited } from "../../../../src/domain/ending.ts";
import type { EngineProcess, Invitation, ProcessEnd } from "../../../../src/domain/launcher.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import type { Assignment, PerEngineCommand, RunningTask } from "../../../../src/domain/task.ts";
import { Connection } from "../../../../src/wire/connection.ts";
import { dial } from "../../../../src/wire/dial.ts";
import { type DriverMessage, type EngineMessage, parseDriverMessage, PROTOCOL } from "../../../../src/wire/messages.ts";
import { until } from "../../../support/until.ts";
import { Heard } from "../../heard.ts";

type MessageOf<T extends DriverMessage["type"]> = Extract<DriverMessage, { type: T }>;
type Report = Extract<EngineMessage, { type: "report" }>;

/** Both the process of an engine and the engine itself; it does what the test says. */
export class PretendedEngine implements EngineProcess {
  readonly id: string;
  readonly node = "alpha";
  /** No more than the test's engines ever say that they have. */
  readonly slots = 1000;
  readonly ended: Promise<ProcessEnd>;
  /** Resolves when the connection of the last call has closed. */
  closed: Promise<void> = Promise.resolve();
  /** How often it was killed while it lived. */
  kills = 0;
  /** What a kill waits for. */
  killed: Promise<void> = Promise.resolve();
  /** Whether its launcher can tell that a kill has worked. */
  killIsCertain = true;
  /** What the driver says is safe. */
  acknowledged = 0;
  /** Answers to its signs of life. */
  readonly beats: number[] = [];
  readonly #heard = new Heard<DriverMessage>("the driver");
  #end: (end: ProcessEnd) => void = () => undefined;
  #hasEnded = false;
  #invite: (invitation: Promise<Invitation>) => void = () => undefined;
  readonly #invitation: Promise<Invitation>;
  #connection: Connection<DriverMessage, EngineMessage> | undefined;
  #socket: Awaited<ReturnType<typeof dial>> | undefined;
  #sequence = 0;

  constructor(id: string) {
    this.id = id;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.#invitation = new Promise((resolve) => (this.#invite = resolve));
    // A test that does not call need not hear that there was no invitation.
    this.#invitation.catch(() => undefined);
  }

  invited(invitation: Promise<Invitation>): void {
    this.#invite(invitation);
  }

  async kill(): Promise<boolean> {
    if (!this.#hasEnded) this.kills++;
    await this.killed;
    if (this.killIsCertain) this.end("killed");
    return this.killIsCertain;
  }

  /** Its process ends, or so it seems. */
  end(reason?: string, certain = true): void {
    if (certain) {
      this.#hasEnded = true;
      this.hangUp();
    }
    this.#end({ certain, ...(reason === undefined ? {} : { reason }) });
  }

  /** Calls the driver, once more if it has called before, and says nothing yet. */
  async call(): Promise<void> {
    this.#socket = await dial(await this.#invitation);
    let close: () => void = () => undefined;
    this.closed = new Promise((resolve) => (close = resolve));
    this.#connection = new Connection(this.#socket, parseDriverMessage, {
      message: (message) => this.#hear(message),
      closed: () => close(),
    });
  }

  /** Its link breaks; it lives on. */
  hangUp(): void {
    this.#socket?.destroy();
  }

  say(message: EngineMessage): void {
    this.#connection?.send(message);
  }

  /** Says something that need not be a message. */
  sayBytes(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  /** Waits until the driver has heard all that it has said over this connection. */
  async isHeard(): Promise<void> {
    const number = this.beats.length + 1;
    this.say({ type: "beat", number });
    await until(
      () => this.beats.includes(number),
      () => `an answer to beat ${number}`,
    );
  }

  hello(change: Partial<Extract<EngineMessage, { type: "hello" }>> = {}): void {
    const who = { protocol: PROTOCOL, engineId: this.id, context: "SSH0", node: this.node, pid: 4711 };
    this.say({ type: "hello", ...who, slots: 1, warnings: [], again: false, ...change });
  }

  /** Calls, says hello, is let in, and is ready. */
  async join(slots = 1): Promise<MessageOf<"welcome">> {
    await this.call();
    this.hello({ slots });
    const welcome = await this.next("welcome");
    this.say({ type: "ready" });
    return welcome;
  }

  /**
   * Calls again, as an engine whose link broke.
   *
   * @param held ids of the tasks that it has, in their first attempt unless said otherwise.
   * @param unacknowledged what it says again before it says where it stands.
   */
  async comeBack(
    held: readonly (number | Pick<Assignment, "task" | "attempt">)[],
    unacknowledged: readonly EngineMessage[] = [],
    change: Partial<Report> = {},
  ): Promise<void> {
    await this.call();
    this.hello({ again: true });
    for (const message of unacknowledged) this.say(message);
    const assignments = held.map((one) => (typeof one === "number" ? { task: plainTask(one), attempt: 1 } : one));
    this.say({ type: "report", held: assignments, welcomed: true, ready: true, leaving: false, ...change });
  }

  /** Waits until it has been given so many tasks, in as many messages as it takes; gives their ids. */
  async assigned(count = 1): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) ids.push(...(await this.next("assign")).assignments.map(({ task }) => task.id));
    return ids;
  }

  /** Says that a task runs. */
  start(taskId: number, change: Partial<RunningTask> = {}): void {
    this.say({ type: "started", tasks: [{ taskId, attempt: 1, slot: 0, start: 0, ...change }] });
  }

  /** Reports that tasks have ended. @returns what it has said, to be said again. */
  finish(taskIds: readonly number[], change: Partial<TaskResult> = {}, interrupted = false): EngineMessage {
    const results = taskIds.map((taskId) => this.result(taskId, change));
    return this.#sayForSure({ type: "results", sequence: ++this.#sequence, results, interrupted });
  }

  /** Reports that a per-engine command has ended. */
  finishCommand(command: PerEngineCommand, change: Partial<TaskResult> = {}): EngineMessage {
    const result = this.result(command.id, { slot: -1, ...change });
    return this.#sayForSure({ type: "per-engine-result", sequence: ++this.#sequence, command, result });
  }

  result(taskId: number, change: Partial<TaskResult> = {}): TaskResult {
    return {
      // An hour long, so that the driver gives it nothing ahead.
      ...{
        taskId,
        attempt: 1,
        node: this.node,
        engine: 0,
        slot: 0,
        pid: 99,
        ending: exited(0),
        start: 0,
        finish: 3600,
      },
      ...{ output: { bytes: 0, snippet: "" }, error: { bytes: 0, snippet: "" } },
      ...change,
    };
  }

  /** Leaves, as it was told to. */
  async leave(): Promise<void> {
    await this.next("dismiss");
    this.goodbye();
  }

  /** Says goodbye, and its process ends well when it is answered. */
  goodbye(reason?: string): void {
    this.say({ type: "goodbye", reason, fenced: false });
    void this.closed.then(() => this.end());
  }

  /** The driver's next message that has not been asked for; it has to be of this type. */
  next<T extends DriverMessage["type"]>(type: T): Promise<MessageOf<T>> {
    return this.#heard.next(type);
  }

  /** Everything but acknowledgements and answers to signs of life, which come when they come. */
  get heard(): readonly DriverMessage[] {
    return this.#heard.messages;
  }

  #sayForSure(message: EngineMessage): EngineMessage {
    this.say(message);
    return message;
  }

  #hear(message: DriverMessage): void {
    if (message.type === "ack") this.acknowledged = message.sequence;
    else if (message.type === "beat") this.beats.push(message.number);
    else this.#heard.add(message);
  }
}

/** A task of a plain file: its line is one more than its id. */
export function plainTask(id: number): Assignment["task"] {
  return { kind: "task", id, line: id + 1, repeatIndex: -1, command: `task ${id}` };
}
