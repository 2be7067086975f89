import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { InstanceTable } from "./instance-table.ts";
import { DONE, FAILED, IS_NEW, KILLED, STATE_MASK } from "./state-codes.ts";

/** Nothing of the group has run. */
const NONE = -1;

/** Tells which instance has run that others follow. A group of which one has run is looked through once, for all that need it. */
export class NewNeeds {
  readonly #graph: Graph;
  readonly #table: InstanceTable;
  /** By edge and group: index of the first parent that has run. */
  readonly #first = new Map<number, Map<number, number>>();

  constructor(graph: Graph, table: InstanceTable) {
    this.#graph = graph;
    this.#table = table;
  }

  /** The first instance that this one needs and that has run; undefined where none has. Asked when all of these have ended. */
  of({ template, index }: Instance): Instance | undefined {
    for (const edge of this.#graph.edgesTo(template)) {
      for (const group of edge.groupsOfChild(index)) {
        const parent = this.#firstIn(edge, group);
        if (parent !== NONE) return { template: edge.parent, index: parent };
      }
    }
    return undefined;
  }

  #firstIn(edge: GraphEdge, group: number): number {
    const known = this.#first.get(edge.number) ?? new Map<number, number>();
    this.#first.set(edge.number, known);
    const before = known.get(group);
    if (before !== undefined) return before;
    for (const parent of edge.parentsIn(group)) {
      if (!this.#hasRun(edge.parent, parent)) continue;
      known.set(group, parent);
      return parent;
    }
    // Alternatives may be decided before all of another one has ended.
    if (this.#graph.template(edge.child).alternatives.length === 1) known.set(group, NONE);
    return NONE;
  }

  #hasRun(template: number, index: number): boolean {
    const code = this.#table.get(template, index);
    const state = code & STATE_MASK;
    return (code & IS_NEW) !== 0 && (state === DONE || state === FAILED || state === KILLED);
  }
}
