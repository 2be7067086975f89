import type { HistogramGroup, HistogramList } from "./documents.ts";
import { binEdge, binQuantile, DURATION_BINS, durationBin } from "./duration-bins.ts";
import { marksOf } from "../../domain/stand-out.ts";
import type { PicturedRun } from "./pictured-run.ts";
import { eachOutcome } from "./scan.ts";

/** Groups of an answer. */
const MOST_GROUPS = 256;
/** Nodes whose durations are told apart; no fleet has more, and records may say anything. */
const MOST_NODES = 4096;
/** Bins of an answer. */
const MOST_BINS = 64;

/** How long the tasks of this run took that had a process: all of them, or those of each node. */
export async function histograms(run: PicturedRun, by: "all" | "node"): Promise<HistogramList> {
  const groupOf = by === "all" ? undefined : await groupsOfNodes(run);
  const folds = new Folds(groupOf === undefined ? 1 : groupOf.nodes.length);
  await eachOutcome(run, ({ size, ran, failed, duration, node }) => {
    for (let i = 0; i < size; i++) {
      const group = groupOf === undefined ? 0 : (groupOf.byNode[node[i] ?? 0] ?? -1);
      if (ran[i] === 1 && group >= 0) folds.add(group, duration[i] ?? 0, failed[i] === 1);
    }
  });
  const fleet = folds.together();
  const groups = groupOf === undefined ? [0] : folds.byRemarkability(fleet);
  const nameOf = (group: number): string =>
    groupOf === undefined ? "all" : (run.table.nodeOf(groupOf.nodes[group] ?? 0) ?? "");
  const shown = groups.filter((group) => folds.count[group] !== 0).slice(0, MOST_GROUPS);
  const bins = folds.binsOf(shown);
  return {
    total: groupOf === undefined ? shown.length : groupOf.total,
    truncated: groupOf !== undefined && shown.length < groupOf.total,
    edges: bins.edges,
    groups: shown.map((group) => ({
      ...folds.describe(group, nameOf(group), bins),
      others: groupOf === undefined ? undefined : folds.othersOf(group, fleet),
    })),
  };
}

/** Nodes that are told apart. */
interface NodeGroups {
  /** Groups by the number of the node; -1 for none. */
  readonly byNode: Int32Array;
  /** Numbers of nodes by group. */
  readonly nodes: readonly number[];
  /** All nodes that tasks had a process on. */
  readonly total: number;
}

/** Where there are too many nodes, those with most failures are told apart, then those with most tasks. */
async function groupsOfNodes(run: PicturedRun): Promise<NodeGroups> {
  const nodes = run.table.nodes + 1;
  const [tasks, failures] = [new Uint32Array(nodes), new Uint32Array(nodes)];
  await eachOutcome(run, (outcomes) => {
    for (let i = 0; i < outcomes.size; i++) {
      const node = outcomes.node[i] ?? 0;
      if (outcomes.ran[i] === 0) continue;
      tasks[node] = (tasks[node] ?? 0) + 1;
      if (outcomes.failed[i] === 1) failures[node] = (failures[node] ?? 0) + 1;
    }
  });
  const known = [...tasks.keys()].filter((node) => node > 0 && tasks[node] !== 0);
  const numbered = (of: Uint32Array, node: number): number => of[node] ?? 0;
  const chosen =
    known.length <= MOST_NODES
      ? known
      : known
          .toSorted((a, b) => numbered(failures, b) - numbered(failures, a) || numbered(tasks, b) - numbered(tasks, a))
          .slice(0, MOST_NODES);
  const byNode = new Int32Array(nodes).fill(-1);
  for (const [group, node] of chosen.entries()) byNode[node] = group;
  return { byNode, nodes: chosen, total: known.length };
}

/** Bins of an answer, which are some of the finer ones each. */
interface Bins {
  readonly edges: readonly number[];
  readonly first: number;
  /** Finer bins in each. */
  readonly width: number;
}

/** Tasks of all groups. */
interface Fleet {
  readonly count: number;
  readonly failed: number;
  readonly bins: Uint32Array;
}

/** The tasks of groups while they are counted. */
class Folds {
  readonly count: Uint32Array;
  readonly #failed: Uint32Array;
  readonly #longest: Float32Array;
  readonly #bins: Uint32Array;
  readonly #groups: number;

