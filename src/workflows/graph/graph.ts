import { UserError } from "../../domain/errors.ts";
import type { Template, Workflow } from "../document/workflow.ts";
import { criticalPaths } from "./critical.ts";
import { refuseCycles } from "./cycles.ts";
import { GraphEdge } from "./edge.ts";
import { findInstance } from "./find.ts";
import type { Instance, InstanceRange } from "./instance.ts";
import { printName } from "./instance-name.ts";
import { linksOf } from "./link.ts";
import { TemplateInstances } from "./template-instances.ts";
import { ListValues, type Values, valuesOf } from "./values.ts";

/** Instances that a document may have, where the user says nothing. */
export const MAX_INSTANCES = 1_000_000;

/**
 * Which instances a document has, and which of them need which.
 *
 * Templates are known by their position in the workflow, and instances by template and index: nothing is kept for each of
 * them. An index never changes. Axes with generated values, or open ones, grow, and so do the templates that have them.
 */
export class Graph {
  readonly maxInstances: number;
  readonly #workflow: Workflow;
  /** Values of the workflow's axes. */
  readonly #axes: Values[] = [];
  /** Axes that may get more values. */
  readonly #growing = new Set<number>();
  readonly #templates: TemplateInstances[] = [];
  readonly #names = new Map<string, number>();
  readonly #edges: GraphEdge[] = [];
  readonly #edgesTo: GraphEdge[][] = [];
  readonly #edgesFrom: GraphEdge[][] = [];
  #critical: Int32Array = new Int32Array(0);

  private constructor(workflow: Workflow, maxInstances: number) {
    this.#workflow = workflow;
    this.maxInstances = maxInstances;
  }

  /**
   * The graph of a document. Instances are counted before anything is made of them.
   *
   * @throws UserError `cycle`, with its path; `too-many-instances`.
   */
  static of(workflow: Workflow, { maxInstances = MAX_INSTANCES }: { readonly maxInstances?: number } = {}): Graph {
    const graph = new Graph(workflow, maxInstances);
    graph.#addAxes(workflow);
    graph.#addTemplates(workflow.templates);
    return graph;
  }

  /** How many templates there are: their numbers are below this. */
  get templates(): number {
    return this.#templates.length;
  }

  /** How many edges there are: their numbers are below this. */
  get edges(): number {
    return this.#edges.length;
  }

  /** The template of a number. */
  template(template: number): Template {
    return this.#instancesOf(template).template;
  }

  /** The number of a template; undefined where none has the name. */
  templateOf(name: string): number | undefined {
    return this.#names.get(name);
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
    return this.#instancesOf(template).axes.some(({ axis }) => this.#growing.has(axis));
  }

  has(template: number, index: number): boolean {
    return this.#instancesOf(template).has(index);
  }

  nameOf(template: number, index: number): string {
    return printName(this.template(template).name, this.#pairsOf(template, index));
  }

  /** Values of an instance, by name of axis. */
  valuesOf(template: number, index: number): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#pairsOf(template, index));
  }

  /** The instance of a name, however it is spelt; or what is wrong with the name: `unknown-goal`, with the nearest one. */
  find(name: string): Instance | UserError {
    return findInstance(name, this.#templates, this.#names);
  }

  /** What the template needs, in the order of the document. */
  edgesTo(template: number): readonly GraphEdge[] {
    return this.#edgesTo[template] ?? [];
  }

  /** What needs the template. */
  edgesFrom(template: number): readonly GraphEdge[] {
    return this.#edgesFrom[template] ?? [];
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

  #pairsOf(template: number, index: number): [axis: string, value: string][] {
    const instances = this.#instancesOf(template);
    return instances.axes.map(({ name }, axis) => [name, instances.valueAt(index, axis)]);
  }

  #instancesOf(template: number): TemplateInstances {
    const instances = this.#templates[template];
    if (instances === undefined) throw new Error(`no template has the number ${template}`);
    return instances;
  }

  #addAxes({ axes }: Workflow): void {
    for (const [number, axis] of axes.entries()) {
      const values = valuesOf(axis);
      this.#axes.push(values);
      if (values instanceof ListValues && axis.kind !== "list") this.#growing.add(number);
    }
  }

  #addTemplates(templates: readonly Template[]): void {
    const first = this.#templates.length;
    for (const template of templates) this.#addTemplate(template);
    this.#refuseTooMany();
    const links = linksOf(this.#workflow.axes, templates);
    refuseCycles(this.#workflow.axes, templates, links);
    this.#critical = criticalPaths(templates.length, links);
    for (let child = first; child < this.#templates.length; child++) this.#addEdges(child);
  }

  #addTemplate(template: Template): void {
    const number = this.#templates.length;
    const axes = template.axes.map((axis) => {
      const values = this.#axes[axis];
      const name = this.#workflow.axes[axis]?.name;
      if (values === undefined || name === undefined) throw new Error(`no axis has the number ${axis}`);
      return { axis, name, values, isGrowing: this.#growing.has(axis) };
    });
    this.#templates.push(new TemplateInstances(template, axes));
    this.#names.set(template.name, number);
    this.#edgesTo.push([]);
    this.#edgesFrom.push([]);
  }

  #addEdges(child: number): void {
    const children = this.#instancesOf(child);
    for (const [alternative, edges] of children.template.alternatives.entries()) {
      for (const definition of edges) {
        const parent = this.#names.get(definition.parent);
        if (parent === undefined)
          throw new Error(`${children.template.name} needs ${definition.parent}, which is no task`);
        const ends = { number: this.#edges.length, parent, child, alternative };
        const edge = new GraphEdge(ends, definition, this.#instancesOf(parent), children);
        this.#edges.push(edge);
        this.#edgesTo[child]?.push(edge);
        this.#edgesFrom[parent]?.push(edge);
      }
    }
  }

  #refuseTooMany(): void {
    const total = this.#templates.reduce((sum, { count }) => sum + count, 0);
    if (total <= this.maxInstances) return;
    const largest = this.#templates.reduce((a, b) => (b.count > a.count ? b : a));
    const number = (n: number): string => n.toLocaleString("en-GB");
    const message = `the document has ${number(total)} instances, of which ${number(largest.count)} are of ${largest.template.name}`;
    throw new UserError(
      "too-many-instances",
      `${message}; a run may have ${number(this.maxInstances)} (--max-instances)`,
    );
  }
}
