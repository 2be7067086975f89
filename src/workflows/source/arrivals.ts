import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { InstanceRange } from "../graph/instance.ts";
import type { AxisCounts } from "./axis-counts.ts";
import type { Children } from "./children.ts";
import { endOf } from "./ends.ts";
import { type GroupCounts, openAs } from "./group-counts.ts";
import type { InstanceTable } from "./instance-table.ts";
import type { Needs } from "./needs.ts";
import { isFinal } from "./state-codes.ts";

export interface ArrivalsOptions {
  readonly graph: Graph;
  readonly table: InstanceTable;
  readonly groups: GroupCounts;
  readonly needs: Needs;
  readonly axes: AxisCounts;
  readonly children: Children;
}

/** Instances that have come and are not known yet: all of them are counted as parents before any is decided about. */
export class Arrivals {
  readonly #options: ArrivalsOptions;
  /** Among others. */
  #ranges: InstanceRange[] = [];

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  get any(): boolean {
    return this.#ranges.length > 0;
  }

  add(ranges: readonly InstanceRange[]): void {
    for (const range of ranges) this.#ranges.push(range);
  }

  /** Takes all that have come, and counts them. @returns where they are, without any twice. */
  take(): readonly InstanceRange[] {
    const { graph, table, groups, needs, children } = this.#options;
    const ranges = mergedRanges(this.#ranges);
    this.#ranges = [];
    const edges = new Set<GraphEdge>();
    for (const { template } of ranges) {
      table.grow(graph, template);
      needs.grow(template, table.known(template));
      for (const edge of graph.edgesTo(template)) edges.add(edge);
      for (const edge of graph.edgesFrom(template)) edges.add(edge);
    }
    const known = [...edges].filter((edge) => groups.isKnown(edge));
    const late = [...edges].filter((edge) => edge.isLate && !groups.isKnown(edge));
    const groupsBefore = known.map((edge) => [edge, groups.known(edge)] as const);
    for (const edge of edges) this.#countFor(edge, ranges);
    for (const edge of late) children.expectAll(edge);
    for (const [edge, before] of groupsBefore) if (groups.isOpen(edge)) children.connected(edge, before);
    return ranges;
  }

  /** Counts parents that are new to an edge. */
  #countFor(edge: GraphEdge, ranges: readonly InstanceRange[]): void {
    const { groups, table } = this.#options;
    const { parent } = edge;
    const isNewEdge = !groups.isKnown(edge);
    if (isNewEdge) this.#openAxes(edge);
    groups.grow(edge);
    if (isNewEdge) return this.#count(edge, { template: parent, from: 0, to: table.known(parent) }, true);
    for (const range of ranges) if (range.template === parent) this.#count(edge, range, false);
  }

  /** @param all also those that have been known before. */
  #count(edge: GraphEdge, { template, from, to }: InstanceRange, all: boolean): void {
    const { graph, groups, table } = this.#options;
    const { allowFailure } = graph.template(template);
    for (let index = from; index < to; index++) {
      const code = table.get(template, index);
      if ((code !== 0 && !all) || !graph.has(template, index)) continue;
      const group = edge.groupOfParent(index);
      if (group === -1) continue;
      if (isFinal(code)) groups.include(edge, group, endOf(code, allowFailure));
      else groups.expect(edge, group);
    }
  }

  #openAxes(edge: GraphEdge): void {
    const { graph, groups, axes } = this.#options;
    let inside = 0;
    let matched = 0;
    for (const axis of graph.template(edge.parent).axes) {
      if (!axes.isOpen(axis)) continue;
      const how = openAs(graph, edge, axis);
      if (how === "inside") inside++;
      if (how === "matched") matched++;
    }
    groups.open(edge, inside, matched);
  }
}

/** The same instances in ranges that have none in common, by templates. */
function mergedRanges(ranges: readonly InstanceRange[]): InstanceRange[] {
  const merged: InstanceRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.template - b.template || a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || last.template !== range.template || last.to < range.from) merged.push(range);
    else merged[merged.length - 1] = { ...last, to: Math.max(last.to, range.to) };
  }
  return merged;
}
