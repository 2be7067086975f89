import type { ContextTally, Counts, EngineTally } from "./counts.ts";
import { isPresent } from "./engine-roll.ts";

/** Whether the engine is in the run and starts nothing more: somebody has told it so, or its whole context. */
export function isStopping(tally: EngineTally, contexts: readonly ContextTally[]): boolean {
  return isPresent(tally) && (tally.stopping || contextOf(tally, contexts)?.stopped === true);
}

/** Engines of the run on which tasks start, now or when they are ready; those that only finish what they have are not among them. */
export function engagedEngines({ contexts, engines }: Counts): EngineTally[] {
  const closed = new Set<string>();
  for (const tally of contexts) {
    if (tally.stopped || tasksLeft(tally, engines) === 0) closed.add(tally.context.label);
  }
  // A rank is missing where a journal lacks a line.
  return engines.flatMap((tally) => {
    return isPresent(tally) && !tally.stopping && !closed.has(tally.engine.context) ? tally : [];
  });
}

/** How many more tasks the context may take; undefined when there is no limit. */
export function tasksLeft({ context, settled }: ContextTally, engines: readonly EngineTally[]): number | undefined {
  const { label, taskLimit } = context;
  if (taskLimit === 0) return undefined;
  const held = engines.reduce((sum, { engine, assigned }) => (engine.context === label ? sum + assigned : sum), 0);
  return Math.max(0, taskLimit - settled - held);
}

function contextOf({ engine }: EngineTally, contexts: readonly ContextTally[]): ContextTally | undefined {
  // There are few of them, and mostly one.
  return contexts.find(({ context }) => context.label === engine.context);
}
