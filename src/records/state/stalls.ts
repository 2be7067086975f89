import type { Stall } from "../../domain/watch.ts";
import type { Counts, EngineTally } from "./counts.ts";
import { engagedEngines, isStopping, tasksLeft } from "./availability.ts";
import { isPresent, isReady, onSlots } from "./engine-roll.ts";

/** Nodes of a barrier that are named. */
const SOME_NODES = 5;

/** Reasons why nodes cannot be reached, at most; there may be one for each node. */
const SOME_REASONS = 5;

/**
 * Why slots are free or missing though tasks are left, or nothing starts: the most important first. Empty while the run has all
 * slots that it was to have and they are busy, and when it is over or has nothing left to do.
 */
export function stallsOf(counts: Counts): Stall[] {
  const { phase, total, done, started } = counts;
  if (phase === "ended" || started === undefined || total === done) return [];
  if (!isAnyFree(counts)) return [...ending(counts), ...stopped(counts), ...missing(counts)];
  return [
    ...ending(counts),
    ...noEngines(counts),
    ...barrier(counts),
    ...room(counts),
    ...noTasks(counts),
    ...unreachable(counts),
    ...taskLimit(counts),
    ...stopped(counts),
    ...starting(counts),
  ];
}

/** Whether more tasks could run now: on slots that are there, or on engines that are to be. */
function isAnyFree(counts: Counts): boolean {
  const engaged = engagedEngines(counts);
  return engaged.length === 0 || engaged.some((tally) => tally.state !== "ready" || hasFreeSlot(tally));
}

function hasFreeSlot(tally: EngineTally): boolean {
  return onSlots(tally) < tally.engine.slots;
}

/** Slots that the run wants and does not have, while all that it has are busy. */
function missing(counts: Counts): Iterable<Stall> {
  return counts.phase === "running" && waiting(counts) !== 0 ? unreachable(counts) : [];
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

function* room({ waitsForRoom, phase }: Counts): Generator<Stall> {
  const wanted = phase === "running" ? waitsForRoom?.() : undefined;
  if (wanted !== undefined) yield { why: "room", task: wanted.taskId, needs: wanted.needs, where: wanted.where };
}

function noTasks(counts: Counts): Iterable<Stall> {
  return counts.takesTasks ? awaitsTasks(counts) : allGiven(counts);
}

function* allGiven(counts: Counts): Generator<Stall> {
  const sourceEnded = counts.total !== undefined;
  const isIt = sourceEnded ? waiting(counts) === 0 : counts.waitsAt === undefined && counts.held < readySlots(counts);
  if (isIt) yield { why: "no-tasks", sourceEnded };
}

/** Engines of a list to which nothing has been submitted yet wait to hear whether start commands come first. */
function* awaitsTasks(counts: Counts): Generator<Stall> {
  const isIt = counts.held < readySlots(counts) || counts.awaitsFirstTask;
  if (counts.waitsAt === undefined && isIt) yield { why: "awaits-tasks" };
}

/** Tasks that no engine holds; undefined while the source has not told how many there are. */
function waiting({ total, done, held, interrupted }: Counts): number | undefined {
  return total === undefined ? undefined : Math.max(0, total - done - held - interrupted);
}

function readySlots(counts: Counts): number {
  return engagedEngines(counts)
    .filter(isReady)
    .reduce((sum, { engine }) => sum + engine.slots, 0);
}

function* unreachable({ unreachable: nodes }: Counts): Generator<Stall> {
  for (const [reason, alike] of [...nodes.byReason()].slice(0, SOME_REASONS)) {
    yield { why: "unreachable", nodes: alike, reason };
  }
}

function* taskLimit(counts: Counts): Generator<Stall> {
  if (waiting(counts) === 0) return;
  const spent = counts.contexts.filter((tally) => !tally.stopped && tasksLeft(tally, counts.engines) === 0);
  if (spent.length > 0) yield { why: "task-limit", contexts: spent.map(({ context }) => context.label) };
}

/** Of contexts whose engines have gone it is told while slots are free, of others as long as something runs there. */
function* stopped(counts: Counts): Generator<Stall> {
  if (counts.phase !== "running" || waiting(counts) === 0) return;
  const stopping = counts.engines.filter((tally) => isStopping(tally, counts.contexts));
  const labels = counts.contexts.filter((context) => context.stopped).map(({ context }) => context.label);
  const isFree = isAnyFree(counts);
  const contexts = labels.filter((label) => isFree || stopping.some(({ engine }) => engine.context === label));
  const engines = stopping.filter(({ engine }) => !labels.includes(engine.context)).map(({ engine }) => engine.rank);
  const running = stopping.reduce((sum, tally) => sum + onSlots(tally), 0);
  if (contexts.length + engines.length > 0) yield { why: "stopped", contexts, engines, running };
}

function* starting(counts: Counts): Generator<Stall> {
  const engines = counts.engines.filter(({ state }) => state === "starting").length;
  if (engines > 0 && waiting(counts) !== 0 && !counts.awaitsFirstTask) yield { why: "starting", engines };
}
