import { isSuccess } from "../../domain/ending.ts";
import type { TemplateTally } from "../../domain/instance-state.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem, Task, TaskOutcome } from "../../domain/task.ts";
import type { Axis, PrintedEdge, Template, Workflow } from "../document/workflow.ts";
import type { RunReason } from "../../domain/run-reason.ts";
import type { Decisions } from "./decisions.ts";
import type { EarlierRuns } from "./earlier.ts";
import { type Generator, Generators } from "./generators.ts";
import type { Growth } from "./growth.ts";
import { InstanceMachine } from "./instance-machine.ts";
import { InstanceTasks } from "./instance-task.ts";
import type { Graph } from "../graph/graph.ts";
import type { Instance, InstanceRange } from "../graph/instance.ts";
import type { Selection } from "../graph/selection.ts";
import { NewNeeds } from "./new-needs.ts";
import { DONE, FAILED, KILLED, READY, RETRYING, RUNNING, WAITING } from "./state-codes.ts";

/** With so many others that can run, nobody waits for the end of one. */
const BUSY = 64;

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
  /** Reads tasks that a generator has printed. @throws UserError for a mistake in them. */
  readonly parseTasks: (text: string, by: string) => NewTasks;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where what tasks make is written until it is put in place, from the folder of the run's tasks; missing where none is run. */
  readonly stage?: string | undefined;
  /** For plans: what is needed of a generator that runs is taken for printed. */
  readonly assumesPrinted?: boolean | undefined;
  /** Is told why instances run, or do not. */
  readonly decisions?: Decisions | undefined;
}

/** The instances of a document as tasks: each is given out when what it needs allows it. */
export class WorkflowSource implements TaskSource {
  readonly name: string;
  readonly machine: InstanceMachine;
  readonly #options: WorkflowSourceOptions;
  readonly #tasks: InstanceTasks;
  readonly #generators: Generators;
  readonly #newNeeds: NewNeeds;
  /** By axis: values that have come. */
  readonly #values = new Map<number, Set<string>>();
  /** What the graph has got and the machine does not know of. */
  #ranges: readonly InstanceRange[] = [];
  #settled = 0;
  #isClosed = false;
  /** Ends the waiting of `next`. */
  #wake: () => void = () => undefined;

  constructor(options: WorkflowSourceOptions) {
    const { workflow, graph, selection, earlier, decisions } = options;
    this.#options = options;
    this.name = workflow.name;
    this.#generators = new Generators({
      fresh: (generator, values) => this.#freshOf(generator, values),
      add: (generator, growth) => this.#add(generator, growth),
      keep: options.keep,
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
    });
    this.#newNeeds = new NewNeeds(graph, this.machine.table);
    const { params } = workflow;
    const { secrets, numbering, stage } = options;
    const idOf = (template: number, index: number): number => numbering.idOf(template, index);
    this.#tasks = new InstanceTasks({ graph: graph, needs: this.machine.needs, params, secrets, stage, idOf });
    this.machine.begin();
    for (const growth of options.kept) this.#replay(growth);
  }

  get expected(): number {
    const { tallies } = this.machine.table;
    return [WAITING, READY, RUNNING, RETRYING].reduce((sum, code) => sum + tallies.total(code), this.#settled);
  }

  async next(limit: number): Promise<readonly StreamItem[]> {
    while (!this.#isClosed) {
      const items = this.#take(limit);
      if (items.length > 0) return items;
      if (this.machine.outstanding === 0) {
        const waiting = this.machine.table.tallies.total(WAITING);
        if (waiting > 0) throw new Error(`${waiting} instances of ${this.name} wait for nothing`);
        return [];
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return [];
  }

  settled({ id }: Task, { ending }: TaskOutcome): void {
    const instance = this.#instanceOf(id);
    this.#settled++;
    const code = isSuccess(ending) ? DONE : ending.type === "stopped" ? KILLED : FAILED;
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
    return Promise.resolve();
  }

  #reasonOf(instance: Instance, isNew: boolean): RunReason {
    const { graph, selection, earlier } = this.#options;
    const { template, index } = instance;
    if (selection.forces(template, index)) return { kind: "forced" };
    const reason = earlier?.reason?.(template, index);
    if (reason !== undefined) return reason;
    const need = isNew ? this.#newNeeds.of(instance) : undefined;
    return { kind: "again", instance: need === undefined ? undefined : graph.nameOf(need.template, need.index) };
  }

  #take(limit: number): Task[] {
    const items: Task[] = [];
    while (items.length < limit) {
      const instance = this.machine.take();
      if (instance === undefined) break;
      items.push(this.#tasks.taskOf(instance, this.machine.readyCount < BUSY));
    }
    return items;
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

  #freshOf({ axes }: Generator, values: readonly string[]): readonly string[] {
    const [axis = -1] = axes;
    const known = this.#values.get(axis);
    return [...new Set(values)].filter((value) => known?.has(value) !== true);
  }

  #add({ axes }: Generator, growth: Growth): void {
    const { graph, numbering, parseTasks, selection } = this.#options;
    const tasks = growth.type === "tasks" ? parseTasks(growth.text, growth.by) : undefined;
    const grown =
      growth.type === "tasks"
        ? graph.addTemplates(tasks?.templates ?? [], tasks?.axes, tasks?.edges)
        : axes.flatMap((axis) => graph.addValues(axis, growth.values));
    const ranges = [...grown, ...selection.grow(grown)];
    for (const range of ranges) numbering.add(range);
    if (growth.type === "tasks") this.#tasks.templatesCame();
    else for (const axis of axes) this.#keepValues(axis, growth.values);
    this.#ranges = ranges;
  }

  #keepValues(axis: number, values: readonly string[]): void {
    const known = this.#values.get(axis) ?? new Set();
    for (const value of values) known.add(value);
    this.#values.set(axis, known);
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
    for (const growth of this.#options.madeBefore(generator.name)) {
      const values = growth.type === "values" ? this.#freshOf(generator, growth.values) : [];
      this.#add(generator, growth.type === "values" ? { ...growth, values } : growth);
      this.#added();
    }
  }
}
