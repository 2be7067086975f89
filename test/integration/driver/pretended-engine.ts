import type { EngineProcess, Invitation, Invite, Launcher } from "../../../src/domain/launcher.ts";
import type { TaskResult } from "../../../src/domain/result.ts";
import { Connection } from "../../../src/wire/connection.ts";
import { type DriverMessage, type EngineMessage, parseDriverMessage } from "../../../src/wire/messages.ts";
import { dial } from "../../../src/wire/dial.ts";
import { Heard } from "../heard.ts";

type MessageOf<T extends DriverMessage["type"]> = Extract<DriverMessage, { type: T }>;

/** A launcher that starts no process: the test plays the engines. */
export class PretendedLauncher implements Launcher {
  readonly context;
  readonly engines: readonly PretendedEngine[];
  /** What `launch` was called with, each time. */
  readonly invitations: Promise<Invitation>[] = [];

  constructor(engines: readonly PretendedEngine[], taskLimit = 0) {
    this.engines = engines;
    this.context = { label: "SSH0", nodes: [{ node: "alpha", slots: 1, coresPerSlot: 1 }], taskLimit };
  }

  launch(invite: Invite): readonly EngineProcess[] {
    const invitation = invite("here");
    this.invitations.push(invitation);
    for (const engine of this.engines) engine.invited(invitation);
    return this.engines;
  }
}

/** Both the process of an engine and the engine itself; it does what the test says. */
export class PretendedEngine implements EngineProcess {
  readonly id: string;
  readonly node = "alpha";
  /** No more than the test's engines ever say that they have. */
  readonly slots = 1000;
  readonly ended: Promise<string | undefined>;
  /** Resolves when the driver has closed the connection. */
  readonly closed: Promise<void>;
  kills = 0;
  /** What a kill waits for. */
  killed: Promise<void> = Promise.resolve();
  readonly #heard = new Heard<DriverMessage>("the driver");
  #end: (reason?: string) => void = () => undefined;
  #close: () => void = () => undefined;
  #invite: (invitation: Promise<Invitation>) => void = () => undefined;
  readonly #invitation: Promise<Invitation>;
  #connection: Connection<DriverMessage, EngineMessage> | undefined;
  #socket: Awaited<ReturnType<typeof dial>> | undefined;

  constructor(id: string) {
    this.id = id;
    this.ended = new Promise((resolve) => (this.#end = resolve));
    this.closed = new Promise((resolve) => (this.#close = resolve));
    this.#invitation = new Promise((resolve) => (this.#invite = resolve));
    // A test that does not call need not hear that there was no invitation.
    this.#invitation.catch(() => undefined);
  }

  invited(invitation: Promise<Invitation>): void {
    this.#invite(invitation);
  }

  async kill(): Promise<boolean> {
    this.kills++;
    await this.killed;
    this.#socket?.destroy();
    this.#end("killed");
    return true;
  }

  /** Its process ends. */
  end(reason?: string): void {
    this.#socket?.destroy();
    this.#end(reason);
  }

  /** Calls the driver and says nothing yet. */
  async call(): Promise<void> {
    this.#socket = await dial(await this.#invitation);
    this.#connection = new Connection(this.#socket, parseDriverMessage, {
      message: (message) => {
        this.#heard.add(message);
      },
      closed: () => this.#close(),
    });
  }

  say(message: EngineMessage): void {
    this.#connection?.send(message);
  }

  /** Says something that need not be a message. */
  sayBytes(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  hello(change: Partial<Extract<EngineMessage, { type: "hello" }>> = {}): void {
    const who = { protocol: 1, engineId: this.id, context: "SSH0", node: this.node, pid: 4711, slots: 1, warnings: [] };
    this.say({ type: "hello", ...who, ...change });
  }

  /** Calls, says hello, is let in, and is ready. */
  async join(slots = 1): Promise<MessageOf<"welcome">> {
    await this.call();
    this.hello({ slots });
    const welcome = await this.next("welcome");
    this.say({ type: "ready" });
    return welcome;
  }

  /** Waits until it has been given so many tasks, in as many messages as it takes; gives their ids. */
  async assigned(count = 1): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) ids.push(...(await this.next("assign")).assignments.map(({ task }) => task.id));
    return ids;
  }

  /** Reports that tasks have ended. */
  finish(taskIds: readonly number[], change: Partial<TaskResult> = {}, interrupted = false): void {
    this.say({ type: "results", results: taskIds.map((taskId) => this.result(taskId, change)), interrupted });
  }

  result(taskId: number, change: Partial<TaskResult> = {}): TaskResult {
    return {
      // An hour long, so that the driver gives it nothing ahead.
      ...{ taskId, attempt: 1, node: this.node, engine: 0, slot: 0, pid: 99, returnCode: 0, start: 0, finish: 3600 },
      ...{ output: { bytes: 0, snippet: "" }, error: { bytes: 0, snippet: "" } },
      ...change,
    };
  }

  /** Leaves, as it was told to. */
  async leave(): Promise<void> {
    await this.next("dismiss");
    this.goodbye();
  }

  /** Says goodbye, and its process ends well. */
  goodbye(): void {
    this.say({ type: "goodbye" });
    void this.closed.then(() => this.#end());
  }

  /** The driver's next message that has not been asked for; it has to be of this type. */
  next<T extends DriverMessage["type"]>(type: T): Promise<MessageOf<T>> {
    return this.#heard.next(type);
  }

  get heard(): readonly DriverMessage[] {
    return this.#heard.messages;
  }
}
