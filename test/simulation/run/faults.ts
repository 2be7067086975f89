import type { RunEnd } from "../../../src/domain/events.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { Mishaps } from "../world/mishaps.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedProcess } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { ControllerProgram, type Errand } from "./controller-program.ts";
import type { DriverProgram, RunFiles } from "./driver-program.ts";
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

/** What may go wrong, or be done; some of it twice, since it happens more often. */
const KINDS = [
  ...(["kill-engine", "kill-engine", "kill-watchdog", "stop-engine", "kill-driver", "kill-driver"] as const),
  ...(["stop-driver", "freeze", "sleep", "cut", "cut", "crash", "power", "break-links", "break-links"] as const),
  ...(["drain-engine", "calendar", "add", "stop-engine-by-script", "stop-context", "kill-controller"] as const),
];
/** An engine that was started so shortly before may not have been on the disk as one that has joined. Milliseconds. */
const UNSAFE_MS = 2_000;

/** What users do to end a run; one of these at most, and not often. */
const ENDINGS = ["drain", "terminate", "stop-run"] as const;

type Kind = (typeof KINDS)[number] | (typeof ENDINGS)[number];

export interface FaultsOptions {
  readonly world: World;
  readonly network: Network;
  readonly mishaps: Mishaps;
  readonly park: EnginePark;
  readonly driver: DriverProgram;
  readonly scenario: Scenario;
  readonly files: RunFiles;
}

/** What goes wrong in a run, and when: all of it from the seed. */
export class Faults {
  readonly troubles: Trouble[] = [];
  /** Engines whose process was killed, whose host crashed, that were told to leave, or that a driver may not know of. */
  readonly ended = new Set<string>();
  /** The driver is to be started again at this time, in milliseconds of the world. */
  recovery: { readonly due: number; readonly powerLost: boolean } | undefined;
  /** Drivers of this run have lost power. */
  powerLost = false;
  /** What was before is not on record, since the disk had not yet taken any of it; milliseconds of the world. */
  forgottenUntil = Number.NEGATIVE_INFINITY;
  /** An engine was to leave within a time. */
  anyHurried = false;
  /** How users have asked the run to end. */
  readonly endings = new Set<RunEnd>();
  count = 0;
  readonly #options: FaultsOptions;
  /** Nothing guards these engines' tasks at the moment but themselves, so that they are spared. */
  readonly #unguarded = new Set<string>();
  readonly #controllers: ControllerProgram[] = [];
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
    const kinds: (Kind | undefined)[] = Array.from({ length: count }, () => random.oneOf(KINDS));
    if (random.chance(0.08)) kinds.push(random.oneOf(ENDINGS));
    for (const kind of kinds) {
      if (kind !== undefined) this.#later(random.between(0, span), () => this.#happen(kind));
    }
  }

  #happen(kind: Kind): void {
    const { world } = this.#options;
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
      case "add":
        return this.#call(this.#anAddition());
      case "stop-engine-by-script":
        return this.#call(this.#aStop());
      case "stop-context":
        return this.#call({ type: "stop-context", label: world.random.oneOf(["SSH0", "SSH1", "SSH2"]) ?? "SSH0" });
      case "kill-controller":
        return this.#killController();
      case "drain":
        return this.#end("interrupted", (driver) => driver.drain("interrupted"));
      case "terminate":
        return this.#end("terminated", (driver) => driver.terminate("terminated"));
      case "stop-run":
        this.endings.add("stopped");
        return this.#call({ type: "stop-run" });
      case "calendar":
        return this.#setCalendar();
      default:
        return kind satisfies never;
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
    for (const engine of this.#options.park.engines.values()) {
      const isUnknown = hadDriver && world.now - engine.startedAt < UNSAFE_MS;
      if (engine.host === host || isUnknown) this.ended.add(engine.id);
    }
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

  #call(errand: Errand | undefined): void {
    const { world, network, park, driver, scenario, files } = this.#options;
    const host = this.#aHost();
    if (errand === undefined || host === undefined) return;
    const surroundings = { world, network, park, scenario, files };
    this.#controllers.push(new ControllerProgram(surroundings, host, errand, () => driver.outcome !== undefined));
  }

  #anAddition(): Errand | undefined {
    const { world } = this.#options;
    const host = this.#aHost();
    if (host === undefined) return undefined;
    const node = { node: host.name, destination: host.name, slots: world.random.whole(1, 3), coresPerSlot: 1 };
    return { type: "add", nodes: [node] };
  }

  #aStop(): Errand {
    const { random } = this.#options.world;
    const within = random.chance(0.5) ? { within: random.spread(0.1, this.#options.scenario.lease) } : {};
    // What runs longer than that is ended, and run again elsewhere.
    if (within.within !== undefined) this.anyHurried = true;
    return { type: "stop-engine", rank: random.whole(0, 5), ...within };
  }

  /** The run has ended: those who have called it, and cannot have heard of that, go. */
  dismissControllers(): void {
    for (const { process } of this.#controllers) this.#options.mishaps.kill(process);
  }

  #killController(): void {
    const { world, mishaps } = this.#options;
    const controller = world.random.oneOf(this.#controllers.filter(({ process }) => process.isAlive));
    if (controller !== undefined) mishaps.kill(controller.process);
  }

  #end(reason: RunEnd, how: Parameters<DriverProgram["interrupt"]>[0]): void {
    this.endings.add(reason);
    this.#options.driver.interrupt(how);
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

  /** The driver is there again. @param begun with what the one before it knew. */
  recovered(begun: boolean): void {
    this.recovery = undefined;
    const { now } = this.#options.world;
    if (!begun) this.forgottenUntil = now;
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
