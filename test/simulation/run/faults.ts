import type { Fate } from "./fate.ts";
import { HostFaults } from "./host-faults.ts";
import { ProcessFaults } from "./process-faults.ts";
import { UserActions } from "./user-actions.ts";

/** Runs in which all goes well. */
const SPARED = 0.1;
const MOST = 12;
/** In one of so many runs users stop tasks. */
const STOPPING = 2;
/** Runs that a user ends. */
const ENDED = 0.08;

/** What goes wrong in a run, what users do to it, and when: all of it from the seed. */
export class Faults {
  readonly users: UserActions;
  readonly processes: ProcessFaults;
  readonly #fate: Fate;
  /** What happens more often stands there twice. */
  readonly #kinds: readonly (() => void)[];
  readonly #endings: readonly (() => void)[];

  constructor(fate: Fate) {
    this.#fate = fate;
    this.users = new UserActions(fate);
    this.processes = new ProcessFaults(fate);
    const { users, processes } = this;
    const hosts = new HostFaults(fate);
    const frequent = [
      () => processes.killEngine(),
      () => processes.killDriver(),
      () => hosts.cut(),
      () => hosts.breakLinks(),
    ];
    this.#kinds = [
      ...frequent,
      ...frequent,
      () => processes.killWatchdog(),
      () => processes.deafenWatchdog(),
      () => processes.stopEngine(),
      () => processes.drainEngine(),
      () => processes.stopDriver(),
      () => hosts.strand(),
      () => hosts.freeze(false),
      () => hosts.freeze(true),
      () => hosts.crash(),
      () => hosts.losePower(),
      () => hosts.setCalendar(),
      () => users.addHost(),
      () => users.stopEngine(),
      () => users.stopContext(),
      () => users.killController(),
      () => users.interruptController(),
    ];
    this.#endings = [() => users.drain(), () => users.terminate(), () => users.stopRun()];
  }

  /** Decides what is going to happen. */
  plan(): void {
    const { world, scenario } = this.#fate.options;
    const { random } = world;
    const count = random.chance(SPARED) ? 0 : Math.round(random.spread(1, MOST));
    for (let i = 0; i < count; i++) this.#plan(random.oneOf(this.#kinds), scenario.span + scenario.lease);
    // Often, and mostly of tasks that run or are about to.
    if (count % STOPPING === 1) {
      for (let i = 0; i < count; i++) this.#plan(() => this.users.stopTask(), scenario.span);
    }
    if (random.chance(ENDED)) this.#plan(random.oneOf(this.#endings), scenario.span);
  }

  /** @param span seconds in which it happens. */
  #plan(action: (() => void) | undefined, span: number): void {
    const { world, circumstances } = this.#fate.options;
    if (action === undefined) return;
    this.#fate.later(world.random.between(0, span * 1000), () => {
      circumstances.count++;
      action();
    });
  }
}
