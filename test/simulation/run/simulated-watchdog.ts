import type { TaskWatchdog } from "../../../src/node/engine/engine-options.ts";
import type { SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import type { Executions } from "./executions.ts";

/** As the real one: how often it looks at the clock, and how long its TERM is good for. Milliseconds. */
const LOOK_MS = 1_000;
const GRACE_MS = { died: 500, deadline: 2_000 } as const;
/** An engine whose watchdog dies starts another. */
const RESTART_MS = 20;

/** The process that ends an engine's tasks when the engine has died, or has not moved the deadline on. */
export class SimulatedWatchdog implements TaskWatchdog {
  readonly #world: World;
  readonly #executions: Executions;
  readonly #engineId: string;
  readonly #engine: SimulatedProcess;
  #process: SimulatedProcess;
  /** On the boot clock, seconds. What stands in the pipe is read before anything follows from it, so it counts at once. */
  #deadline = Number.POSITIVE_INFINITY;
  #closed = false;
  #isDeaf = false;
  #hasActed = false;
  readonly #isDutiful: boolean;

  /** Started by the engine whose code runs. @param isDutiful it does what it is for. */
  constructor(world: World, executions: Executions, engineId: string, isDutiful: boolean) {
    this.#isDutiful = isDutiful;
    this.#world = world;
    this.#executions = executions;
    this.#engineId = engineId;
    this.#engine = world.self;
    this.#process = this.#start();
    this.#engine.onEnd(() => {
      // The pipe is closed.
      if (!this.#closed) this.#happen(0, () => this.#fence(GRACE_MS.died, () => this.#process.end("exited")));
    });
  }

  keepUntil(bootSeconds: number): void {
    if (!this.#isDeaf) this.#deadline = bootSeconds;
  }

  /** From now on what it is told comes too late. */
  deafen(): void {
    this.#isDeaf = true;
  }

  get hasActed(): boolean {
    return this.#hasActed;
  }

  keepForever(): void {
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  close(): Promise<void> {
    this.#closed = true;
    const process = this.#process;
    return new Promise((resolve) => {
      this.#world.post(process, 1, () => process.end("exited"), { quiet: true });
      const gone = (): void => void this.#world.post(this.#engine, 1, resolve);
      if (process.isAlive) process.onEnd(gone);
      else gone();
    });
  }

  #start(): SimulatedProcess {
    const process = this.#world.addProcess(`watchdog of ${this.#engine.name}`, this.#engine.host);
    this.#process = process;
    process.onEnd((how) => {
      if (how !== "killed" || this.#closed) return;
      this.#world.post(this.#engine, RESTART_MS, () => this.#closed || this.#start());
    });
    this.#look(process);
    return process;
  }

  #look(process: SimulatedProcess): void {
    const look = (): void => {
      const { host } = process;
      const isPast = (this.#world.now - host.bootedAt) / 1000 >= this.#deadline;
      if (isPast && this.#executions.aliveOf(this.#engineId).length > 0) {
        this.#hasActed = true;
        this.#fence(GRACE_MS.deadline, () => this.#look(process));
      } else this.#look(process);
    };
    this.#world.post(process, LOOK_MS, look, { timer: true, quiet: true });
  }

  #fence(graceMs: number, then: () => void): void {
    this.#world.note(() => `${this.#process.name} ends its tasks`);
    this.#signalAll("TERM");
    this.#happen(graceMs, () => {
      this.#signalAll("KILL");
      then();
    });
  }

  #signalAll(signal: "TERM" | "KILL"): void {
    if (!this.#isDutiful) return;
    for (const execution of this.#executions.aliveOf(this.#engineId)) this.#executions.signal(execution, signal);
  }

  #happen(delay: number, action: () => void): void {
    this.#world.post(this.#process, delay, action, { timer: delay > 1, quiet: true });
  }
}
