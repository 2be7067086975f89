import type { EngineHandle } from "../pool/engine-handle.ts";
import type { Pool } from "../pool/pool.ts";
import type { Timers } from "../pool/timers.ts";
import type { Scheduler } from "../scheduler/scheduler.ts";
import type { Chronicle } from "./chronicle.ts";

/** Slurm signals all of a job within this time, in milliseconds. */
const LINGER_MS = 2_000;

export interface ReplacementsOptions {
  /** What the run can do with. */
  readonly scheduler: Pick<Scheduler, "isEnding" | "misses">;
  readonly chronicle: Chronicle;
  readonly pool: Pool;
  readonly timers: Timers;
  /** One more engine is expected: meanwhile the run does not end for want of engines. */
  readonly expected: () => void;
  /** One that was expected will not join. */
  readonly missed: () => void;
}

/** What comes in place of engines that are gone. */
export class Replacements {
  readonly #options: ReplacementsOptions;

  constructor(options: ReplacementsOptions) {
    this.#options = options;
  }

  /** Has another engine started in place of one that was in the run, if the run can do with it. */
  replace(engine: EngineHandle, crashed: boolean): void {
    // One that has given up on its driver, or has gone with it, costs nobody a restart.
    const anew = !crashed || (engine.isAdopted && !engine.hasCalled);
    const isReplaced = this.#options.scheduler.misses(engine.rank) && this.#restart(engine, anew);
    if (!isReplaced) this.#options.pool.forget(engine);
  }

  /** The same for one that has not joined. @returns whether another is going to be started. */
  tryAgain(engine: Pick<EngineHandle, "id">): boolean {
    return !this.#options.scheduler.isEnding && this.#restart(engine, false);
  }

  /** The time has come to start one. @param start returns false when it cannot be done. */
  begin(start: () => boolean): void {
    const { scheduler, missed } = this.#options;
    if (scheduler.isEnding || !start()) missed();
  }

  /**
   * Somebody has called an engine away. Where that may have been Slurm, which does so with a whole job, the driver is about to
   * hear of it, too: until then the run does not end for want of engines.
   */
  linger(engine: EngineHandle): void {
    const { scheduler, pool, timers, expected, missed } = this.#options;
    if (scheduler.isEnding || !pool.isInSlurmJob(engine)) return;
    expected();
    timers.after(LINGER_MS, missed);
  }

  /** @param anew it counts as the first engine there. @returns false when none is started. */
  #restart({ id }: Pick<EngineHandle, "id">, anew: boolean): boolean {
    const { pool, chronicle, expected } = this.#options;
    const restart = pool.restart(id, anew);
    if (restart === undefined) return false;
    chronicle.tellNow({ type: "engine-restarting", ...restart });
    expected();
    return true;
  }
}
