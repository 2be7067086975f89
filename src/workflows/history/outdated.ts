import { meaningOf } from "../graph/instances-named.ts";
import type { RunReason } from "../../domain/run-reason.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Pattern } from "../graph/instance.ts";
import type { PastRun } from "./history.ts";
import type { Past } from "./past.ts";

/** Instances that a run was begun from: it was to run them even if they were done. */
interface Demand {
  readonly run: number;
  readonly pattern: Pattern;
}

/**
 * Tells which instances are done and have to run all the same, since no earlier run has come to them that should have: something that
 * they need has run after them, or a run was begun from them.
 */
export class Outdated {
  readonly #graph: Graph;
  readonly #past: Past;
  readonly #lastRun: number;
  /** Names that runs were begun from. */
  readonly #from: readonly { readonly run: number; readonly name: string }[];
  /** What they mean, by template, among so many templates. */
  readonly #demands = new Map<number, Demand[]>();
  #templates = 0;
  /** By edge and group: the last run in which one of the group ran. */
  readonly #groups = new Map<number, Map<number, number>>();

  constructor(graph: Graph, past: Past, runs: readonly PastRun[]) {
    this.#graph = graph;
    this.#past = past;
    this.#lastRun = runs.at(-1)?.run ?? 0;
    this.#from = runs.flatMap(({ run, from, only }) => (only ? [] : from.map((name) => ({ run, name }))));
  }

  /** Whether an instance that is done has to run again. Asked when all is known that it needs, or one alternative of it. */
  has(template: number, index: number): boolean {
    const made = this.#past.madeIn(template, index, () => this.#graph.nameOf(template, index));
    if (made >= this.#lastRun) return false;
    return this.#isDemanded(template, index, made) || this.#hasNewNeeds(template, index, made);
  }

  /** Why one has to run again of which that is so. */
  why(template: number, index: number): RunReason {
    const made = this.#past.madeIn(template, index, () => this.#graph.nameOf(template, index));
    if (this.#isDemanded(template, index, made)) return { kind: "forced" };
    for (const edge of this.#graph.edgesTo(template)) {
      for (const group of edge.groupsOfChild(index)) {
        if (this.#lastRunIn(edge, group, true) <= made) continue;
        for (const parent of edge.parentsIn(group)) {
          const name = this.#graph.nameOf(edge.parent, parent);
          if (this.#past.ranIn(edge.parent, parent, () => name) > made) return { kind: "again", instance: name };
        }
      }
    }
    return { kind: "again" };
  }

  #isDemanded(template: number, index: number, made: number): boolean {
    if (this.#from.length === 0) return false;
    const has = (values: readonly string[] | undefined, dimension: number): boolean =>
      values === undefined || values.includes(this.#graph.valueAt(template, index, dimension));
    return this.#demandsOf(template).some(({ run, pattern }) => run > made && pattern.every(has));
  }

  #demandsOf(template: number): readonly Demand[] {
    if (this.#templates !== this.#graph.templates) {
      this.#templates = this.#graph.templates;
      this.#demands.clear();
      for (const { run, name } of this.#from) {
        for (const named of meaningOf(this.#graph, name)) {
          const pattern = named.values.map((value) => (value === undefined ? undefined : [value]));
          const demands = this.#demands.get(named.template) ?? [];
          this.#demands.set(named.template, demands);
          demands.push({ run, pattern });
        }
      }
    }
    return this.#demands.get(template) ?? [];
  }

  #hasNewNeeds(template: number, index: number, made: number): boolean {
    const edges = this.#graph.edgesTo(template);
    const { length } = this.#graph.template(template).alternatives;
    const isNewer = (edge: GraphEdge): boolean => this.#lastRunOf(edge, index, made, length > 1) > made;
    if (!edges.some(isNewer)) return false;
    if (length < 2) return true;
    // One alternative that has been met and is as old is what it was made from.
    const alternatives = Array.from({ length }, (_, number) => edges.filter((edge) => edge.alternative === number));
    const met = alternatives.filter((all) => all.every((edge) => this.#wasMet(edge, index)));
    return met.every((all) => all.some(isNewer));
  }

  #wasMet(edge: GraphEdge, index: number): boolean {
    const { allowFailure } = this.#graph.template(edge.parent);
    for (const parent of edge.parentsOf(index)) {
      const state = this.#past.stateOf(edge.parent, parent, () => this.#graph.nameOf(edge.parent, parent));
      if (state !== "done" && state !== "changed" && !(allowFailure && state === "failed")) return false;
    }
    return true;
  }

  /** The last run in which something ran that the instance needs by way of the edge; where that is after `made`. */
  #lastRunOf(edge: GraphEdge, index: number, made: number, mayGrow: boolean): number {
    if (this.#past.anyRanIn(this.#graph.template(edge.parent).name) <= made) return 0;
    let last = 0;
    for (const group of edge.groupsOfChild(index)) last = Math.max(last, this.#lastRunIn(edge, group, mayGrow));
    return last;
  }

  #lastRunIn(edge: GraphEdge, group: number, mayGrow: boolean): number {
    const known = this.#groups.get(edge.number) ?? new Map<number, number>();
    this.#groups.set(edge.number, known);
    let last = known.get(group);
    if (last === undefined) {
      last = 0;
      for (const parent of edge.parentsIn(group)) {
        const ran = this.#past.ranIn(edge.parent, parent, () => this.#graph.nameOf(edge.parent, parent));
        last = Math.max(last, ran);
      }
      if (!mayGrow) known.set(group, last);
    }
    return last;
  }
}
