import { LEASE_MARGIN } from "../../../src/domain/lease.ts";
import type { SimulatedHost } from "../world/host.ts";
import type { Mishaps } from "../world/mishaps.ts";
import type { Circumstances, Trouble } from "./circumstances.ts";
import type { DriverProgram, DriverSurroundings } from "./driver-program.ts";
import type { RunningEngine } from "./engine-program.ts";

export interface FateOptions extends DriverSurroundings {
  readonly mishaps: Mishaps;
  readonly driver: DriverProgram;
  readonly circumstances: Circumstances;
}

/** The end of a driver, and when it is to be followed by another; milliseconds of the world. */
export interface Recovery {
  readonly due: number;
  readonly powerLost: boolean;
}

/** When and whom something befalls. */
export class Fate {
  readonly options: FateOptions;
  /** Nothing guards these engines' tasks at the moment but themselves, so that they are spared. */
  readonly unguarded = new Set<string>();
  /** The driver is to be started again. */
  recovery: Recovery | undefined;
  /** The host that most things befall: troubles that come together are the worst. */
  readonly #favourite: SimulatedHost | undefined;
  #pending = 0;
  /** Until then engines may have what no driver knows of, since the driver's host was down; milliseconds of the world. */
  #unsafeUntil = Number.NEGATIVE_INFINITY;

  constructor(options: FateOptions) {
    this.options = options;
    const { random, hosts } = options.world;
    if (random.chance(0.5)) this.#favourite = random.oneOf(hosts);
  }

  /** Nothing more goes wrong, and everything that may be mended is. */
  get isFulfilled(): boolean {
    return this.#pending === 0 && this.recovery === undefined;
  }

  later(delay: number, action: () => void): void {
    this.#pending++;
    this.options.world.later(delay, () => {
      this.#pending--;
      action();
    });
  }

  /** Lets some trouble last for a while. */
  endure(kind: Trouble["kind"], of: string | undefined, mend: () => void, duration = this.duration()): void {
    const { world, circumstances } = this.options;
    const trouble = { kind, ...(of === undefined ? {} : { of }), from: world.now, to: world.now + duration };
    circumstances.troubles.push(trouble);
    this.later(duration, mend);
  }

  /** Much shorter than a lease, about one, or longer; milliseconds. */
  duration(): number {
    return this.options.world.random.spread(0.05, 4) * this.options.scenario.lease * 1000;
  }

  /** The driver is gone for now. */
  beginAbsence(): void {
    const { world, circumstances } = this.options;
    circumstances.troubles.push({ kind: "driver", from: world.now, to: Number.POSITIVE_INFINITY });
  }

  /** Somebody is going to start it again. @param hostWasDown since the driver that died was started. */
  recoverLater(hostWasDown: boolean): void {
    const { world, circumstances } = this.options;
    circumstances.powerLost ||= hostWasDown;
    const powerLost = hostWasDown || world.now < this.#unsafeUntil;
    const duration = this.duration();
    this.recovery = { due: world.now + duration, powerLost };
    // So that time goes on until then.
    this.later(duration, () => undefined);
  }

  /** The driver is there again. @param begun with what the one before it knew. */
  endAbsence(begun: boolean): void {
    const { world, scenario, circumstances } = this.options;
    if (this.recovery?.powerLost === true) this.#unsafeUntil = world.now + (scenario.lease + LEASE_MARGIN) * 1000;
    this.recovery = undefined;
    if (!begun) circumstances.forgottenUntil = world.now;
    for (const trouble of circumstances.troubles) {
      if (trouble.kind === "driver" && trouble.to === Number.POSITIVE_INFINITY) trouble.to = world.now;
    }
  }

  /** One that is well. */
  anEngine(): RunningEngine | undefined {
    const engines = [...this.options.park.engines.values()].filter(
      ({ id, process, host }) => process.isAlive && !process.isFrozen && host.isUp && !this.unguarded.has(id),
    );
    return this.#oneOf(engines, ({ host }) => host);
  }

  /** One that has power. */
  aHost(): SimulatedHost | undefined {
    const hosts = this.options.world.hosts.filter(({ isUp }) => isUp);
    return this.#oneOf(hosts, (host) => host);
  }

  #oneOf<T>(choices: readonly T[], hostOf: (choice: T) => SimulatedHost): T | undefined {
    const { random } = this.options.world;
    const favourites = choices.filter((choice) => hostOf(choice) === this.#favourite);
    return random.oneOf(favourites.length > 0 && random.chance(0.7) ? favourites : choices);
  }
}
