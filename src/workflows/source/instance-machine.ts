import { Fifo } from "../../domain/fifo.ts";
import type { InstanceState } from "../../domain/instance-state.ts";
import { Arrivals } from "./arrivals.ts";
import { AxisCounts } from "./axis-counts.ts";
import type { Question, Verdict } from "./checks.ts";
import { Children, type ChildrenOptions } from "./children.ts";
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
  REUSED,
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
   * whatever needs it hears of its end, and its axis is closed.
   */
  readonly generatorStayed?: ((generator: Instance) => void) | undefined;
  /** For plans: what is needed of a generator that runs is taken for printed. */
  readonly assumesPrinted?: boolean | undefined;
  /** Whether files decide about instances of the template; for none where it is missing. */
  readonly looksAt?: ((template: number) => boolean) | undefined;
  /** The instance has been given out in this run already, by a driver that has died: no file is asked once more. */
  readonly wasGiven?: ((template: number, index: number) => boolean) | undefined;
  /**
   * Told of each instance that can run from now on and of which no file decides; not in a first run.
   *
   * @param isNew something that it needs has run in this run.
   */
  readonly canRun?: ((instance: Instance, isNew: boolean) => void) | undefined;
}

/**
 * Decides about instances: which can run, which stay done, which never run. Pure: facts go in, and those that can run are taken out,
 * in their order. What an end changes is worked through in queues, so that the depth of a workflow is no depth of calls.
 *
 *     waiting ──► ready ──► taken ──► done | failed | killed
 *        │  │      ▲
 *        │  ├──► asked ──► done | reused | blocked, as its files decide
 *        │  └──► done, since it was before and nothing that it needs has run
 *        └─────► blocked | skipped
 *
 * One that is asked for counts as ready.
 */
