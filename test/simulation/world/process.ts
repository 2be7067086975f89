import type { SimulatedHost } from "./host.ts";
import type { Happening } from "./world.ts";

/**
 * A process of the simulated world. Whatever happens belongs to one: timers that its code sets, and what is delivered
 * to it.
 *
 *     running ◄──► stopped          stopped: what happens to it waits until it goes on
 *        └────────────┴──► ended    ended: what would happen to it does not happen
 */
export class SimulatedProcess {
  readonly name: string;
  readonly host: SimulatedHost;
  readonly pid: number;
  /** Its host has thawed, and its turn has not come yet. */
  isDrowsy = false;
  #state: "running" | "stopped" | "ended" = "running";
  /** What has happened to it while it could not take note. */
  #waiting: Happening[] = [];
  readonly #endings = new Set<(how: ProcessEnding) => void>();

  constructor(name: string, host: SimulatedHost, pid: number) {
    this.name = name;
    this.host = host;
    this.pid = pid;
    host.processes.add(this);
  }

  get isAlive(): boolean {
    return this.#state !== "ended";
  }

  /** Takes no note of anything: it was stopped, or its host is frozen. */
  get isFrozen(): boolean {
    return this.#state === "stopped" || this.isDrowsy || this.host.isFrozen;
  }

  /** Calls this when the process ends; may only announce what then happens, since the process runs no more. */
  onEnd(ending: (how: ProcessEnding) => void): void {
    this.#endings.add(ending);
  }

  offEnd(ending: (how: ProcessEnding) => void): void {
    this.#endings.delete(ending);
  }

  /** Keeps something until it goes on. */
  keep(happening: Happening): void {
    this.#waiting.push(happening);
  }

  /** What was kept, in order. */
  takeKept(): Happening[] {
    const kept = this.#waiting;
    this.#waiting = [];
    return kept;
  }

  stop(): void {
    if (this.#state === "running") this.#state = "stopped";
  }

  /** To be followed by `World.revive`. */
  resume(): void {
    if (this.#state === "stopped") this.#state = "running";
  }

  /** Nothing of it happens any more. Said once to those who want to know. */
  end(how: ProcessEnding): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#waiting = [];
    this.host.processes.delete(this);
    for (const ending of this.#endings) ending(how);
  }
}

/** `vanished`: with its host, which told nobody. */
export type ProcessEnding = "exited" | "killed" | "vanished";
