import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { ENGINE_MARK } from "../../../../src/domain/engine.ts";
import type { TaskResult } from "../../../../src/domain/result.ts";
import type { RunningTask, Task } from "../../../../src/domain/task.ts";
import { termsOfText } from "../../../../src/domain/terms/task-terms.ts";
import { findProcesses, signal } from "../../../../src/node/process/process-table.ts";
import { Connection } from "../../../../src/wire/connection.ts";
import { createRunCredentials } from "../../../../src/wire/credentials.ts";
import type { EngineSpec } from "../../../../src/wire/engine-spec.ts";
import { type DriverMessage, type EngineMessage, parseEngineMessage } from "../../../../src/wire/messages.ts";
import { type Listener, listen } from "../../../../src/wire/tls.ts";
import { until } from "../../../support/until.ts";
import { living } from "../../../unit/node/process/children.ts";
import { Heard } from "../../heard.ts";
import { engineTerms } from "../../../support/engine-terms.ts";
import type { EngineTerms } from "../../../../src/domain/engine-terms.ts";

/** What is not as usual in what the processes of a step are told. */
export interface StepChange extends Partial<Omit<EngineSpec, "terms">> {
  readonly terms?: Partial<EngineTerms>;
}

const HOST = "127.0.0.1";
export const credentials = createRunCredentials();

/** What one task of the step is given for its own. */
export interface TaskShare {
  readonly env?: Readonly<Record<string, string>>;
  /** As `taskset` takes it. */
  readonly cpus?: string;
}

/** One process of the step. */
export interface StepProcess {
  readonly pid: number;
  /** Exit code and signal, when it has ended. */
  readonly ended: Promise<readonly unknown[]>;
  readonly errors: () => string;
}

/**
 * What srun makes of a step: this program, as many times as there are slots, all with the same words on standard input. The
 * test is the engine's driver. When the test is over the engine is killed, if it is still there, and everything else has to go
 * by itself.
 */
export class SrunStep {
  readonly spec: EngineSpec;
  readonly #command: readonly string[];
  readonly #processes = new Map<number, StepProcess>();
  /** What its engine has said to run. */
  readonly started: RunningTask[] = [];
  readonly #heard = new Heard<EngineMessage>("the engine");
  #connection: Connection<EngineMessage, DriverMessage> | undefined;
  #answers = true;

  private constructor(command: readonly string[], spec: EngineSpec) {
    this.#command = command;
    this.spec = spec;
  }

