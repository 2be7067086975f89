import { Bits } from "./bits.ts";
import type { GraphEdge } from "./edge.ts";
import type { Graph } from "./graph.ts";
import type { InstanceRange, Pattern } from "./instance.ts";
import { InstanceSet } from "./instance-set.ts";

/** An instance needs some of a template with any value of an open axis: there has to be one. */
export interface Demand {
  readonly edge: GraphEdge;
  /** Index of the instance that needs them. */
  readonly child: number;
}

/**
 * What a run wants: goals, all that they need, and so on, up to the generators of axes. Instances that are there are gone through one by
 * one. Of templates to which more may come, values tell which of them are wanted. What is open is asked for.
 */
export class Wants {
  readonly demands: Demand[] = [];
  readonly #graph: Graph;
  readonly #set = new InstanceSet();
  /** By edge: groups of which all parents are wanted. */
  readonly #groups: Bits[] = [];
  /** Templates of which something is wanted. */
  readonly #touched = new Bits();
  /** Templates and indexes of instances whose needs have not been looked at. */
  readonly #templates: number[] = [];
  readonly #indexes: number[] = [];
  readonly #patterns: { readonly template: number; readonly pattern: Pattern }[] = [];
  #ranges: InstanceRange[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  has(template: number, index: number): boolean {
    return this.#set.has(template, index, (dimension) => this.#graph.valueAt(template, index, dimension));
  }

  /** Wants all instances with these values, now and later, and what they need. Of open axes values have to be named. */
  want(template: number, pattern: Pattern): void {
    this.#addPattern(template, pattern);
    this.#follow();
  }

  wantInstance(template: number, index: number): void {
    this.#add(template, index);
    this.#follow();
  }

  /**
   * Asks for what new instances need on open axes.
   *
   * @returns where that has made instances, or indexes.
   */
  grow(ranges: readonly InstanceRange[]): InstanceRange[] {
    this.#ranges = [];
    for (const { template, from, to } of ranges) {
      const edges = this.#graph.edgesTo(template).filter(({ parent }) => this.#graph.openDimensions(parent).length > 0);
      if (edges.length === 0) continue;
      for (let index = from; index < to; index++) {
        if (!this.#graph.has(template, index) || !this.has(template, index)) continue;
        for (const edge of edges) this.#followEdge(edge, index);
      }
    }
    this.#follow();
    return this.#ranges;
  }

  #follow(): void {
    for (;;) {
      const [template, index] = [this.#templates.pop(), this.#indexes.pop()];
      if (template !== undefined && index !== undefined) {
        for (const edge of this.#graph.edgesTo(template)) this.#followEdge(edge, index);
        continue;
      }
      const some = this.#patterns.pop();
      if (some === undefined) return;
      for (const edge of this.#graph.edgesTo(some.template))
        this.#addPattern(edge.parent, edge.parentsWith(some.pattern));
    }
  }

  /** Wants what a child needs by way of an edge. */
  #followEdge(edge: GraphEdge, child: number): void {
    const { parent } = edge;
    if (this.#graph.isGrowing(parent) || this.#graph.openDimensions(parent).length > 0) {
      if (this.#set.hasAll(parent)) return;
      const isNamed = this.#addPattern(parent, edge.parentsWith(this.#graph.patternOf(edge.child, child)));
      if (!isNamed) this.demands.push({ edge, child });
      return;
    }
    const groups = (this.#groups[edge.number] ??= new Bits());
    for (const group of edge.groupsOfChild(child)) {
      if (!groups.add(group)) continue;
      for (const index of edge.parentsIn(group)) this.#add(parent, index);
    }
  }

  #add(template: number, index: number): void {
    if (!this.#set.add(template, index)) return;
    this.#touch(template);
    this.#templates.push(template);
    this.#indexes.push(index);
  }

  /** Wants what has these values. @returns false where no value of an open axis is named: what is asked for there is wanted anyway. */
  #addPattern(template: number, pattern: Pattern): boolean {
    const open = this.#graph.openDimensions(template);
    if (open.some((dimension) => pattern[dimension] === undefined)) return false;
    if (open.length > 0) this.#ranges.push(...this.#graph.ask(template, pattern));
    if (!this.#graph.isGrowing(template)) this.#addExisting(template, pattern);
    else if (this.#set.addPattern(template, pattern)) {
      this.#touch(template);
      this.#patterns.push({ template, pattern });
    }
    return true;
  }

  /** Wants instances of a template that does not grow. */
  #addExisting(template: number, pattern: Pattern): void {
    this.#touch(template);
    for (const index of this.#graph.withValues(template, pattern)) this.#add(template, index);
  }

  /** Generators of a template's axes are wanted with it. */
  #touch(template: number): void {
    if (!this.#touched.add(template)) return;
    for (const generator of this.#graph.generatorsOf(template)) {
      this.#addPattern(generator, this.#graph.anyOf(generator));
    }
  }
}
