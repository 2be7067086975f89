import { setImmediate as otherWork } from "node:timers/promises";
import { isSuccess } from "../../domain/ending.ts";
import type { TemplateTally } from "../../domain/instance-state.ts";
import type { RunReason } from "../../domain/run-reason.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { PreviousOutcome, SkippedTask, StreamItem, Task, TaskOutcome } from "../../domain/task.ts";
import type { Axis, PrintedEdge, Template, Workflow } from "../document/workflow.ts";
import { Asking } from "./asking.ts";
import type { Checks, Question, Verdict } from "./checks.ts";
import type { Decisions } from "./decisions.ts";
import type { EarlierRuns } from "./earlier.ts";
import { type Generator, Generators } from "./generators.ts";
import type { Growth } from "./growth.ts";
import { InstanceMachine } from "./instance-machine.ts";
import { InstanceTasks } from "./instance-task.ts";
import type { Graph } from "../graph/graph.ts";
import type { InstanceState } from "../../domain/instance-state.ts";
import type { Instance, InstanceRange } from "../graph/instance.ts";
import type { Selection } from "../graph/selection.ts";
import { MadeFiles } from "./made-files.ts";
import { NewNeeds } from "./new-needs.ts";
import { DONE, FAILED, KILLED, READY, RETRYING, REUSED, RUNNING, WAITING } from "./state-codes.ts";
import { type FilePlaces, TaskFiles } from "./task-files.ts";

/** With so many others that can run, nobody waits for the end of one. */
const BUSY = 64;
/** Missing files that are told of by name. */
const MOST_MISSING = 1000;

/** Task ids of instances. */
export interface InstanceIds {
  idOf(template: number, index: number): number;
  instanceOf(id: number): Instance | undefined;
  add(range: InstanceRange): void;
}

/** Tasks that a generator has printed. */
export interface NewTasks {
  readonly templates: readonly Template[];
  /** Axes that they have and that were not there; positions go on behind those of the workflow. */
  readonly axes: readonly Axis[];
  /** Edges to them from what needs what their generator prints; further ones come with what they need. */
  readonly edges?: readonly PrintedEdge[] | undefined;
  /** What people are told of them, once. */
  readonly warnings?: readonly string[] | undefined;
}

export interface WorkflowSourceOptions {
  readonly workflow: Workflow;
  readonly graph: Graph;
  readonly selection: Selection;
  /** Ids of all instances that the graph has by now; those that come later get theirs as they come. */
  readonly numbering: InstanceIds;
  /** Undefined for a first run. */
  readonly earlier: EarlierRuns | undefined;
  /** What a generator has made that stays done, when it was done. @param name of its instance. */
  readonly madeBefore: (name: string) => readonly Growth[];
  /** What generators have made in this run already, in order: for a run that is taken up. */
  readonly kept: readonly Growth[];
  /** Keeps what a generator has made; it is there when this returns. @throws Error when it cannot be kept. */
  readonly keep: (growth: Growth) => void;
  /** Told what people are to know of tasks that a generator has printed in this run. */
  readonly warn?: ((warning: string) => void) | undefined;
  /** Reads tasks that a generator has printed. @throws UserError for a mistake in them. */
  readonly parseTasks: (text: string, by: string) => NewTasks;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** For plans: what is needed of a generator that runs is taken for printed. */
  readonly assumesPrinted?: boolean | undefined;
  /** Is told why instances run, or do not. */
  readonly decisions?: Decisions | undefined;
  /** Look at files to decide which instances run; without them no file decides anything. */
  readonly checks?: Checks | undefined;
  /** Paths of files; made where it is missing. */
  readonly files?: MadeFiles | undefined;
  /** Where files of the run's tasks are; tasks hear of none without it. */
  readonly places?: FilePlaces | undefined;
  /** What became of tasks in this run already, by a driver that has died. */
  readonly given?: GivenBefore | undefined;
  /** Told of an instance that has run and succeeded. */
  readonly succeeded?: ((instance: Instance, outcome: TaskOutcome) => void) | undefined;
  /** Called when nothing is asked of the source any more, which is closed when this has ended. */
  readonly closed?: (() => Promise<void>) | undefined;
}

