import type { ContextTally, Counts, EngineTally } from "../../records/state/counts.ts";

/** What the numbers of a run do not tell. Times are Unix times in seconds. */
export interface StatusFacts {
  readonly now: number;
  /** Return code of the first failure since the last barrier; 0 when there was none. */
  readonly returnCode: number;
  /** When an engine joined, by its rank. */
  joined(rank: number): number | undefined;
  /** When an engine that is out of touch or gone was last heard of, by its rank. */
  lastHeard(rank: number): number | undefined;
}

/** What the reference's monitor knows of an engine. */
type EngineStatus = "running" | "stopping" | "stopped";

/** Where a run stands, in the words of disBatch, whose monitor reads this. Plain data for JSON. */
export function statusOf(counts: Counts, facts: StatusFacts): object {
  const { contexts, engines, barriers, waitsAt } = counts;
  const there = engines.flatMap((tally) => [engineOf(tally, counts, facts)]);
  return {
    more: isMoreToCome(counts) ? "More tasks." : "No more tasks.",
    barriers: barriers + (waitsAt === undefined ? 0 : 1),
    contexts: Object.fromEntries(contexts.map((tally, rank) => [rank, contextOf(tally, rank)])),
    currentReturnCode: facts.returnCode,
    engines: Object.fromEntries(there.map((engine) => [engine.rank, engine])),
    activeCylinders: there.reduce((sum, { active }) => sum + active, 0),
  };
}

/** Whether a task may still be given to an engine. */
function isMoreToCome({ total, done, held, phase }: Counts): boolean {
  return phase === "running" && (total === undefined || done + held < total);
}

function contextOf({ context }: ContextTally, rank: number): object {
  const { label, nodes, slurmJob } = context;
  return {
    sysid: slurmJob === undefined ? "SSH" : "SLURM",
    rank,
    label,
    nodes: nodes.map(({ node }) => node),
    cylinders: nodes.map(({ slots }) => slots),
    cores_per_cylinder: nodes.map(({ coresPerSlot }) => coresPerSlot),
  };
}

function engineOf(tally: EngineTally, { contexts, started: runStarted }: Counts, facts: StatusFacts) {
  const { engine, state, assigned, finished, failed } = tally;
  const { rank, node, pid, slots, context } = engine;
  const cRank = contexts.findIndex((other) => other.context.label === context);
  const status = engineStatus(tally, contexts[cRank]);
  const isReady = state === "ready" || state === "silent";
  const isInTouch = state === "starting" || state === "ready";
  const ranks = Array.from({ length: isReady ? slots : 0 }, (_, slot) => `.cylinder ${rank} ${slot}`);
  return {
    rank,
    cRank,
    hostname: node,
    pid,
    active: status === "running" ? ranks.length : 0,
    assigned,
    cylinders: Object.fromEntries(ranks.map((key) => [key, [pid, pid, key]])),
    failed,
    finished,
    start: facts.joined(rank) ?? runStarted ?? facts.now,
    status,
    last: (isInTouch ? undefined : facts.lastHeard(rank)) ?? facts.now,
  };
}

function engineStatus({ state, stopping }: EngineTally, context: ContextTally | undefined): EngineStatus {
  if (state === "left" || state === "lost") return "stopped";
  return stopping || context?.stopped === true ? "stopping" : "running";
}
