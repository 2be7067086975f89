import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import { END_BAD } from "./ends.ts";
import type { GroupCounts } from "./group-counts.ts";
import type { InstanceTable } from "./instance-table.ts";
import type { Needs, Standing } from "./needs.ts";
import { STATE_MASK, WAITING } from "./state-codes.ts";

export interface ChildrenOptions {
  readonly graph: Graph;
  readonly table: InstanceTable;
  readonly groups: GroupCounts;
  readonly needs: Needs;
  /** Told what an instance that waits can do now. */
  readonly obey: (template: number, index: number, standing: Standing) => void;
}

/** Tells instances that wait what has become of what they need. */
export class Children {
  readonly #options: ChildrenOptions;

  constructor(options: ChildrenOptions) {
    this.#options = options;
  }

  /** A parent has ended. @param isFirstBad it is the first of its group that has not ended well. */
  parentEnded(edge: GraphEdge, group: number, isFirstBad: boolean): void {
    if (isFirstBad && this.#endsEarly(edge)) this.#spoil(edge, group);
    else if (this.#options.groups.isComplete(edge, group)) this.#complete(edge, group);
  }

  /** Groups can get no more parents by one axis. @param isLast nor by any other. @param isBad not all of its generators have ended well. */
  grown(edge: GraphEdge, isLast: boolean, isBad: boolean): void {
    const { groups } = this.#options;
    for (let group = 0; group < groups.known(edge); group++) {
      if (isBad && this.#endsEarly(edge)) this.#spoil(edge, group);
      else if (isLast && groups.isComplete(edge, group)) this.#complete(edge, group);
    }
  }

  /** Children that were there may have got groups. @param groupsBefore how many groups there were. */
  connected(edge: GraphEdge, groupsBefore: number): void {
    const { groups, needs, obey } = this.#options;
    for (let group = groupsBefore; group < groups.known(edge); group++) {
      const isComplete = groups.isComplete(edge, group);
      // A child that needs one group has waited for it; one that needs several goes on to wait for more of them.
      if (isComplete !== (edge.kind === "join")) continue;
      for (const index of edge.childrenIn(group)) {
        if (!this.#isWaiting(edge, index)) continue;
        if (isComplete) obey(edge.child, index, needs.complete(edge, index));
        else needs.expect(edge, index);
      }
    }
  }

  /** An edge has come to children that were there: those that wait do so for what it leads to, too. */
  expectAll(edge: GraphEdge): void {
    const { table, needs } = this.#options;
    for (let index = 0; index < table.known(edge.child); index++) {
      if (this.#isWaiting(edge, index) && edge.isFor(index)) needs.expectAll(edge, index);
    }
  }

  /** Children can get no more groups: those know it that have waited for some. */
  allConnected(edge: GraphEdge): void {
    const { table, needs, obey } = this.#options;
    for (let index = 0; index < table.known(edge.child); index++) {
      if (!this.#isWaiting(edge, index) || !edge.isFor(index)) continue;
      if (edge.kind === "join" && edge.groupOfChild(index) >= 0) continue;
      const isBad = (needs.endsOf(edge, index) & END_BAD) !== 0;
      const isSpoilt = isBad && this.#endsEarly(edge);
      obey(edge.child, index, isSpoilt ? needs.spoil(edge, index) : needs.complete(edge, index));
    }
  }

  #spoil(edge: GraphEdge, group: number): void {
    const { needs, obey } = this.#options;
    for (const index of edge.childrenIn(group)) {
      if (this.#isWaiting(edge, index)) obey(edge.child, index, needs.spoil(edge, index));
    }
  }

  #complete(edge: GraphEdge, group: number): void {
    const { needs, obey } = this.#options;
    for (const index of edge.childrenIn(group)) {
      if (this.#isWaiting(edge, index)) obey(edge.child, index, needs.complete(edge, index));
    }
  }

  /** Whether children of the edge do not wait for others, once one has not ended well. */
  #endsEarly({ child }: GraphEdge): boolean {
    return this.#options.graph.template(child).condition === "success";
  }

  #isWaiting({ child }: GraphEdge, index: number): boolean {
    return (this.#options.table.get(child, index) & STATE_MASK) === WAITING;
  }
}
