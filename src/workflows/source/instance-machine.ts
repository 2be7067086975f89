import type { InstanceState } from "../../domain/instance-state.ts";
import { AxisCounts } from "./axis-counts.ts";
import type { EarlierRuns } from "./earlier.ts";
import { END_BAD, endOf } from "./ends.ts";
import { GroupCounts, openAs } from "./group-counts.ts";
import { InstanceQueue } from "./instance-queue.ts";
import { InstanceTable } from "./instance-table.ts";
import { Needs, type Standing } from "./needs.ts";
import type { GraphEdge } from "../graph/edge.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance, InstanceRange } from "../graph/instance.ts";
import type { Selection } from "../graph/selection.ts";
import {
  BLOCKED,
  DONE,
  isFinal,
  IS_NEW,
  READY,
  RETRYING,
  RUNNING,
  SKIPPED,
  STATE_MASK,
  stateOf,
  UNWANTED,
  WAITING,
} from "./state-codes.ts";

export interface MachineOptions {
  readonly graph: Graph;
  readonly selection: Selection;
  /** Undefined for a first run. */
  readonly earlier: EarlierRuns | undefined;
  /**
   * An instance that makes values or tasks stays done, without having run. What it made can be added before this returns; only then
   * its axis is closed.
   */
  readonly generatorStayed?: ((generator: Instance) => void) | undefined;
}

/**
 * Decides about instances: which can run, which stay done, which never run. Pure: facts go in, and those that can run are taken out,
 * in their order. What an end changes is worked through in queues, so that the depth of a workflow is no depth of calls.
 *
 *     waiting ──► ready ──► taken ──► done | failed | killed
 *        │  └──► done, since it was before and nothing that it needs has run
 *        └─────► blocked | skipped
 */
export class InstanceMachine {
  readonly table = new InstanceTable();
  readonly groups = new GroupCounts();
  readonly needs: Needs;
  readonly axes: AxisCounts;
  readonly #options: MachineOptions;
  readonly #graph: Graph;
  readonly #ready = new InstanceQueue();
  /** Those that have come to their end, of which nobody has heard who needs them. */
  readonly #ended = new InstanceQueue();
  /** Instances that are not known yet, among others. */
  #fresh: InstanceRange[] = [];
  /** Generators that have come to their end, and whose axes have not heard of it. */
  readonly #generators: Instance[] = [];
  /** Templates that are known. */
  #templates = 0;
  #outstanding = 0;
  #isWorking = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#graph = options.graph;
    this.needs = new Needs(this.#graph, this.groups);
    this.axes = new AxisCounts(this.#graph);
  }

  /** Decides about all instances that there are. */
  begin(): void {
    this.grew([]);
  }

  /** Instances that can run and have not been taken. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** Instances that were taken, and have no outcome. */
  get outstanding(): number {
    return this.#outstanding;
  }

  /** Undefined for an instance that the run does not want. */
  stateOf(instance: Instance): InstanceState | undefined {
    return stateOf(this.table.of(instance) & STATE_MASK);
  }

  /** Takes the first instance that can run; undefined when there is none for now. */
  take(): Instance | undefined {
    const template = this.#ready.firstTemplate();
    if (template < 0) return undefined;
    this.#outstanding++;
    return { template, index: this.#ready.takeFrom(template) };
  }

  /** An instance that was taken gets on. @param code of a state that is not final. */
  move({ template, index }: Instance, code: number): void {
    const now = this.table.get(template, index) & STATE_MASK;
    // One that waits may be under way all the same, as another driver has left it: it gets there when what it needs has been told.
    if (now === READY || now === RUNNING || now === RETRYING) this.table.set(template, index, code);
  }

  /** An instance that was taken has its outcome. @param code of a final state. */
  settle({ template, index }: Instance, code: number): void {
    if (isFinal(this.table.get(template, index))) return;
    this.#outstanding--;
    this.#end(template, index, code | IS_NEW);
    this.#work();
  }

  /** The graph has more templates, or these instances. */
  grew(ranges: readonly InstanceRange[]): void {
    if (this.#graph.templates > this.#templates) this.#takeTemplates();
    this.#fresh.push(...ranges);
    this.#work();
  }

  /** With new templates the longest paths of others may have changed. */
  #takeTemplates(): void {
    this.axes.grow();
    const graph = this.#graph;
    const order = Array.from({ length: graph.templates }, (_, template) => template);
    const priorities = order.map((template) => graph.template(template).terms?.priority ?? 0);
    const steps = order.map((template) => graph.critical(template));
    const later = (a: number, b: number): number =>
      (priorities[b] ?? 0) - (priorities[a] ?? 0) || (steps[b] ?? 0) - (steps[a] ?? 0) || a - b;
    this.#ready.rank(order.toSorted(later));
    for (; this.#templates < graph.templates; this.#templates++) {
      this.#fresh.push({ template: this.#templates, from: 0, to: graph.size(this.#templates) });
    }
  }

  /** The instance stays in this state, of which whatever needs it hears later. */
  #end(template: number, index: number, code: number): void {
    this.table.set(template, index, code);
    this.#ended.add(template, index);
  }

  /** Everything that follows from what has happened. What happens meanwhile only joins the queues. */
  #work(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (;;) {
        const template = this.#ended.firstTemplate();
        if (template >= 0) this.#tellEnd(template, this.#ended.takeFrom(template));
        else if (this.#fresh.length > 0) this.#takeFresh();
        else if (!this.#tellGenerator() && !this.#closeAxis()) return;
      }
    } finally {
      this.#isWorking = false;
    }
  }

