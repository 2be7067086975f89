import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import type { InstanceTable } from "./instance-table.ts";
import { DONE, FAILED, IS_NEW, KILLED, STATE_MASK } from "./state-codes.ts";

/** Nothing of the group has run. */
const NONE = -1;

/** Whether an instance that has ended is one that others follow. */
type IsFollowed = (template: number, index: number) => boolean;

/** Tells which instance has run that others follow. Each group of what instances need is looked through once. */
export class NewNeeds {
  readonly #graph: Graph;
  readonly #isFollowed: IsFollowed;
  /** By edge and group: index of the first parent that has run. */
  readonly #first = new Map<number, Map<number, number>>();

  /** @param isFollowed of those that have ended; they are that for good. */
  constructor(graph: Graph, isFollowed: IsFollowed) {
    this.#graph = graph;
    this.#isFollowed = isFollowed;
  }

  /** Those that have run in this run. */
  static inRun(graph: Graph, table: InstanceTable): NewNeeds {
    return new NewNeeds(graph, (template, index) => {
      const code = table.get(template, index);
      const state = code & STATE_MASK;
      return (code & IS_NEW) !== 0 && (state === DONE || state === FAILED || state === KILLED);
    });
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
      if (!this.#isFollowed(edge.parent, parent)) continue;
      known.set(group, parent);
      return parent;
    }
    // Alternatives may be decided before all of another one has ended.
    if (this.#graph.template(edge.child).alternatives.length === 1) known.set(group, NONE);
    return NONE;
  }
}
