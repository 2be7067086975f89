import { randomUUID } from "node:crypto";
import { openSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import type { Invitation } from "../../../../src/domain/launcher.ts";
import type { OutputTerms } from "../../../../src/domain/output-terms.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import type { PerEngineCommand, RunningTask, Task } from "../../../../src/domain/task.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { Engine } from "../../../../src/node/engine/engine.ts";
import type { EngineOptions } from "../../../../src/node/engine/engine-options.ts";
import { taskMark } from "../../../../src/node/engine/environment.ts";
import { RunningCommand } from "../../../../src/node/engine/runner.ts";
import { bootSeconds } from "../../../../src/node/process/boot-clock.ts";
import { CapturePool } from "../../../../src/node/process/capture-pool.ts";
import { CaptureFolder } from "../../../../src/node/process/capture.ts";
import { findProcesses } from "../../../../src/node/process/process-table.ts";
import { warnProcesses } from "../../../../src/node/process/warn-processes.ts";
import { stopProcesses } from "../../../../src/node/process/stop-processes.ts";
import { Connection } from "../../../../src/wire/connection.ts";
import { createRunCredentials } from "../../../../src/wire/credentials.ts";
import { dial } from "../../../../src/wire/dial.ts";
import { type DriverMessage, type EngineMessage, parseEngineMessage } from "../../../../src/wire/messages.ts";
import { listen } from "../../../../src/wire/tls.ts";
import { Heard } from "../../heard.ts";
import { NotingWatchdog } from "./noting-watchdog.ts";
import type { EngineTerms } from "../../../../src/domain/engine-terms.ts";
import { engineTerms } from "../../../support/engine-terms.ts";

type MessageOf<T extends EngineMessage["type"]> = Extract<EngineMessage, { type: T }>;

const HOST = "127.0.0.1";
const devNull = openSync("/dev/null", "r");
const credentials = createRunCredentials();
/** Seconds; no lease of a test is longer. */
const AGES = 1e6;

const setup = {
  cwd: "/",
  captures: new CapturePool(new CaptureFolder(tmpdir())),
  devNull,
  output: { keep: "none", limit: 65_536 } as const,
};

/** Starts a command as engines do. */
export const runForReal: EngineOptions["start"] = (...command) => new RunningCommand(setup, ...command);

/** Starts commands whose output is kept so. */
export function runForRealWith(output: OutputTerms): EngineOptions["start"] {
  return (...command) => new RunningCommand({ ...setup, output }, ...command);
}

type GivenOptions = Partial<
  Pick<EngineOptions, "slots" | "coresPerSlot" | "env" | "engineId" | "watch" | "sharedSignals" | "start" | "machine"> &
    Pick<EngineOptions, "readings" | "secondsLeft">
>;

export interface DriverSideOptions extends GivenOptions, Partial<EngineTerms> {
  /** The engine's calls do not get through until the door is opened. */
  readonly doorClosed?: boolean;
}

/** A driver in the hands of a test, and one engine that calls it over TLS, again when the test hangs up. */
export class DriverSide {
  readonly engine: Engine;
  readonly engineId: string;
  /** Resolves when the engine has left, and all that it has said has been heard. */
  readonly left: Promise<unknown>;
  readonly log: string[] = [];
  readonly watchdog = new NotingWatchdog();
  /** What the engine has kept for a driver that may ask for it. */
  readonly undelivered: TaskResult[] = [];
  /** Numbers of the signs of life that it has given. */
  readonly beats: number[] = [];
  /** What it has said to run, look by look. */
  readonly started: (readonly RunningTask[])[] = [];
  /** How often it has called, in vain or not. */
  calls = 0;
  /** Signs of life and goodbyes are answered. */
  answers = true;
  /** Opens the door, once. */
  openDoor: () => void = () => undefined;
  /** The engine's calls get no further than this. */
  #door: Promise<void> = Promise.resolve();
  readonly #heard = new Heard<EngineMessage>("the engine");
  #connection: Connection<EngineMessage, DriverMessage> | undefined;
  #closed: Promise<void> = Promise.resolve();
  /** The engine's clock is ahead by so many seconds. */
  #ahead = 0;

  private constructor(invitation: Invitation, { doorClosed = false, ...options }: DriverSideOptions) {
    if (doorClosed) this.closeDoor();
    this.engineId = options.engineId ?? randomUUID();
    const mark = { name: ENGINE_MARK, value: this.engineId };
    this.engine = new Engine({
      ...{ context: "SSH0", node: "alpha", slots: 1, coresPerSlot: 1, openFileLimit: 1024 },
      terms: engineTerms({ threadEnv: false, ...options }),
      ...{ watch: () => this.watchdog, start: runForReal },
      ...options,
      env: { PATH: "/usr/bin:/bin", ...options.env },
      engineId: this.engineId,
      connect: (signal) => this.#called(invitation, signal),
      stopTasks: (groups, graceMs) => stopProcesses(mark, groups, graceMs),
      stopTask: (task, graceMs, first) =>
        stopProcesses({ ...mark, only: taskMark(task) }, new Set([task.group]), graceMs, first),
      warnTask: (task, name) => void warnProcesses({ ...mark, only: taskMark(task) }, new Set([task.group]), name),
      warnTasks: (name) => void warnProcesses(mark, new Set(), name),
      bootSeconds: () => bootSeconds() + this.#ahead,
      keepUndelivered: (results) => void this.undelivered.push(...results),
      log: {
        opened: (rank) => void this.log.push(`opened ${rank}`),
        warning: (message) => void this.log.push(message),
        info: (message) => void this.log.push(message),
        debug: (message) => void this.log.push(message()),
      },
    });
    this.left = this.engine.run().then(() => this.#closed);
  }

  /** Has an engine join; what is left of it is ended when the test is over. */
  static async open(options: DriverSideOptions = {}): Promise<DriverSide> {
    const { driver, engine } = await credentials;
    let side: DriverSide | undefined;
    const listener = await listen({ host: HOST, port: 0 }, driver, (socket) => {
      if (side === undefined) throw new Error("nobody is expected yet");
      side.#accept(socket);
    });
    const opened = new DriverSide({ addresses: [{ host: HOST, port: listener.port }], credentials: engine }, options);
    side = opened;
    onTestFinished(async () => {
      opened.engine.terminate(0, "the test is over");
      opened.passTime(AGES);
      await opened.left;
      listener.close();
    });
    return opened;
  }

  /** The engine's next message that has not been asked for; it has to be of this type. */
  next<T extends EngineMessage["type"]>(type: T): Promise<MessageOf<T>> {
    return this.#heard.next(type);
  }

  /** Everything that the engine has said, but for signs of life and what it has found to run, which come when they come. */
  get heard(): readonly EngineMessage[] {
    return this.#heard.messages;
  }

  /** Results of tasks that have been heard, outcomes or not, by task: ends that are close together are heard in any order. */
  results(interrupted: boolean): TaskResult[] {
    return this.heard
      .flatMap((message) => (message.type === "results" && message.interrupted === interrupted ? message.results : []))
      .toSorted((one, other) => one.taskId - other.taskId);
  }

  say(message: DriverMessage): void {
    if (this.#connection === undefined) throw new Error("the engine has not called");
    this.#connection.send(message);
  }

  /** Hears the engine's first words and lets it begin. */
  async welcome(start: readonly string[] = [], stop: readonly string[] = []): Promise<void> {
    await this.next("hello");
    this.sayWelcome(start, stop);
    if (start.length === 0) await this.next("ready");
  }

  sayWelcome(start: readonly string[] = [], stop: readonly string[] = []): void {
    const commands = (when: PerEngineCommand["when"], list: readonly string[]): PerEngineCommand[] =>
      list.map((command, id) => ({ kind: "per-engine", when, id, line: id + 1, command }));
    const lists = { start: commands("start", start), stop: commands("stop", stop) };
    this.say({ type: "welcome", engine: 3, env: { DISBATCH_JOBID: "run" }, ...lists });
  }

  /** Gives it tasks, numbered from `first`. @param terms of all of them, in the words of a task file. @param failures tries of each before. */
  assign(commands: readonly string[], first = 0, terms?: string, failures?: number): void {
    const given = terms === undefined ? undefined : termsOfText(terms);
    const task = (command: string, i: number): Task => ({
      ...{ kind: "task", id: first + i, line: first + i + 1, repeatIndex: -1, command, terms: given },
    });
    this.say({
      type: "assign",
      assignments: commands.map((command, i) => ({ task: task(command, i), attempt: 1, failures })),
    });
  }

  /** Waits until the engine, which has nothing to hand back, has heard all that was said. */
  async isHeard(): Promise<void> {
    this.say({ type: "recall" });
    await this.next("returned");
  }

  /** Breaks the connection. */
  hangUp(): void {
    this.#connection?.destroy();
  }

  /** Keeps the engine's calls from getting through, beginning with the next one. */
  closeDoor(): void {
    this.#door = new Promise((resolve) => (this.openDoor = resolve));
  }

  /** So many seconds go by for the engine, as if its host had been asleep. */
  passTime(seconds: number): void {
    this.#ahead += seconds;
  }

  /** Processes of its tasks that are alive, with all that they have started. */
  taskProcesses(): number {
    return findProcesses({ name: ENGINE_MARK, value: this.engineId }, new Set()).length;
  }

  async #called(invitation: Invitation, signal: AbortSignal): Promise<Duplex> {
    this.calls++;
    const calledOff = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(new Error("called off")), { once: true });
    });
    await Promise.race([this.#door, calledOff]);
    return dial(invitation, { signal });
  }

  #accept(socket: Duplex): void {
    let close: () => void = () => undefined;
    this.#closed = new Promise((resolve) => (close = resolve));
    const connection = new Connection<EngineMessage, DriverMessage>(socket, parseEngineMessage, {
      message: (message) => this.#hear(connection, message),
      closed: () => close(),
    });
    connection.trust();
    this.#connection = connection;
  }

  #hear(connection: Connection<EngineMessage, DriverMessage>, message: EngineMessage): void {
    if (message.type === "beat") {
      this.beats.push(message.number);
      if (this.answers) connection.send(message);
      return;
    }
    if (message.type === "started") return void this.started.push(message.tasks);
    this.#heard.add(message);
    if (message.type !== "goodbye" || !this.answers) return;
    connection.send({ type: "farewell" });
    connection.close();
  }
}
