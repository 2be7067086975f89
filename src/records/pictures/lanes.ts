import type { TimelineLane } from "./documents.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { presences } from "./presences.ts";

/** Lanes of an answer. */
const MOST_LANES = 1024;

/** The lanes of a timeline, and in which of them tasks are. */
export interface PictureLanes {
  readonly lanes: readonly TimelineLane[];
  /** Lanes that there are in all. */
  readonly total: number;
  /** From when to when lanes, `count` of them from the first on, had so many slots each. */
  readonly offers: readonly LaneOffer[];
  /** The lane of a task; -1 where it is in none. */
  laneOf(engine: number, slot: number, node: number): number;
}

export interface LaneOffer {
  readonly lane: number;
  readonly count: number;
  readonly slots: number;
  readonly from: number;
  readonly to: number;
}

/** Which lanes are wanted. */
export interface WantedLanes {
  readonly by: "slot" | "node";
  /** Only those of this node. */
  readonly node?: string | undefined;
  /** Where there are too many slots, only engines that were there then have lanes. */
  readonly from: number;
  readonly to: number;
}

/** Lanes in the order of their engines. */
export function lanesOf(run: PicturedRun, wanted: WantedLanes): PictureLanes {
  const all = presences(run).filter(({ engine }) => wanted.node === undefined || engine.node === wanted.node);
  if (wanted.by === "node") return lanesOfNodes(run, all);
  const slots = all.reduce((sum, { engine }) => sum + engine.slots, 0);
  if (slots <= MOST_LANES) return lanesOfSlots(all, slots);
  const present = all.filter(({ from, to }) => from <= wanted.to && to >= wanted.from);
  return lanesOfSlots(present, slots);
}

type Present = ReturnType<typeof presences>;

function lanesOfSlots(present: Present, total: number): PictureLanes {
  const lanes: TimelineLane[] = [];
  const offers: LaneOffer[] = [];
  const places: { readonly first: number; readonly slots: number }[] = [];
  for (const { engine, from, to } of present) {
    const { rank, node } = engine;
    const slots = Math.min(engine.slots, MOST_LANES - lanes.length);
    if (slots <= 0) continue;
    const first = lanes.length;
    places[rank] = { first, slots };
    offers.push({ lane: first, count: slots, slots: 1, from, to });
    for (let slot = 0; slot < slots; slot++) lanes.push({ node, engine: rank, slot });
  }
  const laneOf = (engine: number, slot: number): number => {
    const place = places[engine];
    return place !== undefined && slot >= 0 && slot < place.slots ? place.first + slot : -1;
  };
  return { lanes, total, offers, laneOf };
}

function lanesOfNodes({ table }: PicturedRun, present: Present): PictureLanes {
  const lanes = new Map<string, number>();
  const offers: LaneOffer[] = [];
  const ofEngine: number[] = [];
  for (const { engine, from, to } of present) {
    const lane = lanes.get(engine.node) ?? lanes.size;
    lanes.set(engine.node, lane);
    if (lane >= MOST_LANES) continue;
    ofEngine[engine.rank] = lane;
    offers.push({ lane, count: 1, slots: engine.slots, from, to });
  }
  const ofNode: number[] = [];
  for (const [node, lane] of lanes) {
    const number = table.numberOfNode(node);
    if (number !== undefined && lane < MOST_LANES) ofNode[number] = lane;
  }
  return {
    lanes: [...lanes.keys()].slice(0, MOST_LANES).map((node) => ({ node })),
    total: lanes.size,
    offers,
    laneOf: (engine, _slot, node) => ofEngine[engine] ?? (engine < 0 ? (ofNode[node] ?? -1) : -1),
  };
}
