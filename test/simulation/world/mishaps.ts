import type { SimulatedHost } from "./host.ts";
import type { Network } from "./network.ts";
import type { SimulatedProcess } from "./process.ts";
import type { World } from "./world.ts";

/** After a thaw every process has had its turn by then. */
const MOST_DROWSY_MS = 20;

/** What may befall hosts and processes. */
export class Mishaps {
  onThaw: (host: SimulatedHost) => void = () => undefined;
  readonly #world: World;
  readonly #network: Network;
  /** Since when sleeping hosts sleep. */
  readonly #asleepSince = new Map<SimulatedHost, number>();

  constructor(world: World, network: Network) {
    this.#world = world;
    this.#network = network;
  }

  /** Its system closes what it had open. */
  kill(process: SimulatedProcess): void {
    if (!process.isAlive) return;
    this.#world.note(() => `${process.name} is killed`);
    process.end("killed");
  }

  /** It goes on only after `resume`, as if nothing had been. */
  stop(process: SimulatedProcess): void {
    this.#world.note(() => `${process.name} is stopped`);
    process.stop();
  }

  resume(process: SimulatedProcess): void {
    this.#world.note(() => `${process.name} goes on`);
    process.resume();
    this.#world.revive(process);
  }

  /** No packet comes or goes; connections do not notice until they are used, and go on when it is mended. */
  cut(host: SimulatedHost): void {
    this.#world.note(() => `${host.name} is cut off`);
    host.isCut = true;
  }

  mend(host: SimulatedHost): void {
    this.#world.note(() => `${host.name} is connected again`);
    host.isCut = false;
    this.#network.tryAgain();
  }

  /** @param asleep its clock for timers stands still meanwhile. */
  freeze(host: SimulatedHost, asleep: boolean): void {
    this.#world.note(() => `${host.name} ${asleep ? "falls asleep" : "freezes"}`);
    host.isFrozen = true;
    if (asleep) this.#asleepSince.set(host, this.#world.now);
  }

  thaw(host: SimulatedHost): void {
    this.#world.note(() => `${host.name} thaws`);
    host.isFrozen = false;
    this.onThaw(host);
    const since = this.#asleepSince.get(host);
    if (since !== undefined) host.asleep += this.#world.now - since;
    this.#asleepSince.delete(host);
    // Which of its processes comes first is chance.
    for (const process of host.processes) {
      process.isDrowsy = true;
      this.#world.later(this.#world.random.between(0, MOST_DROWSY_MS), () => {
        process.isDrowsy = false;
        this.#world.revive(process);
      });
    }
  }

  /** It loses power; nobody hears of it. */
  crash(host: SimulatedHost): void {
    if (!host.isUp) return;
    this.#world.note(() => `${host.name} crashes`);
    host.isUp = false;
    host.isFrozen = false;
    this.#asleepSince.delete(host);
    for (const process of host.processes) process.end("vanished");
  }

  /** It comes up again, with nothing running. */
  boot(host: SimulatedHost): void {
    this.#world.note(() => `${host.name} is up again`);
    host.isUp = true;
    host.bootedAt = this.#world.now;
    host.asleep = 0;
    this.#network.tryAgain();
  }

  /** Somebody sets its calendar. @param offset milliseconds. */
  setCalendar(host: SimulatedHost, offset: number): void {
    this.#world.note(() => `${host.name} sets its calendar ${Math.round(offset / 1000)} s off`);
    host.calendarOffset = offset;
  }
}
