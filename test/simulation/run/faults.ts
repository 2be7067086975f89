import type { SimulatedHost } from "../world/host.ts";
import type { Mishaps } from "../world/mishaps.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import type { DriverProgram } from "./driver-program.ts";
import type { Scenario } from "./scenario.ts";
import type { EnginePark } from "./simulated-launcher.ts";

/** A time in which somebody was not as well as the others; milliseconds of the world. */
export interface Trouble {
  readonly kind: "driver" | "host" | "engine" | "links";
  /** Name of the host, or of the engine; missing for what concerns all. */
  readonly of?: string;
  readonly from: number;
  to: number;
}

const KINDS = [
  ...["kill-engine", "kill-engine", "kill-watchdog", "stop-engine", "kill-driver", "kill-driver", "stop-driver"],
  ...["freeze", "sleep", "cut", "cut", "crash", "break-links", "break-links", "drain-engine", "calendar", "power"],
] as const;

export interface FaultsOptions {
  readonly world: World;
  readonly network: Network;
  readonly mishaps: Mishaps;
  readonly park: EnginePark;
  readonly driver: DriverProgram;
  readonly scenario: Scenario;
}

/** What goes wrong in a run, and when: all of it from the seed. */
export class Faults {
  readonly troubles: Trouble[] = [];
  /** Engines whose process was killed, whose host crashed, or that were told to leave. */
  readonly ended = new Set<string>();
  /** The driver is to be started again at this time, in milliseconds of the world. */
  recovery: { readonly due: number; readonly powerLost: boolean } | undefined;
  /** Drivers of this run have lost power. */
  powerLost = false;
  count = 0;
  readonly #options: FaultsOptions;
  /** Nothing guards these engines' tasks at the moment but themselves, so that they are spared. */
  readonly #unguarded = new Set<string>();
  #pending = 0;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** Nothing more goes wrong, and everything that may be mended is. */
  get areOver(): boolean {
    return this.#pending === 0 && this.recovery === undefined;
  }

  /** Decides what goes wrong. */
  plan(): void {
    const { world, scenario } = this.#options;
    const { random } = world;
    const count = random.chance(0.1) ? 0 : Math.round(random.spread(1, 12));
    const span = (scenario.span + scenario.lease) * 1000;
    for (let i = 0; i < count; i++) {
      const kind = random.oneOf(KINDS);
      if (kind !== undefined) this.#later(random.between(0, span), () => this.#happen(kind));
    }
  }