/** Tasks that a run has given out already, by their ids. */
interface GivenBefore {
  has(id: number): boolean;
  /** It was reused, and has not run. */
  wasReused(id: number): boolean;
}

/** The instances of a document as tasks: each is given out when what it needs allows it. */
export class WorkflowSource implements TaskSource {
  readonly name: string;
  readonly machine: InstanceMachine;
  readonly #options: WorkflowSourceOptions;
  readonly #tasks: InstanceTasks;
  readonly #generators: Generators;
  readonly #asking: Asking | undefined;
  readonly #newNeeds: NewNeeds;
  /** Instances that are reused and get a row. */
  #reused: SkippedTask[] = [];
  /** Ids of those that were given out, and are not settled. */
  readonly #reusing = new Set<number>();
  /** Instances that are blocked since others have not made a file. */
  readonly #missing: (Instance & { readonly path: string })[] = [];
  /** What is to be told of tasks that were printed last. */
  #warnings: readonly string[] = [];
  /** What has to end before what was taken last may begin. */
  #awaited: Promise<void>[] = [];
  /** What the graph has got and the machine does not know of. */
  #ranges: readonly InstanceRange[] = [];
  #settled = 0;
  #isClosed = false;
  /** All is decided that no file decides about. */
  #hasBegun = false;
  /** Ends the waiting of `next`. */
  #wake: () => void = () => undefined;

  constructor(options: WorkflowSourceOptions) {
    const { workflow, graph, selection, earlier, decisions, checks, given, numbering, places } = options;
    this.#options = options;
    this.name = workflow.name;
    this.#generators = new Generators({
      add: (generator, growth) => this.#add(generator, growth),
      keep: (growth) => {
        options.keep(growth);
        for (const warning of this.#warnings) options.warn?.(warning);
      },
      added: () => this.#added(),
    });
    this.machine = new InstanceMachine({
      graph: graph,
      selection,
      earlier,
      assumesPrinted: options.assumesPrinted,
      generatorStayed: (generator) => this.#takeBefore(generator),
      canRun:
        decisions === undefined || earlier === undefined
          ? undefined
          : (instance, isNew) => decisions.runs(instance, this.#reasonOf(instance, isNew)),
      looksAt: checks === undefined ? undefined : (template) => checks.looksAt(template),
      wasGiven: given === undefined ? undefined : (template, index) => given.has(numbering.idOf(template, index)),
    });
    const { machine } = this;
    this.#newNeeds = NewNeeds.inRun(graph, machine.table);
    const { params } = workflow;
    const { secrets } = options;
    const idOf = (template: number, index: number): number => numbering.idOf(template, index);
    const files =
      places === undefined
        ? undefined
        : new TaskFiles(graph, machine.table, options.files ?? new MadeFiles(graph), places);
    this.#tasks = new InstanceTasks({ graph: graph, needs: machine.needs, params, secrets, idOf, files });
    if (checks !== undefined) {
      const decided = (question: Question, verdict: Verdict): void => this.#decided(question, verdict);
      this.#asking = new Asking({ machine, checks, decided, came: () => this.#wake() });
    }
    this.machine.begin();
    for (const growth of options.kept) this.#replay(growth);
    this.#hasBegun = true;
  }

