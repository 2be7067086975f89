import { EventQueue } from "./event-queue.ts";
import { SimulatedHost } from "./host.ts";
import { SimulatedProcess } from "./process.ts";
import type { Random } from "./random.ts";

/** Something that is going to happen to a process. */
export interface Happening {
  time: number;
  readonly order: number;
  readonly process: SimulatedProcess;
  /** Missing once it has been called off. */
  action: (() => void) | undefined;
  /** What it does starts nothing that goes on in microtasks. */
  readonly isQuiet: boolean;
  /** For a timer: how long its host had slept when it was set. */
  slept: number | undefined;
}

/** How something happens. */
export interface Manner {
  /** It is the model's own affair, and touches nothing that goes on in microtasks. */
  readonly quiet?: boolean;
  /** It waits on the host's clock, which stands still while the host sleeps. */
  readonly timer?: boolean;
}

export interface WorldOptions {
  readonly random: Random;
  /** Told everything of note, when somebody wants to read it. */
  readonly trace?: ((line: string) => void) | undefined;
}

/** Real time goes on: the only way to know that all microtasks have run. */
const turn = setImmediate;

/**
 * Time, and everything that happens in it, one thing after the other. Only one process runs at a time: the one that something
 * happens to. All that its code does before it waits again, microtasks included, is done before the next thing
 * happens, so whatever is set up in that time is that process's own.
 */
export class World {
  readonly random: Random;
  readonly hosts: SimulatedHost[] = [];
  /** Stands for the laws of nature: what happens to it always happens. */
  readonly nature: SimulatedProcess;
  /** What code has thrown that nobody caught. */
  readonly #thrown: unknown[] = [];
  readonly #queue = new EventQueue<Happening>();
  readonly #trace: ((line: string) => void) | undefined;
  #now = 0;
  #order = 0;
  #pid = 100;
  #current: SimulatedProcess | undefined;

  constructor({ random, trace }: WorldOptions) {
    this.random = random;
    this.#trace = trace;
    this.nature = new SimulatedProcess("nature", new SimulatedHost("nowhere", 0, 0), 1);
  }

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  /** Whose code runs. */
  get current(): SimulatedProcess | undefined {
    return this.#current;
  }

  /** The process whose code runs. @throws Error when none does. */
  get self(): SimulatedProcess {
    if (this.#current === undefined) throw new Error("no simulated process runs now");
    return this.#current;
  }

  get thrown(): readonly unknown[] {
    return this.#thrown;
  }

  addHost(name: string, latency: number): SimulatedHost {
    const host = new SimulatedHost(name, latency, this.#now - this.random.between(0, 1e6));
    this.hosts.push(host);
    return host;
  }

  addProcess(name: string, host: SimulatedHost): SimulatedProcess {
    return new SimulatedProcess(name, host, this.#pid++);
  }

  /** Has something happen to a process, in so many milliseconds. */
  post(process: SimulatedProcess, delay: number, action: () => void, manner: Manner = {}): Happening {
    const happening: Happening = {
      time: this.#now + delay,
      order: this.#order++,
      process,
      action,
      isQuiet: manner.quiet ?? false,
      slept: manner.timer === true ? process.host.asleep : undefined,
    };
    this.#queue.push(happening);
    return happening;
  }

  /** Something of the model's own, which happens whatever is frozen or dead. */
  later(delay: number, action: () => void): Happening {
    return this.post(this.nature, delay, action, { quiet: true });
  }

  /** What a process could not take note of while it was frozen happens to it now. */
  revive(process: SimulatedProcess): void {
    if (!process.isAlive || process.isFrozen) return;
    for (const happening of process.takeKept()) {
      // What is left of a timer is counted from when it was to fire.
      if (happening.slept === undefined) happening.time = this.#now;
      this.#queue.push(happening);
    }
  }

  /** Notes something for whoever reads along; the text is made only when somebody does. */
  note(text: () => string): void {
    this.#trace?.(`${(this.#now / 1000).toFixed(3).padStart(9)}  ${text()}`);
  }

  /** Takes note of what some code has thrown, which in a real process would have ended it. */
  noteThrown(error: unknown): void {
    this.#thrown.push(error);
  }

  /**
   * Lets things happen until this comes true, nothing more is to happen, or the time is up.
   *
   * @param deadline in milliseconds of the world.
   * @returns whether it came true.
   */
  async run(isDone: () => boolean, deadline: number): Promise<boolean> {
    while (!isDone()) {
      const next = this.#queue.pop();
      if (next === undefined) return false;
      if (next.time > deadline) {
        this.#queue.push(next);
        this.#now = deadline;
        return false;
      }
      if (!this.#isDue(next)) continue;
      this.#now = Math.max(this.#now, next.time);
      this.#current = next.process;
      this.#perform(next);
      if (!next.isQuiet) await new Promise((resolve) => turn(resolve));
      this.#current = undefined;
    }
    return true;
  }

  #perform({ action }: Happening): void {
    try {
      action?.();
    } catch (error) {
      this.#thrown.push(error);
    }
  }

  /** Something that comes too early for a host that has slept meanwhile waits on, as does what finds its process frozen. */
  #isDue(next: Happening): boolean {
    const { process } = next;
    if (next.action === undefined || !process.isAlive) return false;
    if (process.isFrozen) {
      process.keep(next);
      return false;
    }
    const sleptSince = next.slept === undefined ? 0 : process.host.asleep - next.slept;
    if (sleptSince <= 0) return true;
    next.slept = process.host.asleep;
    next.time += sleptSince;
    if (next.time <= this.#now) return true;
    this.#queue.push(next);
    return false;
  }
}
