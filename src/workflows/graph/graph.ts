import type { UserError } from "../../domain/errors.ts";
import type { Axis, Edge, PrintedEdge, Template, Workflow } from "../document/workflow.ts";
import { componentsOf } from "./components.ts";
import { criticalPaths } from "./critical.ts";
import { refuseCycles } from "./cycles.ts";
import type { GraphEdge } from "./edge.ts";
import { EdgeTable } from "./edge-table.ts";
import { findInstance, knownInstance, type NamedInstances, readNames } from "./find.ts";
import { GraphAxes } from "./graph-axes.ts";
import type { GraphAxis } from "./graph-axis.ts";
import type { Instance, InstanceRange, Pattern } from "./instance.ts";
import { printName } from "./instance-name.ts";
import { type Link, linksOf } from "./link.ts";
import { OutputOwners } from "./output-owners.ts";
import { refuseTooMany, tooMany } from "./size-limit.ts";
import { TemplateAxis } from "./template-axis.ts";
import { TemplateInstances } from "./template-instances.ts";

/** A need of what has been printed. */
interface LateLink extends Link {
  readonly edge: Edge;
  readonly alternative: number;
}

/** Instances that a document may have, where the user says nothing. */
const MAX_INSTANCES = 1_000_000;

/**
 * Which instances a document has, and which of them need which.
 *
 * Templates are known by their position in the workflow, axes by theirs, and instances by template and index: nothing is kept for
 * each instance. An index never changes. Axes with generated values, or open ones, grow, and so do the templates that have them.
 */
export class Graph {
  readonly maxInstances: number;
  readonly #axes = new GraphAxes();
  readonly #edges = new EdgeTable();
  readonly #templates: TemplateInstances[] = [];
  readonly #names = new Map<string, number>();
  /** Needs of what has been printed. */
  readonly #late: LateLink[] = [];
  readonly #outputs = new OutputOwners();
  #critical: Int32Array = new Int32Array(0);
  #total = 0;

  private constructor(maxInstances: number) {
    this.maxInstances = maxInstances;
  }

  /**
   * The graph of a document. Instances are counted before anything is made of them.
   *
   * @throws UserError `cycle`, with paths and places as diagnostics; `too-many-instances`; `file-conflict`.
   */
  static of(
    workflow: Workflow,
    { maxInstances = MAX_INSTANCES }: { readonly maxInstances?: number | undefined } = {},
  ): Graph {
    const graph = new Graph(maxInstances);
    graph.addTemplates(workflow.templates, workflow.axes);
    return graph;
  }

  /** How many templates there are: their numbers are below this. */
  get templates(): number {
    return this.#templates.length;
  }

  /** How many axes there are: their numbers are below this. */
  get axes(): number {
    return this.#axes.count;
  }

  /** How many edges there are: their numbers are below this. */
  get edges(): number {
    return this.#edges.count;
  }

  /** How many instances there are in all. */
  get total(): number {
    return this.#total;
  }

  /** The template of a number. */
  template(template: number): Template {
    return this.#instancesOf(template).template;
  }

  /** The template of a number, with needs of what has been printed by now. */
  templateByNow(template: number): Template {
    const own = this.template(template);
    const edges = this.edgesTo(template);
    if (!edges.some(({ isLate }) => isLate)) return own;
    const alternatives = own.alternatives.map((_, number) =>
      edges.filter(({ alternative }) => alternative === number).map(({ definition }) => definition),
    );
    return { ...own, alternatives };
  }

  /** The number of a template; undefined where none has the name. */
  templateOf(name: string): number | undefined {
    return this.#names.get(name);
  }

  /** The axis of a number. */
  axis(axis: number): Axis {
    return this.#axes.at(axis).definition;
  }

  /** Axes whose values the instances of a template make. */
  axesMadeBy(template: number): readonly number[] {
    return this.#axes.madeBy(this.template(template).name);
  }

  /** Templates whose instances make values of a template's axes. */
  generatorsOf(template: number): number[] {
    return this.#instancesOf(template).axes.flatMap(({ axis: { definition } }) =>
      definition.kind === "generated" ? (this.#names.get(definition.by) ?? []) : [],
    );
  }