export class InstanceMachine {
  readonly table = new InstanceTable();
  readonly groups = new GroupCounts();
  readonly needs: Needs;
  readonly axes: AxisCounts;
  readonly #options: MachineOptions;
  readonly #graph: Graph;
  readonly #ready = new InstanceQueue();
  /** Those about which files decide, of which nobody has asked any. */
  readonly #asked = new InstanceQueue();
  /** Those that have come to their end, of which nobody has heard who needs them. */
  readonly #ended = new InstanceQueue();
  readonly #children: Children;
  readonly #arrivals: Arrivals;
  /** Generators that have come to their end, and whose axes have not heard of it. */
  readonly #generators = new Fifo<Instance>();
  /** Generators that stay done, of which nobody has heard. */
  readonly #stayed = new Fifo<Instance>();
  /** Templates that are known. */
  #templates = 0;
  #outstanding = 0;
  #isWorking = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.#graph = options.graph;
    this.needs = new Needs(this.#graph, this.groups, options.assumesPrinted);
    this.axes = new AxisCounts(this.#graph);
    const { table, groups, needs, axes } = this;
    const own = { graph: options.graph, table, groups, needs };
    const obey: ChildrenOptions["obey"] = (template, index, standing) => this.#obey(template, index, standing);
    this.#children = new Children({ ...own, obey });
    this.#arrivals = new Arrivals({ ...own, axes, children: this.#children });
  }

  /** Decides about all instances that there are. */
  begin(): void {
    this.grew([]);
  }

  /** Instances that can run and have not been taken. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** The next instance about which files decide; undefined where there is none for now. Its verdict is to follow. */
  ask(): Question | undefined {
    const template = this.#asked.firstTemplate();
    if (template < 0) return undefined;
    const index = this.#asked.takeFrom(template);
    const { earlier, selection } = this.#options;
    return {
      instance: { template, index },
      isNew: (this.table.get(template, index) & IS_NEW) !== 0,
      earlier: earlier?.of(template, index) ?? "never",
      isForced: selection.forces(template, index),
    };
  }

  /** There are instances about which files decide, of which nobody has asked any. */
  get canAsk(): boolean {
    return this.#asked.size > 0;
  }

  /**
   * What files say of an instance that was asked for. One that is reused and gets a row is taken then. Whatever needs it hears of it
   * when `goOn` is called.
   */
  decide({ template, index }: Instance, verdict: Verdict): void {
    switch (verdict.fate) {
      case "done":
        this.#stay(template, index);
        break;
      case "reused":
        if (verdict.previous === undefined) this.#end(template, index, REUSED);
        else this.#outstanding++;
        break;
      case "missing":
        this.#end(template, index, BLOCKED | IS_NEW);
        break;
      case "runs":
        this.#ready.add(template, index);
        break;
      default:
        verdict satisfies never;
    }
  }

  /** Works out what follows from verdicts. */
  goOn(): void {
    this.#work();
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
    // What has not run once more is as old as it was.
    this.#end(template, index, code === REUSED ? code : code | IS_NEW);
    this.#work();
  }

  /** The graph has more templates, or these instances. */
  grew(ranges: readonly InstanceRange[]): void {
    if (this.#graph.templates > this.#templates) this.#takeTemplates();
    this.#arrivals.add(ranges);
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
    const ranked = order.toSorted(later);
    this.#ready.rank(ranked);
    this.#asked.rank(ranked);
    for (; this.#templates < graph.templates; this.#templates++) {
      this.#arrivals.add([{ template: this.#templates, from: 0, to: graph.size(this.#templates) }]);
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
        else if (this.#arrivals.any) for (const range of this.#arrivals.take()) this.#decideAll(range);
        else if (!this.#tellStayed() && !this.#tellGenerator() && !this.#closeAxis()) return;
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
      if (group === -1) continue;
      const isFirstBad = this.groups.end(edge, group, ends);
      this.#children.parentEnded(edge, group, isFirstBad);
    }
    if (generates !== undefined) this.#generators.push({ template, index });
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
        return this.#met(template, index, isNew);
      default:
        return verdict satisfies never;
    }
  }

  #met(template: number, index: number, isNew: boolean): void {
    const { wasGiven, canRun } = this.#options;
    if (this.#isAsked(template, isNew)) {
      this.table.set(template, index, READY | (isNew ? IS_NEW : 0));
      const queue = wasGiven?.(template, index) === true ? this.#ready : this.#asked;
      return queue.add(template, index);
    }
    if (!isNew && this.#staysDone(template, index)) return this.#stay(template, index);
    this.table.set(template, index, READY);
    canRun?.({ template, index }, isNew);
    this.#ready.add(template, index);
  }

  /** What has run because something ended badly, or whatever came of it, runs again when that does: no file tells of it. */
  #isAsked(template: number, isNew: boolean): boolean {
    if (this.#options.looksAt?.(template) !== true) return false;
    return !isNew || this.#graph.template(template).condition === "success";
  }

  #stay(template: number, index: number): void {
    if (this.#graph.template(template).generates === undefined) return this.#end(template, index, DONE);
    // It has not ended before what it made is there.
    this.table.set(template, index, READY);
    this.#stayed.push({ template, index });
  }

  #tellStayed(): boolean {
    const generator = this.#stayed.shift();
    if (generator === undefined) return false;
    this.#options.generatorStayed?.(generator);
    for (const range of this.#arrivals.any ? this.#arrivals.take() : []) this.#decideAll(range);
    this.#end(generator.template, generator.index, DONE);
    return true;
  }

  #staysDone(template: number, index: number): boolean {
    const { earlier, selection } = this.#options;
    return earlier?.of(template, index) === "done" && !selection.forces(template, index);
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
      return (this.#isAsked(template, false) ? this.#asked : this.#ready).addRange(template, from, to);
    }
    for (let index = from; index < to; index++) {
      const code = table.get(template, index);
      // What nobody wanted may be wanted by what has come since.
      if ((code !== 0 && code !== UNWANTED) || !graph.has(template, index)) continue;
      if (!selection.wants(template, index)) table.set(template, index, UNWANTED);
      else {
        table.set(template, index, WAITING);
        if (isGenerator) this.axes.expect(template);
        if (graph.isSkipped(template, index)) this.#end(template, index, SKIPPED);
        else this.#obey(template, index, this.needs.begin(template, index));
      }
    }
  }

  /** Whether all instances of the template can run, or be asked for, at once, whatever else is. */
  #areRoots(template: number): boolean {
    const { selection, earlier, wasGiven } = this.#options;
    const { condition, generates, when } = this.#graph.template(template);
    const isAny = condition !== "failure" && when === undefined;
    const isPlain = isAny && generates === undefined && this.#graph.edgesTo(template).length === 0;
    if (!isPlain || !selection.wantsAll) return false;
    return this.#isAsked(template, false) ? wasGiven === undefined : earlier === undefined;
  }

  #tellGenerator(): boolean {
    const generator = this.#generators.shift();
    if (generator === undefined) return false;
    const { template } = generator;
    this.axes.end(template, endOf(this.table.of(generator), this.#graph.template(template).allowFailure));
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
    if (how === "inside") this.#children.grown(edge, isLast, (ends & END_BAD) !== 0);
    else if (isLast) this.#children.allConnected(edge);
  }
}
