import type { AxisTable } from "./axis-table.ts";
import { type Generators, printsTasks } from "./generators.ts";
import { endsOf, rootsOf } from "./group.ts";
import { InputsReader } from "./inputs.ts";
import { type NamedAxes, readNamedAxes } from "./named-axes.ts";
import { KnownNames } from "./names.ts";
import { type AwaitedTasks, type Needable, NeedsReader } from "./needs.ts";
import type { Scope } from "./scope.ts";
import { type TemplateDraft, TemplateReader } from "./template.ts";
import type { Axis, Template, Text } from "./workflow.ts";

/** Groups of a document by their names; undefined for one that cannot be used. */
export type Groups = ReadonlyMap<string, Part | undefined>;

/** What all parts of a workflow share. */
export interface Shared {
  readonly table: AxisTable;
  readonly generators: Generators;
  /** What is needed of tasks that are printed. */
  readonly awaited: Set<AwaitedTasks>;
  /** Templates with axes that could not be read. */
  readonly lacking: Set<Template>;
}

/** A document in its place: the whole workflow, or a group of another document. */
export class Part {
  readonly scope: Scope;
  readonly #shared: Shared;
  readonly #groups: Groups;
  readonly named: NamedAxes;
  /** Values of parameters that tasks see: of documents around this one, too. */
  readonly #params: ReadonlyMap<string, string>;
  /** Its own tasks, by the names that it has for them. */
  readonly #own = new Map<string, TemplateDraft>();
  readonly #ends = new Map<string, readonly Template[]>();
  /** Its templates and those of its groups, in the order of the document. */
  readonly templates: readonly TemplateDraft[];
  /** Something in it could not be read that may have said more of axes. */
  #isPartial = false;

  constructor(scope: Scope, groups: Groups, outer: ReadonlyMap<string, string>, shared: Shared) {
    this.scope = scope;
    this.#shared = shared;
    this.#groups = groups;
    this.#params = new Map([...outer, ...scope.params]);
    this.named = readNamedAxes(scope, shared.generators);
    this.templates = this.#read(scope);
    this.#connect(scope);
    this.#connectGroups();
    if (this.makesTasks) this.#keepAxes();
  }

  /** Whether something in it could not be read that may have said more of axes. */
  get isPartial(): boolean {
    return this.#isPartial || this.scope.damaged.size > 0 || [...this.#groups.values()].includes(undefined);
  }

  /** Whether some of its own tasks print tasks. */
  get makesTasks(): boolean {
    return this.scope.tasks.some(([, task]) => printsTasks(task));
  }

  /** Tasks that are printed may name axes that no other task has. */
  #keepAxes(): void {
    const { tree } = this.scope;
    for (const [name, axis] of this.named) {
      if (axis !== undefined) this.#shared.table.add(name, axis.content, () => tree.placeOf(axis.path, "key"));
    }
  }

  /** Whether a name is taken by a task or a group of its own. */
  has(name: string): boolean {
    return this.#own.has(name) || this.#groups.has(name);
  }

  /** Tasks that come later; they may need one another, and all that the document has. */
  add(scope: Scope, printedBy: string): readonly Template[] {
    const added = this.#read(scope);
    for (const template of added) template.printedBy = printedBy;
    this.#connect(scope);
    return added;
  }

  /** Takes such tasks out again. */
  remove(names: Iterable<string>): void {
    const { awaited } = this.#shared;
    const removed = new Set<Template | undefined>();
    for (const name of names) {
      removed.add(this.#own.get(name));
      this.#own.delete(name);
    }
    for (const need of removed.size === 0 ? [] : awaited) if (removed.has(need.child)) awaited.delete(need);
  }

  #reader(scope: Scope): TemplateReader {
    const ownEnv: Record<string, Text> = {};
    if (scope.prefix !== "") for (const [name, value] of scope.params) ownEnv[name] = value === "" ? [] : [value];
    return new TemplateReader({ scope, ...this.#shared, named: this.named, params: this.#params, ownEnv });
  }

  #read(scope: Scope): TemplateDraft[] {
    const { tree, tasks } = scope;
    const reader = this.#reader(scope);
    const templates: TemplateDraft[] = [];
    for (const [index, [name, task]] of tasks.entries()) {
      if (task.use !== undefined) {
        templates.push(...(this.#groups.get(name)?.templates ?? []));
        continue;
      }
      const path = ["tasks", name] as const;
      const template = reader.read(name, task, path, tree.placeOfName(path, index));
      templates.push(template);
      this.#own.set(name, template);
    }
    if (templates.some((template) => this.#shared.lacking.has(template))) this.#isPartial = true;
    return templates;
  }

  #needable(): Needable {
    return {
      find: (name) => this.#find(name),
      names: new KnownNames(() => this.#names()),
      axesOf: (template) => this.#axesOf(template),
      awaits: (need) => void this.#shared.awaited.add(need),
      lacksAxes: (template) => this.#shared.lacking.has(template),
    };
  }

  #connect(scope: Scope): void {
    const needable = this.#needable();
    const needs = new NeedsReader(scope, needable);
    const inputs = new InputsReader(scope, needable);
    for (const [name, task] of scope.tasks) {
      const template = task.needs === undefined && task.inputs === undefined ? undefined : this.#own.get(name);
      if (template === undefined) continue;
      template.alternatives = needs.read(task.needs, ["tasks", name, "needs"], template);
      if (task.inputs === undefined) continue;
      const before = scope.mistakes.count;
      template.alternatives = inputs.read(task.inputs, ["tasks", name, "inputs"], template);
      if (scope.mistakes.count === before) needs.refuseClash(template.alternatives, ["tasks", name, "inputs"]);
    }
  }

  #connectGroups(): void {
    if (this.#groups.size === 0) return;
    const reader = new NeedsReader(this.scope, this.#needable());
    for (const [name, group] of this.#groups) {
      const { needs } = this.scope.shape.tasks[name] ?? {};
      if (needs === undefined) continue;
      for (const root of rootsOf(group?.templates ?? [], this.#shared.table.axes)) {
        const before = reader.read(needs, ["tasks", name, "needs"], root);
        // A root may need other instances of itself.
        root.alternatives = root.alternatives.flatMap((own) => before.map((edges) => [...edges, ...own]));
      }
    }
  }

  #find(name: string): readonly Template[] | undefined {
    const task = this.#own.get(name);
    if (task !== undefined) return [task];
    if (this.#groups.has(name)) return this.#endsOf(name);
    const slash = name.indexOf("/");
    const group = name.slice(0, Math.max(0, slash));
    if (!this.#groups.has(group)) return undefined;
    const part = this.#groups.get(group);
    return part === undefined ? [] : part.#find(name.slice(slash + 1));
  }

  #endsOf(name: string): readonly Template[] {
    const known = this.#ends.get(name) ?? endsOf(this.#groups.get(name)?.templates ?? [], this.#shared.table.axes);
    this.#ends.set(name, known);
    return known;
  }

  *#names(): Iterable<string> {
    yield* this.#own.keys();
    for (const [name, group] of this.#groups) {
      yield name;
      for (const template of group?.templates ?? []) yield template.name.slice(this.scope.prefix.length);
    }
  }

  #axesOf({ axes }: Template): readonly Axis[] {
    const all = this.#shared.table.axes;
    return axes.flatMap((position) => all[position] ?? []);
  }
}
