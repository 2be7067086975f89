import type { Engine } from "../node/engine/engine.ts";
import { LEAVE } from "../node/engine/signalled-ends.ts";

/** Seconds between TERM and KILL for tasks that have to end. */
const GRACE = 10;

type Obedient = Pick<Engine, "drain" | "terminate" | "noteSignal">;

/** The signals that an engine's process gets, from the moment that this is made; kept until there is somebody to obey them. */
export class EngineSignals {
  /** Resolves when the engine has been told to leave, or to end its tasks. */
  readonly heard: Promise<void>;
  #hear: () => void = () => undefined;
  #engine: Obedient | undefined;
  #early: ((engine: Obedient) => void)[] = [];
  #draining = false;
  readonly #shared: boolean;

  /** @param shared signals reach every process of the engine's tasks as well; Slurm says the same thing more than once. */
  constructor(shared: boolean) {
    this.#shared = shared;
    this.heard = new Promise((resolve) => (this.#hear = resolve));
    for (const name of LEAVE) {
      process.on(name, () => this.#tell((engine) => this.#leave(engine, name)));
    }
    process.on("SIGINT", () => this.#tell((engine) => engine.terminate(GRACE, "SIGINT received")));
    // The login that has started it may end before it: what counts is the connection to the driver.
    process.on("SIGHUP", () => undefined);
  }

  obeyedBy(engine: Obedient): void {
    this.#engine = engine;
    for (const order of this.#early.splice(0)) order(engine);
  }

  /**
   * Somebody wants the machine back. A second SIGTERM, or SIGINT, does not wait for what runs; but Slurm's SIGTERM comes to a step
   * both from its node and through its srun, and again at the end of a time limit, and says when tasks have to end by SIGKILL.
   */
  #leave(engine: Obedient, name: (typeof LEAVE)[number]): void {
    if (!this.#draining) engine.drain(`${name} received`);
    else if (name === "SIGTERM" && !this.#shared) engine.terminate(GRACE, `${name} received again`);
    else engine.noteSignal(name);
    this.#draining = true;
  }

  #tell(order: (engine: Obedient) => void): void {
    this.#hear();
    if (this.#engine === undefined) this.#early.push(order);
    else order(this.#engine);
  }
}

/** The process of a slot hears of everything from its engine, and leaves the signals to that. */
export function leaveSignalsToEngine(): void {
  for (const name of [...LEAVE, "SIGINT", "SIGHUP"] as const) process.on(name, () => undefined);
}