  #tellEnd(template: number, index: number): void {
    const graph = this.#graph;
    const { allowFailure, generates } = graph.template(template);
    const ends = endOf(this.table.get(template, index), allowFailure);
    for (const edge of graph.edgesFrom(template)) {
      const group = edge.groupOfParent(index);
      if (group < 0) continue;
      const isFirstBad = this.groups.end(edge, group, ends);
      if (isFirstBad && this.#endsEarly(edge)) this.#spoil(edge, group);
      else if (this.groups.isComplete(edge, group)) this.#complete(edge, group);
    }
    if (generates !== undefined) this.#generators.push({ template, index });
  }

  /** Whether children of the edge do not wait for others, once one has not ended well. */
  #endsEarly({ child }: GraphEdge): boolean {
    return this.#graph.template(child).condition === "success";
  }

  #spoil(edge: GraphEdge, group: number): void {
    for (const index of edge.childrenIn(group)) {
      if (this.#isWaiting(edge.child, index)) this.#obey(edge.child, index, this.needs.spoil(edge, index));
    }
  }

  #complete(edge: GraphEdge, group: number): void {
    for (const index of edge.childrenIn(group)) {
      if (this.#isWaiting(edge.child, index)) this.#obey(edge.child, index, this.needs.complete(edge, index));
    }
  }

  #isWaiting(template: number, index: number): boolean {
    return (this.table.get(template, index) & STATE_MASK) === WAITING;
  }

  /** Does what follows from all that an instance needs. */
  #obey(template: number, index: number, { verdict, isNew }: Standing): void {
    switch (verdict) {
      case "open":
        return;
      case "bad":
        return this.#end(template, index, BLOCKED | IS_NEW);
      case "skipped":
        return this.#end(template, index, SKIPPED | (isNew ? IS_NEW : 0));
      case "met":
        if (!isNew && this.#staysDone(template, index)) return this.#end(template, index, DONE);
        this.table.set(template, index, READY);
        return this.#ready.add(template, index);
      default:
        return verdict satisfies never;
    }
  }

  #staysDone(template: number, index: number): boolean {
    const { earlier, selection } = this.#options;
    return earlier?.of(template, index) === "done" && !selection.forces(template, index);
  }

  /** New instances: all of them are counted as parents before any is decided about. */
  #takeFresh(): void {
    const { table } = this;
    const ranges = mergedRanges(this.#fresh);
    this.#fresh = [];
    const edges = new Set<GraphEdge>();
    for (const { template } of ranges) {
      table.grow(this.#graph, template);
      this.needs.grow(template, table.known(template));
      for (const edge of this.#graph.edgesTo(template)) edges.add(edge);
      for (const edge of this.#graph.edgesFrom(template)) edges.add(edge);
    }
    const groupsBefore = new Map(Array.from(edges, (edge) => [edge, this.groups.known(edge)]));
    for (const edge of edges) this.#countNew(edge, ranges);
    for (const [edge, before] of groupsBefore) if (this.groups.isOpen(edge)) this.#connect(edge, before);
    for (const range of ranges) this.#decideAll(range);
  }

  /** Counts parents that are new to an edge. */
  #countNew(edge: GraphEdge, ranges: readonly InstanceRange[]): void {
    const { groups } = this;
    const isNewEdge = !groups.isKnown(edge);
    if (isNewEdge) this.#openAxes(edge);
    groups.grow(edge);
    const { parent } = edge;
    if (isNewEdge) return this.#count(edge, { template: parent, from: 0, to: this.table.known(parent) }, true);
    for (const range of ranges) if (range.template === parent) this.#count(edge, range, false);
  }

  /** @param all also those that have been known before. */
  #count(edge: GraphEdge, { template, from, to }: InstanceRange, all: boolean): void {
    const { groups, table } = this;
    const { allowFailure } = this.#graph.template(template);
    for (let index = from; index < to; index++) {
      const code = table.get(template, index);
      if ((code !== 0 && !all) || !this.#graph.has(template, index)) continue;
      const group = edge.groupOfParent(index);
      if (isFinal(code)) groups.include(edge, group, endOf(code, allowFailure));
      else groups.expect(edge, group);
    }
  }

  /** Children that were there may have got groups. */
  #connect(edge: GraphEdge, groupsBefore: number): void {
    for (let group = groupsBefore; group < this.groups.known(edge); group++) {
      const isComplete = this.groups.isComplete(edge, group);
      // A child that needs one group has waited for it; one that needs several goes on to wait for more of them.
      if (isComplete !== (edge.kind === "join")) continue;
      for (const index of edge.childrenIn(group)) {
        if (!this.#isWaiting(edge.child, index)) continue;
        if (isComplete) this.#obey(edge.child, index, this.needs.complete(edge, index));
        else this.needs.expect(edge, index);
      }
    }
  }

  #openAxes(edge: GraphEdge): void {
    let inside = 0;
    let matched = 0;
    for (const axis of this.#graph.template(edge.parent).axes) {
      if (!this.axes.isOpen(axis)) continue;
      const how = openAs(this.#graph, edge, axis);
      if (how === "inside") inside++;
      if (how === "matched") matched++;
    }
    this.groups.open(edge, inside, matched);
  }

  #decideAll({ template, from, to }: InstanceRange): void {
    const { selection } = this.#options;
    const { table } = this;
    const graph = this.#graph;
    const isGenerator = this.axes.isGenerator(template);
    if (
      this.#areRoots(template) &&
      graph.count(template) === table.known(template) &&
      table.isFresh(template, from, to)
    ) {
      table.setRange(template, from, to, READY);
      return this.#ready.addRange(template, from, to);
    }
    for (let index = from; index < to; index++) {
      if (table.get(template, index) !== 0 || !graph.has(template, index)) continue;
      if (!selection.wants(template, index)) table.set(template, index, UNWANTED);
      else {
        table.set(template, index, WAITING);
        if (isGenerator) this.axes.expect(template);
        this.#obey(template, index, this.needs.begin(template, index));
      }
    }
  }

  /** Whether all instances of the template can run at once, whatever else is. */
  #areRoots(template: number): boolean {
    const { selection, earlier } = this.#options;
    const { condition, generates } = this.#graph.template(template);
    const isPlain = condition !== "failure" && generates === undefined && this.#graph.edgesTo(template).length === 0;
    return isPlain && selection.wantsAll && earlier === undefined;
  }

  #tellGenerator(): boolean {
    const generator = this.#generators.shift();
    if (generator === undefined) return false;
    const code = this.table.of(generator);
    if (code === DONE) this.#options.generatorStayed?.(generator);
    const { template } = generator;
    this.axes.end(template, endOf(code, this.#graph.template(template).allowFailure));
    return true;
  }

  #closeAxis(): boolean {
    const closed = this.axes.closeNext();
    if (closed === undefined) return false;
    const { axis, ends } = closed;
    this.#graph.close(axis);
    for (const template of this.#graph.templatesWith(axis)) {
      for (const edge of this.#graph.edgesFrom(template)) this.#closeAxisOf(edge, axis, ends);
    }
    return true;
  }

  #closeAxisOf(edge: GraphEdge, axis: number, ends: number): void {
    const how = openAs(this.#graph, edge, axis);
    if (how === undefined || !this.groups.isKnown(edge)) return;
    const isLast = this.groups.endAxis(edge, how, ends);
    if (how === "inside") this.#tellGrown(edge, isLast, (ends & END_BAD) !== 0);
    else if (isLast) this.#tellConnected(edge);
  }

  /** Groups can get no more parents, by one axis or by any. */
  #tellGrown(edge: GraphEdge, isLast: boolean, isBad: boolean): void {
    for (let group = 0; group < this.groups.known(edge); group++) {
      if (isBad && this.#endsEarly(edge)) this.#spoil(edge, group);
      else if (isLast && this.groups.isComplete(edge, group)) this.#complete(edge, group);
    }
  }

  /** It is known of which groups the children are. */
  #tellConnected(edge: GraphEdge): void {
    for (let index = 0; index < this.table.known(edge.child); index++) {
      if (!this.#isWaiting(edge.child, index)) continue;
      if (edge.kind === "join" && edge.groupOfChild(index) >= 0) continue;
      const isBad = (this.needs.endsOf(edge, index) & END_BAD) !== 0;
      const standing =
        isBad && this.#endsEarly(edge) ? this.needs.spoil(edge, index) : this.needs.complete(edge, index);
      this.#obey(edge.child, index, standing);
    }
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
