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
  /** While it grows: what is to be told. */
  #found: InstanceRange[] | undefined;

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
   * Asks for what new instances need on open axes, and wants what new templates need.
   *
   * @param known templates below this are not new.
   * @returns where that has made instances or indexes, and those that were not wanted before.
   */
  grow(ranges: readonly InstanceRange[], known: number): InstanceRange[] {
    this.#found = [];
    for (const { template, from, to } of ranges) {
      const edges = this.#graph.edgesTo(template);
      const some = template >= known ? edges : edges.filter(({ parent }) => this.#isOpen(parent));
      if (template >= known) this.#touch(template);
      if (some.length === 0) continue;
      for (let index = from; index < to; index++) {
        if (!this.#graph.has(template, index) || !(template >= known || this.has(template, index))) continue;
        for (const edge of some) if (edge.parent < known) this.#followEdge(edge, index);
      }
    }
    this.#follow();
    const found = this.#found;
    this.#found = undefined;
    return found;
  }

  #isOpen(template: number): boolean {
    return this.#graph.openDimensions(template).length > 0;
  }

  #follow(): void {
    for (;;) {
      const [template, index] = [this.#templates.pop(), this.#indexes.pop()];
      if (template !== undefined && index !== undefined) {
        // What is skipped anyway needs nothing.
        if (this.#graph.isSkipped(template, index)) continue;
        for (const edge of this.#graph.edgesTo(template)) this.#followEdge(edge, index);
        continue;
      }
      const some = this.#patterns.pop();
      if (some === undefined) return;
      for (const edge of this.#graph.edgesTo(some.template)) {
        const parents = edge.parentsWith(some.pattern);
        if (parents !== undefined) this.#addPattern(edge.parent, parents);
      }
    }
  }

  /** Wants what a child needs by way of an edge. */
  #followEdge(edge: GraphEdge, child: number): void {
    const { parent } = edge;
    if (this.#graph.isGrowing(parent) || this.#isOpen(parent)) {
      if (this.#set.hasAll(parent)) return;
      const pattern = edge.parentsWith(this.#graph.patternOf(edge.child, child));
      if (pattern === undefined) return;
      const isNamed = this.#addPattern(parent, pattern);
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
    this.#found?.push({ template, from: index, to: index + 1 });
    this.#touch(template);
    this.#templates.push(template);
    this.#indexes.push(index);
  }

  /** Wants what has these values. @returns false where no value of an open axis is named: what is asked for there is wanted anyway. */
  #addPattern(template: number, pattern: Pattern): boolean {
    const open = this.#graph.openDimensions(template);
    if (open.some((dimension) => pattern[dimension] === undefined)) return false;
    if (open.length > 0) {
      const made = this.#graph.ask(template, pattern);
      this.#found?.push(...made);
    }
    if (this.#graph.isGrowing(template)) this.#addLater(template, pattern);
    else this.#addExisting(template, pattern);
    return true;
  }

  /** Wants instances of a template to which more may come. */
  #addLater(template: number, pattern: Pattern): void {
    for (const index of this.#found === undefined ? [] : this.#graph.withValues(template, pattern)) {
      if (!this.has(template, index)) this.#found?.push({ template, from: index, to: index + 1 });
    }
    if (!this.#set.addPattern(template, pattern)) return;
    this.#touch(template);
    this.#patterns.push({ template, pattern });
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
