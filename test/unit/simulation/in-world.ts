import { onTestFinished } from "vitest";
import type { SimulatedHost } from "../../simulation/world/host.ts";
import { Mishaps } from "../../simulation/world/mishaps.ts";
import { Network } from "../../simulation/world/network.ts";
import type { SimulatedProcess } from "../../simulation/world/process.ts";
import { Random } from "../../simulation/world/random.ts";
import { enterWorld } from "../../simulation/world/virtual-globals.ts";
import { World } from "../../simulation/world/world.ts";

/** A simulated world for one test. */
export class TestWorld {
  readonly world: World;
  readonly network: Network;
  readonly mishaps: Mishaps;
  /** What was noted, with the time in milliseconds. */
  readonly log: string[] = [];

  constructor(seed = 1) {
    this.world = new World({ random: new Random(seed) });
    this.network = new Network(this.world);
    this.mishaps = new Mishaps(this.world, this.network);
    onTestFinished(enterWorld(this.world));
  }

  /** A host that takes a millisecond to the wire, with a process. */
  addProcess(name: string, host: SimulatedHost = this.world.addHost(`host of ${name}`, 1)): SimulatedProcess {
    return this.world.addProcess(name, host);
  }

  /** Has the process run some code at a time. */
  at(milliseconds: number, process: SimulatedProcess, action: () => void): void {
    this.world.post(process, milliseconds - this.world.now, action);
  }

  /** Has something befall somebody at a time. */
  befall(milliseconds: number, action: () => void): void {
    this.world.later(milliseconds - this.world.now, action);
  }

  note(what: string): void {
    this.log.push(`${Math.round(this.world.now)} ${what}`);
  }

  /** Until nothing more happens, or this time. @returns what was noted. */
  async run(until = 1e9): Promise<readonly string[]> {
    await this.world.run(() => false, until);
    return this.log;
  }
}
