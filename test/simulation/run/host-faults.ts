import { LEASE_MARGIN } from "../../../src/domain/lease.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { Fate } from "./fate.ts";

/** An engine that was started so shortly before may not have been on the disk as one that has joined. Milliseconds. */
const UNSAFE_MS = 2_000;
/** What it takes at the most to call again when a connection broke; milliseconds. */
const CALL_AGAIN_MS = 2_000;
/** Hosts, other than the driver's, that come up again. */
const BOOTS = 0.5;

/** What befalls hosts, and the connections between them. */
export class HostFaults {
  readonly #fate: Fate;

  constructor(fate: Fate) {
    this.#fate = fate;
  }

  /** @param asleep its timers stand still. */
  freeze(asleep: boolean): void {
    const host = this.#fate.aHost();
    const { mishaps } = this.#fate.options;
    if (host === undefined || host.isFrozen || !this.#isGuarded(host)) return;
    mishaps.freeze(host, asleep);
    this.#fate.endure(this.#kindOf(host), host.name, () => {
      if (host.isFrozen) mishaps.thaw(host);
    });
  }

  cut(): void {
    const host = this.#fate.aHost();
    const { mishaps } = this.#fate.options;
    if (host === undefined || host.isCut) return;
    mishaps.cut(host);
    this.#fate.endure(this.#kindOf(host), host.name, () => mishaps.mend(host));
  }

  /** An engine dies where nobody can reach what it leaves, until it is given up and longer. */
  strand(): void {
    const engine = this.#fate.anEngine();
    const { world, scenario, mishaps, circumstances } = this.#fate.options;
    if (engine === undefined || engine.host.isCut) return;
    const duration = (scenario.lease * world.random.between(1, 3) + 2 * LEASE_MARGIN) * 1000;
    mishaps.cut(engine.host);
    this.#fate.endure(this.#kindOf(engine.host), engine.host.name, () => mishaps.mend(engine.host), duration);
    circumstances.ended.add(engine.id);
    mishaps.kill(engine.process);
  }

  /** One where the driver does not run. */
  crash(): void {
    const { world } = this.#fate.options;
    const host = world.random.oneOf(world.hosts.slice(1));
    if (host?.isUp !== true) return;
    this.#crash(host, () => false);
    if (world.random.chance(BOOTS)) this.#fate.later(this.#fate.duration(), () => this.#boot(host));
  }

  /** The driver's host loses power, and comes up again. */
  losePower(): void {
    const { driver, world } = this.#fate.options;
    const { host } = driver;
    if (!host.isUp) return;
    const hadDriver = driver.isAlive;
    if (hadDriver) this.#fate.beginAbsence();
    this.#crash(host, (startedAt) => hadDriver && world.now - startedAt < UNSAFE_MS);
    const { recovery } = this.#fate;
    if (recovery !== undefined) this.#fate.recovery = { ...recovery, powerLost: true };
    this.#fate.later(this.#fate.duration(), () => {
      this.#boot(host);
      if (hadDriver) this.#fate.recoverLater(true);
    });
  }

  breakLinks(): void {
    const { world, network, circumstances } = this.#fate.options;
    const share = world.random.next();
    const broken = network.breakLinks(() => world.random.chance(share));
    world.note(() => `${broken} connections are broken`);
    if (broken > 0) circumstances.troubles.push({ kind: "links", from: world.now, to: world.now + CALL_AGAIN_MS });
  }

  setCalendar(): void {
    const { world, mishaps } = this.#fate.options;
    const host = world.random.oneOf(world.hosts);
    if (host !== undefined) mishaps.setCalendar(host, world.random.between(-1e7, 1e7));
  }

  #crash(host: SimulatedHost, mayBeUnknown: (startedAt: number) => boolean): void {
    const { park, circumstances, mishaps } = this.#fate.options;
    for (const engine of park.engines.values()) {
      if (engine.host === host || mayBeUnknown(engine.startedAt)) circumstances.ended.add(engine.id);
    }
    mishaps.crash(host);
  }

  #boot(host: SimulatedHost): void {
    this.#fate.options.mishaps.boot(host);
  }

  #kindOf(host: SimulatedHost): "driver" | "host" {
    return host === this.#fate.options.driver.host ? "driver" : "host";
  }

  #isGuarded(host: SimulatedHost): boolean {
    const engines = [...this.#fate.options.park.engines.values()];
    return !engines.some((engine) => engine.host === host && this.#fate.unguarded.has(engine.id));
  }
}