  /** Names of the templates that print tasks. */
  printers(): string[] {
    return this.#templates.flatMap(({ template: { name, generates } }) => (generates?.kind === "tasks" ? [name] : []));
  }

  /** Templates that have an axis. */
  templatesWith(axis: number): readonly number[] {
    return this.#axes.usersOf(axis);
  }

  /** Indexes of the template's instances are below this; some may have none. */
  size(template: number): number {
    return this.#instancesOf(template).space.size;
  }

  /** How many instances the template has now. */
  count(template: number): number {
    return this.#instancesOf(template).count;
  }

  /** More instances may come: some axis of the template has not been closed. */
  isGrowing(template: number): boolean {
    return this.#instancesOf(template).axes.some(({ axis }) => !axis.isClosed);
  }

  has(template: number, index: number): boolean {
    return this.#instancesOf(template).has(index);
  }

  /** Its task says which instances run (`when`), and this is none of them. */
  isSkipped(template: number, index: number): boolean {
    return !this.#instancesOf(template).isMeant(index);
  }

  /** Why an instance never runs, whatever others come to: its task's `when` has other values, or that of all of its needs has. */
  leftOutBy(template: number, index: number): "when" | "needs" | undefined {
    if (this.isSkipped(template, index)) return "when";
    const edges = this.edgesTo(template);
    const isNeedless = this.template(template).alternatives.some((_, i) => edges.every((one) => one.alternative !== i));
    return isNeedless || edges.some((edge) => edge.choosesFor(index)) ? undefined : "needs";
  }

