import type { Execution } from "./executions.ts";
import type { Fate } from "./fate.ts";

/** An engine starts another watchdog at once; by then it is there. Milliseconds. */
const GUARDED_MS = 2_000;

/** All processes of an engine are signalled within this time, in milliseconds. */
const SPREAD_MS = 40;

/** What befalls single processes. */
export class ProcessFaults {
  readonly #fate: Fate;

  constructor(fate: Fate) {
    this.#fate = fate;
  }

  killEngine(): void {
    const engine = this.#fate.anEngine();
    const { circumstances, mishaps } = this.#fate.options;
    if (engine === undefined) return;
    circumstances.ended.add(engine.id);
    mishaps.kill(engine.process);
  }

  /** A task kills the engine that runs it, as soon as somebody is there to end what is left. */
  killOwnEngine(execution: Execution): void {
    const { engineId, taskId, process } = execution;
    const { world, park, circumstances, mishaps } = this.#fate.options;
    if (this.#fate.unguarded.has(engineId)) {
      return void world.post(process, GUARDED_MS, () => this.killOwnEngine(execution), { timer: true, quiet: true });
    }
    const engine = park.engines.get(engineId);
    if (engine?.process.isAlive !== true) return;
    circumstances.count++;
    circumstances.ended.add(engineId);
    circumstances.killers.set(engineId, taskId);
    mishaps.kill(engine.process);
  }

  /** Both at the same moment would leave tasks that nobody can end: that is one more than is promised. */
  killWatchdog(): void {
    const engine = this.#fate.anEngine();
    if (engine === undefined || engine.host.isFrozen) return;
    const watchdog = [...engine.host.processes].find(({ name }) => name === `watchdog of ${engine.id}`);
    if (watchdog === undefined) return;
    this.#fate.unguarded.add(engine.id);
    this.#fate.options.mishaps.kill(watchdog);
    this.#fate.later(GUARDED_MS, () => this.#fate.unguarded.delete(engine.id));
  }

  /** It goes by the last deadline that it has heard of, though the engine and its driver are well. */
  deafenWatchdog(): void {
    const engine = this.#fate.anEngine();
    if (engine === undefined) return;
    this.#fate.options.circumstances.ended.add(engine.id);
    this.#fate.options.world.note(() => `the watchdog of ${engine.id} hears no more`);
    engine.deafenWatchdog();
  }

  stopEngine(): void {
    const engine = this.#fate.anEngine();
    const { mishaps } = this.#fate.options;
    if (engine === undefined) return;
    mishaps.stop(engine.process);
    this.#fate.endure("engine", engine.id, () => mishaps.resume(engine.process));
  }

  drainEngine(): void {
    const engine = this.#fate.anEngine();
    const { world, circumstances, scenario, park } = this.#fate.options;
    if (engine === undefined) return;
    world.note(() => `${engine.id} is told to drain`);
    circumstances.ended.add(engine.id);
    if (!scenario.sharedSignals) return engine.drain();
    // One process after another, in no order.
    for (const execution of park.surroundings.executions.aliveOf(engine.id)) {
      const { executions } = park.surroundings;
      const isInside = world.random.chance(0.5);
      this.#fate.later(world.random.between(0, SPREAD_MS), () => {
        if (isInside) executions.endInside(execution);
        else executions.signal(execution, "TERM");
      });
    }
    this.#fate.later(world.random.between(0, SPREAD_MS), () => engine.drain());
  }

  killDriver(): void {
    const { driver, mishaps } = this.#fate.options;
    const { process, host } = driver;
    if (process === undefined || !process.isAlive || !host.isUp) return;
    this.#fate.beginAbsence();
    mishaps.kill(process);
    this.#fate.recoverLater(false);
  }

  stopDriver(): void {
    const { driver, mishaps } = this.#fate.options;
    const { process } = driver;
    if (process === undefined || !process.isAlive) return;
    mishaps.stop(process);
    this.#fate.endure("driver", undefined, () => mishaps.resume(process));
  }
}