  /** A driver for the step, of which nothing has been started. @param command runs the probe. */
  static async open(command: readonly string[], slots: number, { terms, ...more }: StepChange = {}): Promise<SrunStep> {
    const { driver, engine } = await credentials;
    let step: SrunStep | undefined;
    const listener: Listener = await listen({ host: HOST, port: 0 }, driver, (socket) => {
      const connection = new Connection<EngineMessage, DriverMessage>(socket, parseEngineMessage, {
        message: (message) => void (step === undefined || step.#hear(connection, message)),
        closed: () => undefined,
      });
      if (step !== undefined) step.#connection = connection;
    });
    const opened = new SrunStep(command, {
      invitation: { addresses: [{ host: HOST, port: listener.port }], credentials: { ...engine } },
      ...{ engineId: randomUUID(), context: "SLURM0", node: "n1", slots, coresPerSlot: 1 },
      slotProcesses: true,
      terms: engineTerms({ prefix: path.join(tmpdir(), "no-such-folder", "run"), threadEnv: false, ...terms }),
      ...more,
    });
    step = opened;
    onTestFinished(async () => {
      try {
        await opened.#end();
      } finally {
        listener.close();
      }
    });
    return opened;
  }

  /** A step whose engine has joined and is ready. */
  static async start(
    command: readonly string[],
    shares: readonly TaskShare[],
    more: StepChange = {},
  ): Promise<SrunStep> {
    const step = await SrunStep.open(command, shares.length, more);
    for (const [slot, share] of shares.entries()) step.startProcess(slot, share);
    await step.welcome();
    return step;
  }

  startProcess(slot: number, { env = {}, cpus }: TaskShare = {}): StepProcess {
    const [file = "", ...args] = [...(cpus === undefined ? [] : ["taskset", "-c", cpus]), ...this.#command];
    const given = { PATH: process.env["PATH"], SLURM_LOCALID: String(slot), SLURM_PROCID: String(100 + slot), ...env };
    const child: ChildProcess = spawn(file, args, { env: given, stdio: ["pipe", "ignore", "pipe"], detached: true });
    let errors = "";
    child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify(this.spec));
    const started = { pid: child.pid ?? -1, ended: once(child, "close"), errors: () => errors };
    this.#processes.set(slot, started);
    return started;
  }

  /** The process of a slot; slot 0 is the engine. */
  process(slot: number): StepProcess {
    const found = this.#processes.get(slot);
    if (found === undefined) throw new Error(`slot ${slot} has no process`);
    return found;
  }

  /** Slots whose processes live. */
  livingSlots(): number[] {
    return [...this.#processes].filter(([, { pid }]) => living([pid]).length > 0).map(([slot]) => slot);
  }

  /** Lets the engine begin, and waits until it has. */
  async welcome(): Promise<void> {
    await this.next("hello");
    this.say({ type: "welcome", engine: 7, env: { DISBATCH_JOBID: "run" }, start: [], stop: [] });
    await this.next("ready");
  }

  next<T extends EngineMessage["type"]>(type: T): Promise<Extract<EngineMessage, { type: T }>> {
    return this.#heard.next(type);
  }

  get heard(): readonly EngineMessage[] {
    return this.#heard.messages;
  }

  /** Results that have been heard, outcomes or not, in the order of their tasks. */
  results(interrupted: boolean): TaskResult[] {
    return this.heard
      .flatMap((message) => (message.type === "results" && message.interrupted === interrupted ? message.results : []))
      .toSorted((a, b) => a.taskId - b.taskId);
  }

  say(message: DriverMessage): void {
    this.#connection?.send(message);
  }

  assign(commands: readonly string[], first = 0, terms = ""): void {
    const needs = terms === "" ? undefined : termsOfText(terms);
    const task = (command: string, i: number): Task => {
      return { kind: "task", id: first + i, line: first + i + 1, repeatIndex: -1, command, terms: needs };
    };
    this.say({ type: "assign", assignments: commands.map((command, i) => ({ task: task(command, i), attempt: 1 })) });
  }

  /** The driver does not answer any more. */
  fallSilent(): void {
    this.#answers = false;
  }

  /** Processes of its tasks that are alive. */
  taskProcesses(): number[] {
    return findProcesses({ name: ENGINE_MARK, value: this.spec.engineId }, new Set()).map(({ pid }) => pid);
  }

  /** Resolves when all processes of the step have ended, with what became of each. */
  async allEnded(): Promise<(readonly unknown[])[]> {
    return Promise.all([...this.#processes.values()].map(({ ended }) => ended));
  }

  async #end(): Promise<void> {
    const pids = [...this.#processes.values()].map(({ pid }) => pid);
    const engine = this.#processes.get(0);
    if (engine === undefined) for (const pid of pids) signal(pid, "SIGKILL");
    else signal(engine.pid, "SIGKILL");
    try {
      await until(
        () => living(pids).length === 0 && this.taskProcesses().length === 0,
        () => `the end of slots ${this.livingSlots().join(" ")}, tasks ${this.taskProcesses().join(" ")}`,
      );
    } finally {
      for (const pid of [...pids, ...this.taskProcesses()]) signal(pid, "SIGKILL");
    }
  }

  #hear(connection: Connection<EngineMessage, DriverMessage>, message: EngineMessage): void {
    if (message.type === "beat") return this.#answers ? connection.send(message) : undefined;
    if (message.type === "started") return void this.started.push(...message.tasks);
    this.#heard.add(message);
    if (message.type === "goodbye") connection.send({ type: "farewell" });
  }
}