  nameOf(template: number, index: number): string {
    return printName(this.template(template).name, this.#pairsOf(template, index));
  }

  /** Values of an instance, by name of axis. */
  valuesOf(template: number, index: number): Readonly<Record<string, string>> {
    const instances = this.#instancesOf(template);
    const values: Record<string, string> = {};
    for (let dimension = 0; dimension < instances.axes.length; dimension++) {
      const axis = instances.axes[dimension];
      if (axis !== undefined) values[axis.name] = instances.valueAt(index, dimension);
    }
    return values;
  }

  /** The value of an instance along one dimension. */
  valueAt(template: number, index: number, dimension: number): string {
    return this.#instancesOf(template).valueAt(index, dimension);
  }

  /** The pattern that only an instance has. */
  patternOf(template: number, index: number): Pattern {
    const instances = this.#instancesOf(template);
    return instances.axes.map((_, dimension) => [instances.valueAt(index, dimension)]);
  }

  /** The pattern that all instances of a template have. */
  anyOf(template: number): Pattern {
    return this.#instancesOf(template).axes.map(() => undefined);
  }

  /** The instance of a name, however it is spelt; or what is wrong with the name: `unknown-goal`, with the nearest one. */
  find(name: string): Instance | UserError {
    return findInstance(name, this.#templates, this.#names);
  }

  /** The same of a name that may be of no instance; then undefined, which costs less than to say what is wrong with it. */
  known(name: string): Instance | undefined {
    return knownInstance(name, this.#templates, this.#names);
  }

  /**
   * What a name stands for that may leave out axes, have values that are not there yet, or be that of a group.
   *
   * @throws UserError `unknown-goal`, with the nearest name.
   */
  read(name: string): readonly NamedInstances[] {
    return readNames(name, this.#templates, this.#names);
  }

  /** What the template needs, in the order of the document. */
  edgesTo(template: number): readonly GraphEdge[] {
    return this.#edges.to(template);
  }

  /** What needs the template. */
  edgesFrom(template: number): readonly GraphEdge[] {
    return this.#edges.from(template);
  }

  /** All instances that an instance needs. One that several edges lead to comes several times. */
  *parents({ template, index }: Instance): Generator<Instance> {
    for (const edge of this.edgesTo(template)) {
      for (const parent of edge.parentsOf(index)) yield { template: edge.parent, index: parent };
    }
  }

  /** All instances that need an instance. */
  *children({ template, index }: Instance): Generator<Instance> {
    for (const edge of this.edgesFrom(template)) {
      for (const child of edge.childrenOf(index)) yield { template: edge.child, index: child };
    }
  }

  /** Steps of the longest path from a template to an end of the document: 0 for what nothing needs. */
  critical(template: number): number {
    return this.#critical[template] ?? 0;
  }

  /** All indexes that there are, in the order of the templates. */
  ranges(): InstanceRange[] {
    return this.#templates.map(({ space }, template) => ({ template, from: 0, to: space.size }));
  }

  /**
   * Adds values to an axis that grows: all of them, or none. Values that it has already are left out.
   *
   * @returns indexes that are new, in the order of the templates. Some may have no instance; and where combinations that are
   * included have brought a value before, indexes that had no instance and have one now.
   * @throws UserError `too-many-instances`, `file-conflict`.
   */
  addValues(axis: number, values: readonly string[]): InstanceRange[] {
    const grown = this.#axes.at(axis);
    const added = grown.newOf(values);
    if (added.length === 0) return [];
    this.#refuseGrowth(axis, added.length);
    this.#outputs.grow(axis, added);
    for (const value of added) grown.add(value);
    return this.templatesWith(axis).flatMap((template) => {
      const instances = this.#instancesOf(template);
      const before = instances.count;
      const spans = instances.grow(axis, added);
      this.#total += instances.count - before;
      for (const edge of this.edgesFrom(template)) edge.grow(axis);
      return spans.map(([from, to]) => ({ template, from, to }));
    });
  }

  /** Values that an axis has now, in their order. */
  axisValues(axis: number): string[] {
    const { values } = this.#axes.at(axis);
    return Array.from({ length: values.length }, (_, position) => values.at(position));
  }

  /** No more values will come to an axis. */
  close(axis: number): void {
    this.#axes.at(axis).isClosed = true;
  }

  /** Those dimensions of a template whose axes are open: its instances are there once they are asked for. */
  openDimensions(template: number): readonly number[] {
    return this.#instancesOf(template).openDimensions;
  }

  /** The axes of a template, by dimension of its instances. */
  axesOf(template: number): readonly Axis[] {
    return this.#instancesOf(template).axes.map(({ axis }) => axis.definition);
  }

  /**
   * Makes instances of a template with open axes, which are there only where they are asked for.
   *
   * @param pattern values by dimension, of open axes all that are wanted.
   * @returns indexes that are new, or have an instance now; some of the new ones may have none.
   * @throws UserError `too-many-instances`, `file-conflict`.
   */
  ask(template: number, pattern: Pattern): InstanceRange[] {
    const instances = this.#instancesOf(template);
    const ranges = instances.axes.flatMap(({ axis }, dimension) =>
      axis.definition.kind === "open" ? this.addValues(axis.number, pattern[dimension] ?? []) : [],
    );
    this.#outputs.ask(instances, pattern);
    const made = instances.ask(pattern);
    this.#total += made.length;
    if (this.#total > this.maxInstances) throw this.#tooMany(this.#total, this.#templates);
    return [...ranges, ...made.map((index) => ({ template, from: index, to: index + 1 }))];
  }

  /** Indexes of the instances with these values. */
  *withValues(template: number, pattern: Pattern): Generator<number> {
    const instances = this.#instancesOf(template);
    for (const index of instances.space.indexes(instances.choicesOf(pattern))) {
      if (instances.has(index)) yield index;
    }
  }

  /**
   * Adds templates behind all others: all of them, or none. They may need each other and those that are there.
   *
   * @param axes behind all others, too; `Template.axes` counts on.
   * @param edges to what has been printed. Those count of which both templates are there.
   * @returns all indexes of the new templates.
   * @throws UserError `cycle`, `too-many-instances`, `file-conflict`.
   */
  addTemplates(
    templates: readonly Template[],
    axes: readonly Axis[] = [],
    edges: readonly PrintedEdge[] = [],
  ): InstanceRange[] {
    const first = this.#templates.length;
    const allAxes = this.#axes.with(axes);
    const allTemplates = [...this.#templates.map(({ template }) => template), ...templates];
    const definitions = allAxes.map(({ definition }) => definition);
    const newNames = new Map(templates.map(({ name }, i) => [name, first + i]));
    const late = edges.flatMap(({ child: of, alternative, edge }): LateLink[] => {
      const [child, parent] = [of, edge.parent].map((name) => newNames.get(name) ?? this.#names.get(name));
      if (child === undefined || parent === undefined) return [];
      return [{ child, parent, place: edge.place, edge, alternative }];
    });
    const allLate = [...this.#late, ...late];
    const fixed = linksOf(definitions, allTemplates, (name) => this.#names.get(name) ?? newNames.get(name));
    const links = [...fixed, ...allLate];
    const component = componentsOf(allTemplates.length, links);
    refuseCycles(definitions, allTemplates, links, component);
    refuseTooMany(templates, allAxes, { maxInstances: this.maxInstances, before: this.#total });
    const made = templates.map((template) => instancesOf(template, allAxes));
    const total = made.reduce((sum, { count }) => sum + count, this.#total);
    if (total > this.maxInstances) throw this.#tooMany(total, made);
    this.#outputs.add(made);
    this.#total = total;
    for (const axis of allAxes.slice(this.#axes.count)) this.#axes.add(axis);
    for (const instances of made) this.#add(instances);
    this.#critical = criticalPaths(component, links);
    for (let child = first; child < this.#templates.length; child++) this.#addEdges(child);
    for (const link of late) this.#addLate(link);
    return this.ranges().slice(first);
  }

  #pairsOf(template: number, index: number): [axis: string, value: string][] {
    const instances = this.#instancesOf(template);
    return instances.axes.map(({ name }, dimension) => [name, instances.valueAt(index, dimension)]);
  }

  #instancesOf(template: number): TemplateInstances {
    const instances = this.#templates[template];
    if (instances === undefined) throw new Error(`no template has the number ${template}`);
    return instances;
  }

  #add(instances: TemplateInstances): void {
    const number = this.#templates.length;
    this.#templates.push(instances);
    this.#names.set(instances.template.name, number);
    for (const { axis } of instances.axes) this.#axes.use(axis.number, number);
  }

  #addEdges(child: number): void {
    const of = (name: string): readonly [number, TemplateInstances] => {
      const number = this.#names.get(name) ?? -1;
      return [number, this.#instancesOf(number)];
    };
    // Only templates that need each other are as far from an end as what they need.
    const isCircular = (parent: number): boolean => this.critical(parent) === this.critical(child);
    this.#edges.add(child, this.#instancesOf(child), of, isCircular);
  }

  #addLate(link: LateLink): void {
    const { child, parent, alternative, edge } = link;
    const isCircular = (): boolean => this.critical(parent) === this.critical(child);
    const ends = { child, parent, alternative, isChoosing: true, isCircular, isLate: true };
    this.#edges.addOne(ends, edge, this.#instancesOf(parent), this.#instancesOf(child));
    this.#late.push(link);
  }

  /** Refuses values before they are added, by how many instances they could make. */
  #refuseGrowth(axis: number, values: number): void {
    const more = this.templatesWith(axis).map((template) => {
      const { axes, isOpen } = this.#instancesOf(template);
      if (isOpen) return 0;
      return axes.reduce((product, each) => product * (each.axis.number === axis ? values : each.values.length), 1);
    });
    const total = more.reduce((sum, each) => sum + each, this.#total);
    if (total > this.maxInstances) throw this.#tooMany(total, this.#templates);
  }

  #tooMany(total: number, templates: readonly TemplateInstances[]): UserError {
    const largest = templates.reduce((a, b) => (b.count > a.count ? b : a));
    return tooMany(total, this.maxInstances, { name: largest.template.name, most: largest.count });
  }
}

function instancesOf(template: Template, axes: readonly GraphAxis[]): TemplateInstances {
  const own = template.axes.map((number) => {
    const axis = axes[number];
    if (axis === undefined) throw new Error(`no axis has the number ${number}`);
    return new TemplateAxis(axis, template.include);
  });
  return new TemplateInstances(template, own);
}
