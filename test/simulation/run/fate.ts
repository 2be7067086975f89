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
  #pending = 0;

  constructor(options: FateOptions) {
    this.options = options;
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
  endure(kind: Trouble["kind"], of: string | undefined, mend: () => void): void {
    const { world, circumstances } = this.options;
    const duration = this.duration();
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

  /** Somebody is going to start it again. */
  recoverLater(powerLost: boolean): void {
    const { world, circumstances } = this.options;
    circumstances.powerLost ||= powerLost;
    const duration = this.duration();
    this.recovery = { due: world.now + duration, powerLost };
    // So that time goes on until then.
    this.later(duration, () => undefined);
  }

  /** The driver is there again. @param begun with what the one before it knew. */
  endAbsence(begun: boolean): void {
    const { world, circumstances } = this.options;
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
    return this.options.world.random.oneOf(engines);
  }

  /** One that has power. */
  aHost(): SimulatedHost | undefined {
    const { world } = this.options;
    return world.random.oneOf(world.hosts.filter(({ isUp }) => isUp));
  }
}