  get expected(): number {
    const { tallies } = this.machine.table;
    return [WAITING, READY, RUNNING, RETRYING].reduce((sum, code) => sum + tallies.total(code), this.#settled);
  }

  async next(limit: number): Promise<readonly StreamItem[]> {
    while (!this.#isClosed) {
      const isMore = this.#asking?.ask(() => this.#givable >= limit) ?? false;
      const items = this.#take(limit);
      if (this.#awaited.length > 0) await Promise.all(this.#awaited.splice(0));
      if (items.length > 0) return items;
      if (isMore) {
        await otherWork();
        continue;
      }
      if (this.machine.outstanding === 0 && this.#asking?.isAwaiting !== true) {
        const waiting = this.machine.table.tallies.total(WAITING);
        if (waiting > 0) throw new Error(`${waiting} instances of ${this.name} wait for nothing`);
        return [];
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return [];
  }

  /**
   * Asks files as long as nothing can be given out.
   *
   * @returns whether there is something then; without it all instances have come to their ends.
   */
  async hasWork(): Promise<boolean> {
    for (;;) {
      const isMore = this.#asking?.ask(() => this.#givable > 0) ?? false;
      if (this.#givable > 0) return true;
      if (isMore) await otherWork();
      else if (this.#asking?.isAwaiting !== true) return false;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** How all has ended that an instance needs, by the variable that says so. */
  statesOf(instance: Instance): Iterable<readonly [variable: string, state: InstanceState]> {
    return this.#tasks.statesOf(instance);
  }

  /** The file that others were to make for an instance, and have not; known of the first such instances. */
  missingFor({ template, index }: Instance): string | undefined {
    return this.#missing.find((each) => each.template === template && each.index === index)?.path;
  }

  settled({ id }: Task, outcome: TaskOutcome): void {
    const { ending } = outcome;
    const instance = this.#instanceOf(id);
    this.#settled++;
    const wasReused = this.#reusing.delete(id) || this.#options.given?.wasReused(id) === true;
    const code = wasReused ? REUSED : isSuccess(ending) ? DONE : ending.type === "stopped" ? KILLED : FAILED;
    // What a driver that has died was told is not told again.
    if (code === DONE && "taskId" in outcome) this.#options.succeeded?.(instance, outcome);
    const { generates } = this.#options.graph.template(instance.template);
    if (generates !== undefined) this.#generators.forget(this.#generatorOf(instance));
    this.machine.settle(instance, code);
    this.#wake();
  }

  retrying({ id }: Task): void {
    this.machine.move(this.#instanceOf(id), RETRYING);
  }

  assigned({ id }: Task): void {
    this.machine.move(this.#instanceOf(id), RUNNING);
  }

  printed({ id }: Task, attempt: number, offset: number, bytes: Uint8Array): number {
    return this.#generators.printed(this.#generatorOf(this.#instanceOf(id)), attempt, offset, bytes);
  }

  tally(): readonly TemplateTally[] {
    const { graph } = this.#options;
    const { tallies } = this.machine.table;
    return Array.from({ length: graph.templates }, (_, template) => ({
      name: graph.template(template).name,
      counts: tallies.of(template),
      isGrowing: graph.template(template).axes.some((axis) => this.machine.axes.isAwaited(axis)),
    }));
  }

  taskOf(id: number): Task | undefined {
    const instance = this.#options.numbering.instanceOf(id);
    return instance === undefined ? undefined : this.#tasks.taskOf(instance, true);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    this.#options.places?.dropLists();
    return this.#options.closed?.() ?? Promise.resolve();
  }

  #reasonOf(instance: Instance, isNew: boolean): RunReason {
    const { selection, earlier } = this.#options;
    const { template, index } = instance;
    if (selection.forces(template, index)) return { kind: "forced" };
    return earlier?.reason?.(template, index) ?? this.#again(instance, isNew);
  }

  #again(instance: Instance, isNew: boolean): RunReason {
    const { graph } = this.#options;
    const need = isNew ? this.#newNeeds.of(instance) : undefined;
    return { kind: "again", instance: need === undefined ? undefined : graph.nameOf(need.template, need.index) };
  }

  /** Items that can be given out. */
  get #givable(): number {
    return this.machine.readyCount + this.#reused.length;
  }

  #take(limit: number): StreamItem[] {
    const items: StreamItem[] = this.#reused.splice(0, limit);
    while (items.length < limit) {
      const instance = this.machine.take();
      if (instance === undefined) break;
      this.#noteGiven(instance);
      items.push(this.#tasks.taskOf(instance, this.machine.readyCount < BUSY));
    }
    return items;
  }

  /** Nobody has asked about what runs because something has failed, or whatever comes of it. */
  #noteGiven(instance: Instance): void {
    const { graph, numbering, checks, given } = this.#options;
    const { template, index } = instance;
    if (checks?.givesOut === undefined || graph.template(template).condition === "success") return;
    if (given?.has(numbering.idOf(template, index)) === true) return;
    const noted = checks.givesOut(instance);
    if (noted !== undefined) this.#awaited.push(noted);
  }

  #decided({ instance, isNew }: Question, verdict: Verdict): void {
    const { decisions, earlier } = this.#options;
    switch (verdict.fate) {
      case "done":
        return;
      case "runs":
        return earlier === undefined && verdict.reason.kind === "never"
          ? undefined
          : decisions?.runs(instance, this.#inFull(instance, isNew, verdict.reason));
      case "missing":
        if (this.#missing.length < MOST_MISSING) this.#missing.push({ ...instance, path: verdict.path });
        return decisions?.missing(instance, verdict.path);
      case "reused":
        if (verdict.previous !== undefined) this.#giveRow(instance, verdict.previous);
        return decisions?.reused(instance, verdict.from);
      default:
        return verdict satisfies never;
    }
  }

  /** With all that is known beside files. */
  #inFull(instance: Instance, isNew: boolean, reason: RunReason): RunReason {
    if (reason.kind === "never" || reason.kind === "failed") return reason;
    if (reason.kind === "changed" && reason.changes.length > 0) return reason;
    const { files } = this.#options.graph.template(instance.template);
    // Other rules do not ask what earlier runs did.
    const isOfHistory = files === undefined || files.rule === "history";
    return reason.kind === "again" && !isOfHistory ? this.#again(instance, isNew) : this.#reasonOf(instance, isNew);
  }

  #giveRow(instance: Instance, previous: PreviousOutcome): void {
    const task = this.#tasks.rowOf(instance);
    this.#reusing.add(task.id);
    this.#reused.push({ kind: "skipped", task, previous });
  }

  #instanceOf(id: number): Instance {
    const instance = this.#options.numbering.instanceOf(id);
    if (instance === undefined) throw new Error(`no instance of ${this.name} has the id ${id}`);
    return instance;
  }

  #generatorOf({ template, index }: Instance): Generator {
    const { graph } = this.#options;
    const { generates } = graph.template(template);
    const name = graph.nameOf(template, index);
    if (generates?.kind !== "axis") return { name, axes: [], product: { kind: "tasks" } };
    const axes = this.machine.axes.printedBy(template);
    const type = axes[0] === undefined ? "string" : graph.axis(axes[0]).type;
    return { name, axes, product: { kind: "values", type } };
  }

  #add({ axes }: Generator, growth: Growth): void {
    const { graph, numbering, parseTasks, selection } = this.#options;
    const tasks = growth.type === "tasks" ? parseTasks(growth.text, growth.by) : undefined;
    this.#warnings = tasks?.warnings ?? [];
    const grown =
      growth.type === "tasks"
        ? graph.addTemplates(tasks?.templates ?? [], tasks?.axes, tasks?.edges)
        : axes.flatMap((axis) => graph.addValues(axis, growth.values));
    const ranges = [...grown, ...selection.grow(grown)];
    for (const range of ranges) numbering.add(range);
    if (growth.type === "tasks") {
      this.#tasks.templatesCame();
      this.#options.checks?.templatesCame?.();
    }
    this.#ranges = ranges;
  }

  #added(): void {
    const ranges = this.#ranges;
    this.#ranges = [];
    this.machine.grew(ranges);
    this.#wake();
  }

  #replay(growth: Growth): void {
    const instance = this.#options.graph.known(growth.by);
    if (instance !== undefined) this.#generators.replay(this.#generatorOf(instance), growth);
  }

  /** What a generator made that stays done. */
  #takeBefore(instance: Instance): void {
    const generator = this.#generatorOf(instance);
    const { kept, keep, madeBefore } = this.#options;
    const isTaken = this.#hasBegun && kept.some(({ by }) => by === generator.name);
    for (const growth of isTaken ? [] : madeBefore(generator.name)) {
      this.#add(generator, growth);
      // When files let it stay others may have made something before: the order of ids is kept with it.
      if (this.#hasBegun) keep(growth);
      this.#added();
    }
  }
}
