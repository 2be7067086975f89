import { Bits } from "./bits.ts";
import type { GraphEdge } from "./edge.ts";
import type { Graph } from "./graph.ts";
import type { Pattern } from "./instance.ts";
import { InstanceSet } from "./instance-set.ts";

/**
 * What runs even if it is done: some instances, all that need them, and so on, with all that a generator's values make. Of
 * templates to which more may come, values tell.
 */
export class Forces {
  readonly #graph: Graph;
  readonly #set = new InstanceSet();
  /** By edge: groups of which all children are forced. */
  readonly #groups: Bits[] = [];
  readonly #templates: number[] = [];
  readonly #indexes: number[] = [];
  readonly #patterns: { readonly template: number; readonly pattern: Pattern }[] = [];
  readonly #wanted: (template: number, pattern: Pattern | number) => void;

  /** @param wanted is told all that is forced: an index, or values. */
  constructor(graph: Graph, wanted: (template: number, pattern: Pattern | number) => void) {
    this.#graph = graph;
    this.#wanted = wanted;
  }

  has(template: number, index: number): boolean {
    return this.#set.has(template, index, (dimension) => this.#graph.valueAt(template, index, dimension));
  }

  /** Forces all instances with these values, now and later, and what depends on them. */
  force(template: number, pattern: Pattern): void {
    this.#addPattern(template, pattern);
    for (;;) {
      const [child, index] = [this.#templates.pop(), this.#indexes.pop()];
      if (child !== undefined && index !== undefined) {
        this.#followInstance(child, index);
        continue;
      }
      const some = this.#patterns.pop();
      if (some === undefined) return;
      for (const edge of this.#graph.edgesFrom(some.template)) this.#addChildren(edge, some.pattern);
      this.#forceMade(some.template);
    }
  }

  #followInstance(template: number, index: number): void {
    for (const edge of this.#graph.edgesFrom(template)) {
      if (this.#graph.isGrowing(edge.child) || this.#graph.openDimensions(edge.child).length > 0) {
        this.#addChildren(edge, this.#graph.patternOf(template, index));
        continue;
      }
      const group = edge.groupOfParent(index);
      if (group === -1 || !(this.#groups[edge.number] ??= new Bits()).add(group)) continue;
      for (const child of edge.childrenIn(group)) this.#add(edge.child, child);
    }
    this.#forceMade(template);
  }

  /** Everything is forced that has values which the template makes. */
  #forceMade(template: number): void {
    for (const axis of this.#graph.axesMadeBy(template)) {
      for (const user of this.#graph.templatesWith(axis)) this.#addPattern(user, this.#graph.anyOf(user));
    }
  }

  #addChildren(edge: GraphEdge, pattern: Pattern): void {
    const children = edge.childrenWith(pattern);
    if (children !== undefined) this.#addPattern(edge.child, children);
  }

  #addPattern(template: number, pattern: Pattern): void {
    const open = this.#graph.openDimensions(template);
    // What depends on it is there when somebody asks for it: that is done here, as far as values are known.
    if (open.length > 0 && open.every((dimension) => pattern[dimension] !== undefined))
      this.#graph.ask(template, pattern);
    if (!this.#graph.isGrowing(template)) {
      for (const index of this.#graph.withValues(template, pattern)) this.#add(template, index);
      return;
    }
    if (!this.#set.addPattern(template, pattern)) return;
    this.#patterns.push({ template, pattern });
    this.#wanted(template, pattern);
  }

  #add(template: number, index: number): void {
    if (!this.#set.add(template, index)) return;
    this.#templates.push(template);
    this.#indexes.push(index);
    this.#wanted(template, index);
  }
}
