/** Engines against each other: which of them stand out. */

import { marksOf, type NodeMark } from "../../domain/stand-out.ts";
import type { EngineView } from "../../domain/watch.ts";
import type { Sort } from "../parts/sort.ts";

/** What most engines are like. */
export interface Fleet {
  /** Medians over engines that have finished enough tasks; seconds. 0 while there are none. */
  readonly p50: number;
  readonly p95: number;
  /** What the medians are of, the least first. */
  readonly all: { readonly p50: readonly number[]; readonly p95: readonly number[] };
  readonly finished: number;
  readonly failed: number;
}

/** Tasks that an engine has finished before it is compared. */
const ENOUGH = 10;

export function fleetOf(engines: readonly EngineView[]): Fleet {
  const compared = engines.filter(({ durations }) => durations.count >= ENOUGH);
  const inOrder = (by: "p50" | "p95"): number[] =>
    compared.map(({ durations }) => durations[by]).toSorted((a, b) => a - b);
  const all = { p50: inOrder("p50"), p95: inOrder("p95") };
  return {
    p50: median(all.p50),
    p95: median(all.p95),
    all,
    finished: engines.reduce((sum, engine) => sum + engine.finished, 0),
    failed: engines.reduce((sum, engine) => sum + engine.failed, 0),
  };
}

/** @param sorted the least first */
function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** The median without one of the values: what is compared with it has no part in it. */
function medianWithout(sorted: readonly number[], value: number): number {
  const without = sorted.indexOf(value);
  const middle = (sorted.length - 2) / 2;
  const at = (index: number): number => sorted[index < without ? index : index + 1] ?? 0;
  return (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
}

/** How many times as long as on most other engines; undefined where there is too little to tell. */
export function factorOf(engine: EngineView, fleet: Fleet, by: "p50" | "p95"): number | undefined {
  const usual = usualOf(engine, fleet, by);
  return usual > 0 ? engine.durations[by] / usual : undefined;
}

/** The median of the other engines; 0 where there is too little to tell. */
function usualOf({ durations }: EngineView, { all }: Fleet, by: "p50" | "p95"): number {
  const isCompared = durations.count >= ENOUGH && all[by].length > 1;
  return isCompared ? medianWithout(all[by], durations[by]) : 0;
}

/** What stands out about an engine, by the rule that the report has for nodes. */
export function marksOfEngine(engine: EngineView, fleet: Fleet): readonly NodeMark[] {
  const { finished, failed } = engine;
  const usual = usualOf(engine, fleet, "p50");
  return marksOf(
    { count: finished, failed, median: () => (usual > 0 ? engine.durations.p50 : 0) },
    { count: fleet.finished - finished, failed: fleet.failed - failed, median: () => usual },
  );
}

/** Why an engine is to be looked at, each in a few words. Empty for most. */
export function troublesOf(engine: EngineView, fleet: Fleet): string[] {
  const troubles: string[] = [];
  if (engine.state === "lost") troubles.push("was lost");
  if (engine.state === "silent") troubles.push("is out of touch");
  if (engine.heldBack !== undefined && engine.state === "ready") troubles.push("starts nothing for now");
  const marks = marksOfEngine(engine, fleet);
  if (marks.includes("failing"))
    troubles.push(`fails ${Math.round((engine.failed / engine.finished) * 100)}% of its tasks`);
  if (marks.includes("slow")) troubles.push(`takes ${(factorOf(engine, fleet, "p50") ?? 1).toFixed(1)} times as long`);
  return troubles;
}

/** Whether it takes part in the run now. */
export function isThere({ state }: EngineView): boolean {
  return state !== "left" && state !== "lost";
}

/** The state as a badge has it: one that was told to stop is stopping until it has gone. */
export function engineState(engine: EngineView): string {
  return engine.stopping && isThere(engine) ? "stopping" : engine.state;
}

const ORDER = ["lost", "silent", "stopping", "starting", "ready", "left"];

const VALUES: Readonly<Record<string, (engine: EngineView) => number | string>> = {
  rank: ({ rank }) => rank,
  node: ({ node }) => node,
  state: (engine) => ORDER.indexOf(engineState(engine)),
  context: ({ context }) => context,
  slots: ({ slots }) => slots,
  running: ({ running }) => running,
  busy: ({ running, slots }) => running / Math.max(1, slots),
  finished: ({ finished }) => finished,
  failed: ({ failed }) => failed,
  p50: ({ durations }) => durations.p50,
  p95: ({ durations }) => durations.p95,
  heard: ({ lastHeard }) => lastHeard ?? 0,
};

/** Columns by which engines can be sorted. */
export function isSortable(by: string): boolean {
  return Object.hasOwn(VALUES, by);
}

/** Engines whose node or context has the text and whose state is this one, sorted. Those that are equal stand by rank. */
export function chosenEngines(
  engines: readonly EngineView[],
  { text, state, sort }: { readonly text: string; readonly state: string; readonly sort: Sort },
): readonly EngineView[] {
  const wanted = text.toLowerCase();
  const chosen = engines.filter(
    (engine) =>
      (wanted === "" || engine.node.toLowerCase().includes(wanted) || engine.context.toLowerCase().includes(wanted)) &&
      (state === "" || engineState(engine) === state),
  );
  const value = VALUES[sort.by] ?? VALUES["rank"];
  if (value === undefined) return chosen;
  const keyed = chosen.map((engine) => ({ engine, key: value(engine) }));
  keyed.sort((a, b) => {
    const order = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    return order === 0 ? a.engine.rank - b.engine.rank : sort.descending ? -order : order;
  });
  return keyed.map(({ engine }) => engine);
}

/** How many engines there are in each state, those with most trouble first. */
export function stateCounts(engines: readonly EngineView[]): readonly (readonly [state: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const engine of engines) {
    const state = engineState(engine);
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return [...counts].toSorted(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
}
