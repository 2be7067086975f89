import type { Stall } from "../../domain/watch.ts";
import type { Counts, EngineTally } from "./counts.ts";
import { isPresent, isReady, onSlots } from "./engine-roll.ts";
import { contextStates } from "./snapshot.ts";

/** Nodes of a barrier that are named. */
const SOME_NODES = 5;

/** Reasons why nodes cannot be reached, at most; there may be one for each node. */
const SOME_REASONS = 5;

/**
 * Why slots are free though tasks are left, or nothing starts: the most important first. Empty while all slots are busy, and when the
 * run is over or has nothing left to do.
 */
export function stallsOf(counts: Counts): Stall[] {
  const { phase, total, done, started } = counts;
  if (phase === "ended" || started === undefined || total === done || !isAnyFree(counts)) return [];
  return [
    ...ending(counts),
    ...noEngines(counts),
    ...barrier(counts),
    ...noTasks(counts),
    ...unreachable(counts),
    ...taskLimit(counts),
    ...starting(counts),
  ];
}

/** Whether more tasks could run now: on slots that are there, or on engines that are to be. */
function isAnyFree({ engines, slots }: Counts): boolean {
  return slots === 0 || engines.some((tally) => isPresent(tally) && (tally.state !== "ready" || hasFreeSlot(tally)));
}

function hasFreeSlot(tally: EngineTally): boolean {
  return onSlots(tally) < tally.engine.slots;
}

function* ending({ phase, running }: Counts): Generator<Stall> {
  if (phase === "draining" || phase === "terminating") yield { why: "ending", phase, running };
}

function* noEngines({ engines, awaitsEngines }: Counts): Generator<Stall> {
  if (!engines.some(isPresent)) yield { why: "no-engines", awaited: awaitsEngines };
}

function* barrier({ waitsAt, held, engines }: Counts): Generator<Stall> {
  if (waitsAt === undefined) return;
  const holding = engines.filter(({ assigned }) => assigned > 0).map(({ engine }) => engine.node);
  const nodes = [...new Set(holding)].slice(0, SOME_NODES);
  yield { why: "barrier", line: waitsAt.barrier.line, since: waitsAt.since, running: held, nodes };
}

function* noTasks(counts: Counts): Generator<Stall> {
  const sourceEnded = counts.total !== undefined;
  const isIt = sourceEnded ? waiting(counts) === 0 : counts.waitsAt === undefined && counts.held < readySlots(counts);
  if (isIt) yield { why: "no-tasks", sourceEnded };
}

/** Tasks that no engine holds; undefined while the source has not told how many there are. */
function waiting({ total, done, held, interrupted }: Counts): number | undefined {
  return total === undefined ? undefined : Math.max(0, total - done - held - interrupted);
}

function readySlots({ engines }: Counts): number {
  return engines.filter(isReady).reduce((sum, { engine }) => sum + engine.slots, 0);
}

function* unreachable({ unreachable: nodes }: Counts): Generator<Stall> {
  for (const [reason, alike] of [...nodes.byReason()].slice(0, SOME_REASONS)) {
    yield { why: "unreachable", nodes: alike, reason };
  }
}

function* taskLimit(counts: Counts): Generator<Stall> {
  if (waiting(counts) === 0) return;
  const spent = contextStates(counts).filter(({ stopped, tasksLeft }) => stopped || tasksLeft === 0);
  if (spent.length > 0) yield { why: "task-limit", contexts: spent.map(({ label }) => label) };
}

function* starting(counts: Counts): Generator<Stall> {
  const engines = counts.engines.filter(({ state }) => state === "starting").length;
  if (engines > 0 && waiting(counts) !== 0) yield { why: "starting", engines };
}