  #happen(kind: string): void {
    this.count++;
    switch (kind) {
      case "kill-engine":
        return this.#killEngine();
      case "kill-watchdog":
        return this.#killWatchdog();
      case "stop-engine":
        return this.#stopEngine();
      case "kill-driver":
        return this.#killDriver();
      case "stop-driver":
        return this.#stopDriver();
      case "freeze":
      case "sleep":
        return this.#freeze(kind === "sleep");
      case "cut":
        return this.#cut();
      case "crash":
        return this.#crash();
      case "power":
        return this.#crashHost(this.#options.driver.host);
      case "break-links":
        return this.#breakLinks();
      case "drain-engine":
        return this.#drainEngine();
      default:
        return this.#setCalendar();
    }
  }

  #killEngine(): void {
    const engine = this.#anEngine();
    if (engine === undefined) return;
    this.ended.add(engine.id);
    this.#options.mishaps.kill(engine.process);
  }

  #killWatchdog(): void {
    const engine = this.#anEngine();
    const watchdog = this.#processesNamed(`watchdog of ${engine?.id}`)[0];
    if (engine === undefined || watchdog === undefined || engine.host.isFrozen) return;
    this.#unguarded.add(engine.id);
    this.#options.mishaps.kill(watchdog);
    this.#later(2_000, () => this.#unguarded.delete(engine.id));
  }

  #stopEngine(): void {
    const engine = this.#anEngine();
    if (engine === undefined) return;
    this.#options.mishaps.stop(engine.process);
    this.#for("engine", engine.id, () => this.#options.mishaps.resume(engine.process));
  }

  #killDriver(): void {
    const { driver, mishaps } = this.#options;
    if (!driver.isAlive || driver.process === undefined || !driver.host.isUp) return;
    this.#beginDriverTrouble();
    mishaps.kill(driver.process);
    this.#recoverLater(false);
  }

  #stopDriver(): void {
    const { driver, mishaps } = this.#options;
    const { process } = driver;
    if (process === undefined || !process.isAlive) return;
    mishaps.stop(process);
    this.#for("driver", undefined, () => mishaps.resume(process));
  }

  #freeze(asleep: boolean): void {
    const host = this.#aHost();
    if (host === undefined || host.isFrozen || !this.#isGuarded(host)) return;
    const { mishaps, driver } = this.#options;
    mishaps.freeze(host, asleep);
    this.#for(host === driver.host ? "driver" : "host", host.name, () => host.isFrozen && mishaps.thaw(host));
  }

  #cut(): void {
    const host = this.#aHost();
    if (host === undefined || host.isCut) return;
    const { mishaps, driver } = this.#options;
    mishaps.cut(host);
    this.#for(host === driver.host ? "driver" : "host", host.name, () => mishaps.mend(host));
  }

  #crash(): void {
    const { world, driver } = this.#options;
    const host = world.random.oneOf(world.hosts.slice(1));
    if (host !== undefined && host !== driver.host) this.#crashHost(host);
  }

  #crashHost(host: SimulatedHost): void {
    const { mishaps, driver, world } = this.#options;
    if (!host.isUp) return;
    const hadDriver = host === driver.host && driver.isAlive;
    if (hadDriver) this.#beginDriverTrouble();
    for (const engine of this.#options.park.engines.values()) if (engine.host === host) this.ended.add(engine.id);
    mishaps.crash(host);
    if (host === driver.host && this.recovery !== undefined) this.recovery = { ...this.recovery, powerLost: true };
    if (host !== driver.host && world.random.chance(0.5)) return;
    const boot = (): void => {
      mishaps.boot(host);
      if (hadDriver) this.#recoverLater(true);
    };
    this.#later(this.#duration(), boot);
  }

  #breakLinks(): void {
    const { world, network } = this.#options;
    const { random } = world;
    const share = random.next();
    const broken = network.breakLinks(() => random.chance(share));
    if (broken > 0) this.troubles.push({ kind: "links", from: world.now, to: world.now + 2_000 });
    world.note(() => `${broken} connections are broken`);
  }

  #drainEngine(): void {
    const engine = this.#anEngine();
    if (engine === undefined) return;
    this.#options.world.note(() => `${engine.id} is told to drain`);
    this.ended.add(engine.id);
    engine.drain();
  }

  #setCalendar(): void {
    const { world, mishaps } = this.#options;
    const host = world.random.oneOf(world.hosts);
    if (host !== undefined) mishaps.setCalendar(host, world.random.between(-1e7, 1e7));
  }

  #recoverLater(powerLost: boolean): void {
    const { world } = this.#options;
    this.powerLost ||= powerLost;
    const duration = this.#duration();
    this.recovery = { due: world.now + duration, powerLost };
    // So that time goes on until then.
    this.#later(duration, () => undefined);
  }

  #beginDriverTrouble(): void {
    this.troubles.push({ kind: "driver", from: this.#options.world.now, to: Number.POSITIVE_INFINITY });
  }

  /** The driver is there again. */
  recovered(): void {
    this.recovery = undefined;
    const { now } = this.#options.world;
    for (const trouble of this.troubles) if (trouble.kind === "driver" && trouble.to === Number.POSITIVE_INFINITY) trouble.to = now;
  }

  #for(kind: Trouble["kind"], of: string | undefined, mend: () => void): void {
    const { world } = this.#options;
    const duration = this.#duration();
    this.troubles.push({ kind, ...(of === undefined ? {} : { of }), from: world.now, to: world.now + duration });
    this.#later(duration, mend);
  }

  /** Much shorter than a lease, about one, or longer; milliseconds. */
  #duration(): number {
    return this.#options.world.random.spread(0.05, 4) * this.#options.scenario.lease * 1000;
  }

  #later(delay: number, action: () => void): void {
    this.#pending++;
    this.#options.world.later(delay, () => {
      this.#pending--;
      action();
    });
  }

  #anEngine() {
    const { park, world } = this.#options;
    return world.random.oneOf(
      [...park.engines.values()].filter(
        ({ id, process, host }) => process.isAlive && !process.isFrozen && host.isUp && !this.#unguarded.has(id),
      ),
    );
  }

  #aHost(): SimulatedHost | undefined {
    const { world } = this.#options;
    return world.random.oneOf(world.hosts.filter(({ isUp }) => isUp));
  }

  #isGuarded(host: SimulatedHost): boolean {
    return ![...this.#options.park.engines.values()].some(
      ({ id, host: its }) => its === host && this.#unguarded.has(id),
    );
  }

  #processesNamed(name: string): SimulatedProcess[] {
    return this.#options.world.hosts.flatMap(({ processes }) =>
      [...processes].filter((process) => process.name === name),
    );
  }
}
