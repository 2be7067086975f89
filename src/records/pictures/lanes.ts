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
  /** Where slots were, and when. */
  readonly offers: readonly LaneOffer[];
  readonly index: LaneIndex;
}

/** Where lanes of engines begin, for a million tasks that ask. */
class LaneIndex {
  /** By rank: the engine's first lane, -1 where it has none, and how many lanes it has; 0 where all of its tasks are in one. */
  readonly #first: Int32Array;
  readonly #slots: Int32Array;
  /** Lanes of nodes by their numbers in the table, for tasks of which no engine is known. */
  readonly #ofNode: Int32Array;

  constructor(engines: number, nodes: number) {
    this.#first = new Int32Array(engines).fill(-1);
    this.#slots = new Int32Array(engines);
    this.#ofNode = new Int32Array(nodes).fill(-1);
  }

  setEngine(rank: number, first: number, slots: number): void {
    this.#first[rank] = first;
    this.#slots[rank] = slots;
  }

  setNode(node: number, lane: number): void {
    this.#ofNode[node] = lane;
  }

  /** The lane of a task; -1 where it is in none. */
  laneOf(engine: number, slot: number, node: number): number {
    if (engine < 0 || engine >= this.#first.length) return engine < 0 ? (this.#ofNode[node] ?? -1) : -1;
    const first = this.#first[engine] ?? -1;
    const slots = this.#slots[engine] ?? 0;
    if (first < 0 || slots === 0) return first;
    return slot >= 0 && slot < slots ? first + slot : -1;
  }
}

/** Lanes, `count` of them from this one on, had so many slots each, from when to when. */
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
  const index = new LaneIndex(ranksIn(present), 0);
  for (const { engine, from, to } of present) {
    const { rank, node } = engine;
    const slots = Math.min(engine.slots, MOST_LANES - lanes.length);
    if (slots <= 0) continue;
    const first = lanes.length;
    index.setEngine(rank, first, slots);
    offers.push({ lane: first, count: slots, slots: 1, from, to });
    for (let slot = 0; slot < slots; slot++) lanes.push({ node, engine: rank, slot });
  }
  return { lanes, total, offers, index };
}

function lanesOfNodes({ table }: PicturedRun, present: Present): PictureLanes {
  const lanes = new Map<string, number>();
  const offers: LaneOffer[] = [];
  const index = new LaneIndex(ranksIn(present), table.nodes + 1);
  for (const { engine, from, to } of present) {
    const lane = lanes.get(engine.node) ?? lanes.size;
    lanes.set(engine.node, lane);
    if (lane >= MOST_LANES) continue;
    index.setEngine(engine.rank, lane, 0);
    offers.push({ lane, count: 1, slots: engine.slots, from, to });
  }
  for (const [node, lane] of lanes) {
    const number = table.numberOfNode(node);
    if (number !== undefined && lane < MOST_LANES) index.setNode(number, lane);
  }
  return {
    lanes: [...lanes.keys()].slice(0, MOST_LANES).map((node) => ({ node })),
    total: lanes.size,
    offers,
    index,
  };
}

function ranksIn(present: Present): number {
  return present.reduce((most, { engine }) => Math.max(most, engine.rank + 1), 0);
}
