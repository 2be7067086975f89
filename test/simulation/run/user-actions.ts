import type { RunEnd } from "../../../src/domain/events.ts";
import type { Driver } from "../../../src/core/driver/driver.ts";
import { ControllerProgram, type Errand } from "./controller-program.ts";
import type { Fate } from "./fate.ts";

/** Labels that contexts may have; some of them are nobody's. */
const LABELS = ["SSH0", "SSH1", "SSH2"] as const;
const HIGHEST_RANK = 5;

/** What users do to a run that goes on: with its script, and with signals. */
export class UserActions {
  readonly #fate: Fate;
  readonly #controllers: ControllerProgram[] = [];

  constructor(fate: Fate) {
    this.#fate = fate;
  }

  addHost(): void {
    const host = this.#fate.aHost();
    if (host === undefined) return;
    const slots = this.#fate.options.world.random.whole(1, 3);
    this.#call({ type: "add", nodes: [{ node: host.name, destination: host.name, slots, coresPerSlot: 1 }] });
  }

  stopEngine(): void {
    const { world, scenario, circumstances } = this.#fate.options;
    const rank = world.random.whole(0, HIGHEST_RANK);
    if (world.random.chance(0.5)) return void this.#call({ type: "stop-engine", rank });
    circumstances.anyEnded = true;
    this.#call({ type: "stop-engine", rank, within: world.random.spread(0.1, scenario.lease) });
  }

  stopContext(): void {
    this.#call({ type: "stop-context", label: this.#fate.options.world.random.oneOf(LABELS) ?? LABELS[0] });
  }

  stopTask(): void {
    const { world, scenario, circumstances } = this.#fate.options;
    const item = world.random.oneOf(scenario.items);
    if (item?.kind !== "task") return;
    const controller = this.#call({ type: "stop-task", id: item.id });
    if (controller === undefined) return;
    circumstances.stopped.add(item.id);
    controller.onDone = () => void circumstances.stopsAcknowledged.add(item.id);
  }

  killController(): void {
    const { world, mishaps } = this.#fate.options;
    const controller = world.random.oneOf(this.#controllers.filter(({ process }) => process.isAlive));
    if (controller !== undefined) mishaps.kill(controller.process);
  }

  /** Ctrl-C, twice. */
  interruptController(): void {
    const { world, circumstances } = this.#fate.options;
    const controller = world.random.oneOf(this.#controllers.filter(({ process }) => process.isAlive));
    if (controller === undefined) return;
    world.note(() => `${controller.process.name} is interrupted`);
    for (const id of controller.interrupt()) circumstances.ended.add(id);
  }

  stopRun(): void {
    this.#fate.options.circumstances.endings.add("stopped");
    this.#call({ type: "stop-run" });
  }

  drain(): void {
    this.#signal("interrupted", (driver) => driver.drain("interrupted"));
  }

  terminate(): void {
    this.#fate.options.circumstances.anyEnded = true;
    this.#signal("terminated", (driver) => driver.terminate("terminated"));
  }

  /** The run has ended: those who have called it, and cannot have heard of that, give up. */
  giveUp(): void {
    for (const { process } of this.#controllers) this.#fate.options.mishaps.kill(process);
  }

  #call(errand: Errand): ControllerProgram | undefined {
    const host = this.#fate.aHost();
    const { options } = this.#fate;
    if (host === undefined) return undefined;
    const controller = new ControllerProgram(options, host, errand, () => options.driver.outcome !== undefined);
    this.#controllers.push(controller);
    return controller;
  }

  #signal(reason: RunEnd, how: (driver: Driver) => void): void {
    this.#fate.options.circumstances.endings.add(reason);
    this.#fate.options.driver.interrupt(how);
  }
}
