import type { SimulatedProcess } from "./process.ts";

/** A machine of the simulated world. Its state is changed by the world's `Mishaps`. */
export class SimulatedHost {
  readonly name: string;
  /** What runs there. */
  readonly processes = new Set<SimulatedProcess>();
  /** Milliseconds that a packet takes to the wire; to another host it takes those of both. */
  readonly latency: number;
  /** It has power. */
  isUp = true;
  /** No packet comes or goes. */
  isCut = false;
  isFrozen = false;
  /** Milliseconds that its clock for timers has stood still, since the host was asleep. */
  asleep = 0;
  /** When its boot clock began, in milliseconds of the world. */
  bootedAt: number;
  /** How far its calendar is off, in milliseconds. */
  calendarOffset = 0;

  constructor(name: string, latency: number, bootedAt: number) {
    this.name = name;
    this.latency = latency;
    this.bootedAt = bootedAt;
  }
}
