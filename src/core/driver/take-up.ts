import type { Launcher } from "../../domain/launcher.ts";
import type { Pool } from "../pool/pool.ts";
import type { EarlierState } from "../scheduler/commands.ts";
import type { EarlierRun } from "./earlier-run.ts";
import type { Quotas } from "./quotas.ts";

/**
 * Goes on with the contexts and engines of an earlier driver.
 *
 * @param launchers of the contexts that the command line knows; the others are controllers'.
 * @param now Unix time in seconds.
 * @returns how the scheduler is to begin.
 */
export function takeUp(
  { contexts, engines, nextRank, retries = [], ...earlier }: EarlierRun,
  launchers: readonly Launcher[],
  pool: Pool,
  quotas: Quotas,
  now: number,
): EarlierState {
  const known = contexts.map(({ context, stopped, taken }) => {
    const launcher = launchers.find((own) => own.context.label === context.label);
    const own = launcher?.context ?? context;
    const held = engines
      .filter(({ engine }) => engine.context === context.label)
      .reduce((sum, engine) => sum + engine.held.length, 0);
    quotas.add(own, taken - held);
    return { context: own, launcher, stopped };
  });
  const adopted = pool.takeUp({ contexts: known, engines, nextRank });
  for (const { context } of adopted) if (!quotas.has(context.label)) quotas.add(context);
  const places = new Map(adopted.map(({ engine, place }) => [engine.rank, place]));
  const kept = engines.map(({ engine: { rank, slots, context, capacity, node }, ready, stopping, held }) => {
    const { releasable = false } = places.get(rank) ?? {};
    const isReserved = quotas.isReserved(context);
    const where = { releasable, context, isReserved, capacity, node };
    return { rank, slots, quota: quotas.of(context), ready, stopping, held, ...where };
  });
  // Calendars of hosts differ: nobody waits for longer than was said.
  const waiting = retries.map(({ assignment, engine, due, delay }) => {
    return { assignment, engine, delay: Math.min(delay, Math.max(0, due - now)) };
  });
  return { ...earlier, engines: kept, retries: waiting };
}