  constructor(groups: number) {
    this.#groups = groups;
    this.count = new Uint32Array(groups);
    this.#failed = new Uint32Array(groups);
    this.#longest = new Float32Array(groups);
    this.#bins = new Uint32Array(groups * DURATION_BINS);
  }

  add(group: number, seconds: number, failed: boolean): void {
    this.count[group] = (this.count[group] ?? 0) + 1;
    if (failed) this.#failed[group] = (this.#failed[group] ?? 0) + 1;
    if (seconds > (this.#longest[group] ?? 0)) this.#longest[group] = seconds;
    const place = group * DURATION_BINS + durationBin(seconds);
    this.#bins[place] = (this.#bins[place] ?? 0) + 1;
  }

  /** Groups, those that stand out first, then those with most failures, then those with most tasks. */
  byRemarkability(fleet: Fleet): number[] {
    const marks = [...this.count.keys()].map((group) => this.#marksOf(group, fleet));
    const { count } = this;
    const difference = (of: Uint32Array, a: number, b: number): number => (of[b] ?? 0) - (of[a] ?? 0);
    return [...count.keys()].toSorted(
      (a, b) => (marks[b] ?? 0) - (marks[a] ?? 0) || difference(this.#failed, a, b) || difference(count, a, b) || a - b,
    );
  }

  /** Bins that hold all tasks of these groups, neither too many nor finer than there is anything to see. */
  binsOf(groups: readonly number[]): Bins {
    let [first, last] = [DURATION_BINS, -1];
    for (const group of groups) {
      const counts = this.#countsOf(group);
      const begin = counts.findIndex((count) => count > 0);
      if (begin < 0) continue;
      first = Math.min(first, begin);
      last = Math.max(
        last,
        counts.findLastIndex((count) => count > 0),
      );
    }
    if (last < 0) return { edges: [], first: 0, width: 1 };
    let width = 1;
    while (Math.floor(last / width) - Math.floor(first / width) + 1 > MOST_BINS) width *= 2;
    first -= first % width;
    const bins = Math.floor((last - first) / width) + 1;
    return { edges: Array.from({ length: bins + 1 }, (_, i) => binEdge(first + i * width)), first, width };
  }

  describe(group: number, name: string, { edges, first, width }: Bins): HistogramGroup {
    const fine = this.#countsOf(group);
    const counts = Array.from({ length: Math.max(0, edges.length - 1) }, (_, i) => {
      const from = first + i * width;
      return fine.subarray(from, from + width).reduce((sum, count) => sum + count, 0);
    });
    const longest = this.#longest[group] ?? 0;
    const [p50, p95] = [binQuantile(fine, 0.5, longest), binQuantile(fine, 0.95, longest)];
    return { name, counts, count: this.count[group] ?? 0, failed: this.#failed[group] ?? 0, p50, p95, longest };
  }

  #countsOf(group: number): Uint32Array {
    return this.#bins.subarray(group * DURATION_BINS, (group + 1) * DURATION_BINS);
  }

  together(): Fleet {
    const bins = new Uint32Array(DURATION_BINS);
    for (let group = 0; group < this.#groups; group++)
      for (const [bin, count] of this.#countsOf(group).entries()) bins[bin] = (bins[bin] ?? 0) + count;
    return { count: sumOf(this.count), failed: sumOf(this.#failed), bins };
  }

  /** All groups but this one. */
  othersOf(group: number, fleet: Fleet): NonNullable<HistogramGroup["others"]> {
    return {
      count: fleet.count - (this.count[group] ?? 0),
      failed: fleet.failed - (this.#failed[group] ?? 0),
      p50: this.#medianOfOthers(group, fleet),
    };
  }

  #medianOfOthers(group: number, fleet: Fleet): number {
    const own = this.#countsOf(group);
    const others = fleet.bins.map((count, bin) => count - (own[bin] ?? 0));
    return binQuantile(others, 0.5);
  }

  /** How many ways there are in which a group differs from all others. */
  #marksOf(group: number, fleet: Fleet): number {
    const [count, failed] = [this.count[group] ?? 0, this.#failed[group] ?? 0];
    const own = { count, failed, median: () => binQuantile(this.#countsOf(group), 0.5, this.#longest[group]) };
    const others = {
      count: fleet.count - count,
      failed: fleet.failed - failed,
      median: () => this.#medianOfOthers(group, fleet),
    };
    return marksOf(own, others).length;
  }
}

function sumOf(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
