import type { InstanceState } from "../../domain/instance-state.ts";
import type { Axis } from "../document/workflow.ts";
import { AxisCounts } from "./axis-counts.ts";
import type { EarlierRuns } from "./earlier.ts";
import { END_BAD, endOf } from "./ends.ts";
import { GroupCounts, openAs } from "./group-counts.ts";
import { InstanceQueue } from "./instance-queue.ts";
import { InstanceTable } from "./instance-table.ts";
import { Needs, type Standing } from "./needs.ts";
import type { Instance, InstanceRange, Relation, RelationEdge, Wanted } from "./relation.ts";
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
  WAITING,
} from "./state-codes.ts";

export interface MachineOptions {
  readonly relation: Relation;
  /** Of the workflow; more may come. */
  readonly axes: readonly Axis[];
  readonly wanted: Wanted;
  /** Undefined for a first run. */
  readonly earlier: EarlierRuns | undefined;
  /**
   * An instance that makes values or tasks stays done, without having run. What it made can be added before this returns; only then
   * its axis is closed.
   */
  readonly generatorStayed?: ((generator: Instance) => void) | undefined;
  /** Axes whose generators run in this run are not closed. */
  readonly holdsAxes?: boolean | undefined;
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
  readonly #relation: Relation;
  readonly #ready = new InstanceQueue();
  /** Those that have come to their end, of which nobody has heard who needs them. */
  readonly #ended = new InstanceQueue();
  /** Templates with instances that are not known yet. */
  #fresh: number[] = [];
  /** Generators that have come to their end, and whose axes have not heard of it. */
  readonly #generators: Instance[] = [];
  /** Templates that are known. */
  #templates = 0;
  #outstanding = 0;
  #isWorking = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#relation = options.relation;
    this.needs = new Needs(this.#relation, this.groups);
    this.axes = new AxisCounts(this.#relation, options.axes);
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
    if (this.#relation.templates > this.#templates) this.#takeTemplates();
    for (const { template } of ranges) this.#fresh.push(template);
    this.#work();
  }

  /** With new templates the longest paths of others may have changed. */
  #takeTemplates(): void {
    this.axes.grow();
    const relation = this.#relation;
    const order = Array.from({ length: relation.templates }, (_, template) => template);
    const priorities = order.map((template) => relation.template(template).terms?.priority ?? 0);
    const steps = order.map((template) => relation.critical(template));
    const later = (a: number, b: number): number =>
      (priorities[b] ?? 0) - (priorities[a] ?? 0) || (steps[b] ?? 0) - (steps[a] ?? 0) || a - b;
    this.#ready.rank(order.toSorted(later));
    for (; this.#templates < relation.templates; this.#templates++) this.#fresh.push(this.#templates);
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
    const relation = this.#relation;
    const { allowFailure, generates } = relation.template(template);
    const ends = endOf(this.table.get(template, index), allowFailure);
    for (const edge of relation.edgesFrom(template)) {
      const group = edge.groupOfParent(index);
      if (group < 0) continue;
      const isFirstBad = this.groups.end(edge, group, ends);
      if (isFirstBad && this.#endsEarly(edge)) this.#spoil(edge, group);
      else if (this.groups.isComplete(edge, group)) this.#complete(edge, group);
    }
    if (generates !== undefined) this.#generators.push({ template, index });
  }

  /** Whether children of the edge do not wait for others, once one has not ended well. */
  #endsEarly({ child }: RelationEdge): boolean {
    return this.#relation.template(child).condition === "success";
  }

  #spoil(edge: RelationEdge, group: number): void {
    for (const index of edge.childrenIn(group)) {
      if (this.#isWaiting(edge.child, index)) this.#obey(edge.child, index, this.needs.spoil(edge, index));
    }
  }

  #complete(edge: RelationEdge, group: number): void {
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
    const { earlier, wanted } = this.#options;
    return earlier?.of(template, index) === "done" && !wanted.forces(template, index);
  }

  /** New instances: all of them are counted as parents before any is decided about. */
  #takeFresh(): void {
    const { table } = this;
    const templates = [...new Set(this.#fresh)].toSorted((a, b) => a - b);
    this.#fresh = [];
    const before = new Map(templates.map((template) => [template, table.known(template)]));
    const edges = new Set<RelationEdge>();
    for (const template of templates) {
      table.grow(this.#relation, template);
      this.needs.grow(template, table.known(template));
      for (const edge of this.#relation.edgesTo(template)) edges.add(edge);
      for (const edge of this.#relation.edgesFrom(template)) edges.add(edge);
    }
    const late = [...edges].map((edge) => this.#count(edge, before));
    for (const connect of late) connect?.();
    for (const template of templates) this.#decideFrom(template, before.get(template) ?? 0);
  }

  /** Counts parents that are new to an edge. @returns what is to be done for children that were there, once all is counted. */
  #count(edge: RelationEdge, before: ReadonlyMap<number, number>): (() => void) | undefined {
    const { groups, table } = this;
    const isNewEdge = !groups.isKnown(edge);
    if (isNewEdge) this.#openAxes(edge);
    const groupsBefore = groups.known(edge);
    groups.grow(edge);
    const { parent } = edge;
    const first = isNewEdge ? 0 : (before.get(parent) ?? table.known(parent));
    const { allowFailure } = this.#relation.template(parent);
    for (let index = first; index < table.known(parent); index++) {
      if (!this.#relation.has(parent, index)) continue;
      const group = edge.groupOfParent(index);
      if (group < 0) continue;
      const code = table.get(parent, index);
      if (isFinal(code)) groups.include(edge, group, endOf(code, allowFailure));
      else groups.expect(edge, group);
    }
    const childrenBefore = before.get(edge.child) ?? table.known(edge.child);
    if (!groups.isOpen(edge) || childrenBefore === 0) return undefined;
    return () => this.#connect(edge, groupsBefore, childrenBefore);
  }

  /** Children that were there have got groups. */
  #connect(edge: RelationEdge, groupsBefore: number, childrenBefore: number): void {
    for (let group = groupsBefore; group < this.groups.known(edge); group++) {
      const isComplete = this.groups.isComplete(edge, group);
      // A child that needs one group has waited for it; one that needs several goes on to wait for more of them.
      if (isComplete !== (edge.kind === "join")) continue;
      for (const index of edge.childrenIn(group)) {
        if (index >= childrenBefore || !this.#isWaiting(edge.child, index)) continue;
        if (isComplete) this.#obey(edge.child, index, this.needs.complete(edge, index));
        else this.needs.expect(edge, index);
      }
    }
  }

  #openAxes(edge: RelationEdge): void {
    const { axes } = this.#options;
    let inside = 0;
    let matched = 0;
    for (const axis of this.#relation.template(edge.parent).axes) {
      if (!this.axes.isOpen(axis)) continue;
      const how = openAs(this.#relation, edge, axis, axes);
      if (how === "inside") inside++;
      if (how === "matched") matched++;
    }
    this.groups.open(edge, inside, matched);
  }

  #decideFrom(template: number, first: number): void {
    const { wanted, earlier } = this.#options;
    const { table } = this;
    const relation = this.#relation;
    const to = table.known(template);
    const isGenerator = this.axes.isGenerator(template);
    const isRoot = relation.edgesTo(template).length === 0 && relation.template(template).condition !== "failure";
    const isPlain = isRoot && earlier === undefined && !isGenerator && relation.count(template) === to;
    if (isPlain && wanted.wantsAll === true) {
      table.setRange(template, first, to, READY);
      return this.#ready.addRange(template, first, to);
    }
    for (let index = first; index < to; index++) {
      if (!relation.has(template, index) || !wanted.wants(template, index)) continue;
      table.set(template, index, WAITING);
      if (isGenerator) this.axes.expect(template);
      this.#obey(template, index, this.needs.begin(template, index));
    }
  }

  #tellGenerator(): boolean {
    const generator = this.#generators.shift();
    if (generator === undefined) return false;
    const code = this.table.of(generator);
    const isNew = (code & IS_NEW) !== 0;
    if (code === DONE) this.#options.generatorStayed?.(generator);
    const { template } = generator;
    if (isNew && this.#options.holdsAxes === true) return true;
    this.axes.end(template, endOf(code, this.#relation.template(template).allowFailure));
    return true;
  }

  #closeAxis(): boolean {
    const closed = this.axes.closeNext();
    if (closed === undefined) return false;
    const { axis, ends } = closed;
    this.#relation.close(axis);
    for (let template = 0; template < this.#relation.templates; template++) {
      if (!this.#relation.template(template).axes.includes(axis)) continue;
      for (const edge of this.#relation.edgesFrom(template)) this.#closeAxisOf(edge, axis, ends);
    }
    return true;
  }

  #closeAxisOf(edge: RelationEdge, axis: number, ends: number): void {
    const how = openAs(this.#relation, edge, axis, this.#options.axes);
    if (how === undefined || !this.groups.isKnown(edge)) return;
    const isLast = this.groups.endAxis(edge, how, ends);
    if (how === "inside") this.#tellGrown(edge, isLast, (ends & END_BAD) !== 0);
    else if (isLast) this.#tellConnected(edge);
  }

  /** Groups can get no more parents, by one axis or by any. */
  #tellGrown(edge: RelationEdge, isLast: boolean, isBad: boolean): void {
    for (let group = 0; group < this.groups.known(edge); group++) {
      if (isBad && this.#endsEarly(edge)) this.#spoil(edge, group);
      else if (isLast && this.groups.isComplete(edge, group)) this.#complete(edge, group);
    }
  }

  /** It is known of which groups the children are. */
  #tellConnected(edge: RelationEdge): void {
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
