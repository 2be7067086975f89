import { randomUUID } from "node:crypto";
import { openSync } from "node:fs";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";
import { ENGINE_MARK } from "../../../src/domain/engine.ts";
import type { Credentials } from "../../../src/domain/launcher.ts";
import type { PerEngineCommand, Task } from "../../../src/domain/task.ts";
import { Engine, type EngineOptions } from "../../../src/engine/engine.ts";
import { CapturePool } from "../../../src/process/capture-pool.ts";
import { CaptureFolder } from "../../../src/process/capture.ts";
import { findProcesses } from "../../../src/process/process-table.ts";
import { Connection } from "../../../src/wire/connection.ts";
import { createRunCredentials } from "../../../src/wire/credentials.ts";
import { type DriverMessage, type EngineMessage, parseEngineMessage } from "../../../src/wire/messages.ts";
import { listen } from "../../../src/wire/tls.ts";
import { Heard } from "../heard.ts";

type MessageOf<T extends EngineMessage["type"]> = Extract<EngineMessage, { type: T }>;

const HOST = "127.0.0.1";
const devNull = openSync("/dev/null", "r");
const credentials = createRunCredentials();

export interface DriverSideOptions {
  readonly slots?: number;
  readonly coresPerSlot?: number;
  readonly resources?: readonly string[];
  readonly env?: EngineOptions["env"];
}

/** A driver in the hands of a test, and one engine that has called it over TLS. */
export class DriverSide {
  readonly engine: Engine;
  readonly engineId = randomUUID();
  /** Resolves when the engine has left, and all that it has said has been heard. */
  readonly left: Promise<unknown>;
  #hungUp: () => void = () => undefined;
  /** Everything that the engine has said. */
  readonly #heard = new Heard<EngineMessage>("the engine");
  readonly log: string[] = [];
  #connection: Connection<EngineMessage, DriverMessage> | undefined;

  private constructor(port: number, engineCredentials: Credentials, options: DriverSideOptions) {
    this.engine = new Engine({
      invitation: { addresses: [{ host: HOST, port }], credentials: engineCredentials },
      ...{ context: "SSH0", node: "alpha", slots: 1, coresPerSlot: 1, openFileLimit: 1024, resources: [] },
      ...options,
      env: { PATH: "/usr/bin:/bin", ...options.env },
      engineId: this.engineId,
      runner: { cwd: "/", captures: new CapturePool(new CaptureFolder(tmpdir())), devNull },
      log: {
        opened: (rank) => void this.log.push(`opened ${rank}`),
        info: (message) => void this.log.push(message),
        debug: (message) => void this.log.push(message()),
      },
    });
    const closed = new Promise<void>((resolve) => (this.#hungUp = resolve));
    this.left = Promise.all([this.engine.run(), closed]);
  }

  /** Has an engine join; what is left of it is ended when the test is over. */
  static async open(options: DriverSideOptions = {}): Promise<DriverSide> {
    const { driver, engine } = await credentials;
    let side: DriverSide | undefined;
    const listener = await listen({ host: HOST, port: 0 }, driver, (socket) => {
      if (side === undefined) throw new Error("nobody is expected yet");
      side.#accept(new Connection(socket, parseEngineMessage, side.#handlers()));
    });
    const opened = new DriverSide(listener.port, engine, options);
    side = opened;
    onTestFinished(async () => {
      opened.engine.terminate(0, "the test is over");
      await opened.left;
      listener.close();
    });
    return opened;
  }

  /** The engine's next message that has not been asked for; it has to be of this type. */
  next<T extends EngineMessage["type"]>(type: T): Promise<MessageOf<T>> {
    return this.#heard.next(type);
  }

  get heard(): readonly EngineMessage[] {
    return this.#heard.messages;
  }

  say(message: DriverMessage): void {
    if (this.#connection === undefined) throw new Error("the engine has not called");
    this.#connection.send(message);
  }

  /** Hears the engine's first words and lets it begin. */
  async welcome(start: readonly string[] = [], stop: readonly string[] = []): Promise<void> {
    await this.next("hello");
    const commands = (when: PerEngineCommand["when"], list: readonly string[]): PerEngineCommand[] =>
      list.map((command, id) => ({ kind: "per-engine", when, id, line: id + 1, command }));
    const lists = { start: commands("start", start), stop: commands("stop", stop) };
    this.say({ type: "welcome", engine: 3, env: { DISBATCH_JOBID: "run" }, ...lists });
    if (start.length === 0) await this.next("ready");
  }

  /** Gives it tasks, numbered from `first`. */
  assign(commands: readonly string[], first = 0): void {
    const task = (command: string, i: number): Task => ({
      ...{ kind: "task", id: first + i, line: first + i + 1, repeatIndex: -1, command },
    });
    this.say({ type: "assign", assignments: commands.map((command, i) => ({ task: task(command, i), attempt: 1 })) });
  }

  /** Breaks the connection. */
  hangUp(): void {
    this.#connection?.destroy();
  }

  /** Processes of its tasks that are alive, with all that they have started. */
  taskProcesses(): number {
    return findProcesses({ name: ENGINE_MARK, value: this.engineId }, new Set()).length;
  }

  #handlers() {
    return {
      message: (message: EngineMessage): void => {
        this.#heard.add(message);
      },
      closed: (): void => this.#hungUp(),
    };
  }

  #accept(connection: Connection<EngineMessage, DriverMessage>): void {
    this.#connection = connection;
  }
}
