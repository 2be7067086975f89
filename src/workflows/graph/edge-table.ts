import type { Edge } from "../document/workflow.ts";
import { type EdgeEnds, GraphEdge } from "./edge.ts";
import type { TemplateInstances } from "./template-instances.ts";

const NONE: readonly GraphEdge[] = [];

/** All edges of a graph, by the templates at their ends. */
export class EdgeTable {
  readonly #to: (GraphEdge[] | undefined)[] = [];
  readonly #from: (GraphEdge[] | undefined)[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** What a template needs. */
  to(child: number): readonly GraphEdge[] {
    return this.#to[child] ?? NONE;
  }

  /** What needs a template. */
  from(parent: number): readonly GraphEdge[] {
    return this.#from[parent] ?? NONE;
  }

  /**
   * Adds the edges to a template that is new.
   *
   * @param of the template of a name, and its instances.
   * @param isCircular whether a parent needs the template in its turn.
   */
  add(
    child: number,
    children: TemplateInstances,
    of: (name: string) => readonly [template: number, instances: TemplateInstances],
    isCircular: (parent: number) => boolean,
  ): void {
    for (const [alternative, edges] of children.template.alternatives.entries()) {
      // What inputs need is in each alternative: it tells nothing of which of them is for an instance.
      const hasChoice = children.template.alternatives.length > 1 && !edges.every(({ isOnlyInput }) => isOnlyInput);
      for (const definition of edges) {
        const [parent, parents] = of(definition.parent);
        const isChoosing = !hasChoice || definition.isOnlyInput !== true;
        const ends = { parent, child, alternative, isChoosing, isCircular: () => isCircular(parent), isLate: false };
        this.addOne(ends, definition, parents, children);
      }
    }
  }

  /** Adds one edge, which gets the next number. */
  addOne(
    ends: Omit<EdgeEnds, "number">,
    definition: Edge,
    parents: TemplateInstances,
    children: TemplateInstances,
  ): void {
    const edge = new GraphEdge({ number: this.#count++, ...ends }, definition, parents, children);
    (this.#to[ends.child] ??= []).push(edge);
    (this.#from[ends.parent] ??= []).push(edge);
  }
}
