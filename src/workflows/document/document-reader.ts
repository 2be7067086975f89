import { posix } from "node:path";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { AxisContent } from "./axes.ts";
import { readAxis } from "./axes.ts";
import { AxisTable } from "./axis-table.ts";
import { checkShape } from "./check-shape.ts";
import { readJson } from "./json.ts";
import { type Generators, generatedAxis, type NamedAxis } from "./matrix.ts";
import { KnownNames, mistakeInVariable } from "./names.ts";
import { NeedsReader } from "./needs.ts";
import { type GivenMistake, readParams, setParams } from "./params.ts";
import { DOCUMENT, type TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import { Scope, type Surroundings } from "./scope.ts";
import { type TemplateDraft, TemplateReader } from "./template.ts";
import type { Path, Tree } from "./tree.ts";
import type { Template, Text } from "./workflow.ts";
import { readYaml } from "./yaml.ts";

/** Documents that are used by one another, one inside the other. */
const DEEPEST_USE = 20;
/** Documents that one may use in all. */
const MOST_DOCUMENTS = 1000;

/** A document that was read in its place: as a whole, or as a group of another one. */
export interface Part {
  readonly scope: Scope;
  /** Its templates and those of its groups, in the order of the document. */
  readonly templates: readonly TemplateDraft[];
}

/** What a document is read with. */
interface Request {
  readonly file: string;
  readonly text: string;
  readonly prefix: string;
  /** Values of parameters that somebody gives. */
  readonly given: Readonly<Record<string, string>>;
  /** Tells what is wrong with those. */
  readonly refuse: (mistakes: readonly GivenMistake[], tree: Tree) => void;
  /** Parameters of the documents around it. */
  readonly outer: ReadonlyMap<string, string>;
  /** Files of the documents around it, and its own. */
  readonly chain: readonly string[];
}

interface Generator {
  readonly axis: string;
  readonly content: AxisContent;
  readonly tree: Tree;
  readonly path: Path;
}

/** Reads a document and those that it uses. */
export class DocumentReader {
  readonly #around: Surroundings;
  readonly table = new AxisTable();
  /** Tasks that make axes, by their full names. */
  readonly #generators = new Map<string, Generator>();
  readonly #byName = new Map<string, TemplateDraft>();
  #documents = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Undefined, with mistakes, for a document of which nothing can be used. */
  async read(request: Request): Promise<Part | undefined> {
    this.#documents++;
    const scope = await this.#open(request);
    if (scope === undefined) return undefined;
    const groups = await this.#groups(scope, request);
    const templates = this.#templates(scope, groups, request);
    return { scope, templates };
  }

  async #open({ file, text, prefix, given, refuse }: Request): Promise<Scope | undefined> {
    const { mistakes } = this.#around;
    const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
    const isJson = /^\s*\{/.test(plain);
    const tree = await (isJson ? readJson(file, plain, mistakes) : readYaml(file, plain, mistakes));
    if (tree === undefined) return undefined;
    const { value: shape, damaged } = checkShape(DOCUMENT, tree, mistakes);
    if (shape?.tasks === undefined) return undefined;
    const params = readParams(shape, tree, damaged, mistakes);
    const set = setParams(params, given);
    refuse(set.mistakes, tree);
    const unset = new Set(set.mistakes.map(({ name }) => name));
    for (const [name, { usual }] of params) if (usual === undefined && !Object.hasOwn(given, name)) unset.add(name);
    return new Scope({ tree, shape, damaged, prefix }, set.values, unset, this.#around);
  }

  async #groups(scope: Scope, request: Request): Promise<ReadonlyMap<string, Part | undefined>> {
    const groups = new Map<string, Part | undefined>();
    for (const [name, task] of Object.entries(scope.shape.tasks)) {
      if (task.use !== undefined) groups.set(name, await this.#group(name, task, scope, request));
    }
    return groups;
  }

  async #group(name: string, task: TaskShape, scope: Scope, { chain, outer }: Request): Promise<Part | undefined> {
    const { mistakes, tree } = scope;
    const path: Path = ["tasks", name, "use"];
    for (const word of Object.keys(task)) {
      if (WITH_USE.has(word)) continue;
      mistakes.at(
        tree,
        ["tasks", name, word],
        { message: "does not go with use", hint: "write it into the document that is used" },
        "key",
      );
    }
    const said = scope.textOf(task.use ?? "", path);
    const file = scope.pathOf(said);
    if (chain.includes(file)) {
      const circle = [...chain.slice(chain.indexOf(file)), file].map((one) => posix.basename(one)).join(" uses ");
      mistakes.at(tree, path, { message: `documents use each other in a circle: ${circle}` });
      return undefined;
    }
    if (chain.length >= DEEPEST_USE || this.#documents >= MOST_DOCUMENTS) {
      const message = `more than ${MOST_DOCUMENTS} documents, or more than ${DEEPEST_USE} of which one uses the other`;
      mistakes.at(tree, path, { message });
      return undefined;
    }
    const text = scope.readFile(said, path);
    if (text === undefined) return undefined;
    const given = Object.fromEntries(
      Object.entries(task.with ?? {}).map(([param, value]) => [
        param,
        scope.textOf(String(value), ["tasks", name, "with", param]),
      ]),
    );
    return this.read({
      ...{ file, text, prefix: `${scope.prefix}${name}/`, given },
      refuse: (wrong) => refuseWith(wrong, given, ["tasks", name], scope),
      outer: new Map([...outer, ...scope.params]),
      chain: [...chain, file],
    });
  }

  #templates(scope: Scope, groups: ReadonlyMap<string, Part | undefined>, { prefix, outer }: Request): TemplateDraft[] {
    const { tree, shape, params } = scope;
    const { tasks } = shape;
    const generators: Generators = {
      axisOf: (task) => {
        const found = this.#generators.get(prefix + task);
        return found === undefined ? undefined : { axis: found.axis, by: prefix + task, content: found.content };
      },
      names: () => [...Object.keys(tasks), ...[...this.#byName.keys()].flatMap((name) => namesWithin(name, prefix))],
    };
    const named = this.#namedAxes(scope, generators);
    const ownEnv: Record<string, Text> = {};
    if (prefix !== "") for (const [name, value] of params) ownEnv[name] = value === "" ? [] : [value];
    const reader = new TemplateReader({
      scope,
      table: this.table,
      named,
      generators,
      params: new Map([...outer, ...params]),
      ownEnv,
    });
    const templates: TemplateDraft[] = [];
    const own = new Map<string, TemplateDraft>();
    let index = 0;
    for (const name in tasks) {
      const task = tasks[name];
      const position = index++;
      if (task === undefined) continue;
      if (task.use !== undefined) {
        templates.push(...(groups.get(name)?.templates ?? []));
        continue;
      }
      const path = ["tasks", name];
      const template = reader.read(name, task, path, tree.placeOfName(path, tasks, position));
      templates.push(template);
      own.set(name, template);
      this.#byName.set(template.name, template);
    }
    this.#connect(scope, own, groups);
    return templates;
  }

  #namedAxes(scope: Scope, generators: Generators): Map<string, NamedAxis | undefined> {
    const { mistakes, prefix, shape, tree } = scope;
    const named = new Map<string, NamedAxis | undefined>();
    for (const [name, task] of Object.entries(shape.tasks)) {
      const { generates } = task;
      if (generates === undefined || generates === "tasks" || task.use !== undefined) continue;
      const path: Path = ["tasks", name, "generates"];
      const { axis, type } = isObject(generates) ? generates : { axis: generates, type: undefined };
      const wrong = mistakeInVariable(axis);
      const where = isObject(generates) ? [...path, "axis"] : path;
      if (wrong !== undefined) mistakes.at(tree, where, wrong);
      const content: AxisContent = { kind: "generated", by: prefix + name, type: type ?? "string" };
      const other = named.get(axis)?.content;
      if (other?.kind === "generated") {
        const message = `the axis ${quoteWord(axis)} is generated by the task ${other.by} already`;
        mistakes.at(tree, where, { message, hint: "give one of them another name" });
        continue;
      }
      named.set(axis, { content, path: where });
      this.#generators.set(prefix + name, { axis, content, tree, path: where });
    }
    for (const [name, said] of Object.entries(shape.axes ?? {})) {
      const path: Path = ["axes", name];
      const wrong = mistakeInVariable(name) ?? (shape.params?.[name] === undefined ? undefined : PARAM_OF_THIS_NAME);
      if (wrong !== undefined) mistakes.at(tree, path, wrong, "key");
      const read = readAxis(said, path, scope);
      const content = read?.kind === "generated" ? generatedAxis(name, read.by, path, scope, generators) : read;
      const generated = named.get(name)?.content;
      if (generated?.kind === "generated" && read !== undefined && read.kind !== "generated") {
        const message = `${name} has values here, and is what the task ${generated.by} generates`;
        mistakes.at(tree, path, { message, hint: "give one of them another name" }, "key");
      } else named.set(name, content === undefined ? undefined : { content, path });
    }
    return named;
  }

  #connect(scope: Scope, own: ReadonlyMap<string, TemplateDraft>, groups: ReadonlyMap<string, Part | undefined>): void {
    const { shape, prefix } = scope;
    const names = (): Iterable<string> => [...own.keys(), ...groups.keys(), ...inGroups(groups, prefix)];
    const ends = new Map<string, readonly Template[]>();
    const reader = new NeedsReader(scope, {
      find: (name) => {
        const task = own.get(name);
        if (task !== undefined) return [task];
        if (!groups.has(name)) {
          const inner = name.includes("/") ? this.#byName.get(prefix + name) : undefined;
          return inner === undefined ? (isInDamaged(name, groups) ? [] : undefined) : [inner];
        }
        const known = ends.get(name) ?? endsOf(groups.get(name)?.templates ?? [], this.table);
        ends.set(name, known);
        return known;
      },
      names: new KnownNames({ [Symbol.iterator]: () => names()[Symbol.iterator]() }),
      axesOf: ({ axes }) => axes.flatMap((position) => this.table.axes[position] ?? []),
    });
    for (const [name, template] of own) {
      const { needs } = shape.tasks[name] ?? {};
      if (needs !== undefined) template.alternatives = reader.read(needs, ["tasks", name, "needs"], template);
    }
    for (const [name, group] of groups) {
      const { needs } = shape.tasks[name] ?? {};
      if (needs === undefined || group === undefined) continue;
      for (const root of rootsOf(group.templates, this.table)) {
        root.alternatives = reader.read(needs, ["tasks", name, "needs"], root);
      }
    }
  }

  /** Tells of axes that are generated and that no task has. */
  refuseUnused(): void {
    const used = new Set(this.table.axes.flatMap((axis) => (axis.kind === "generated" ? [axis.by] : [])));
    for (const [by, { axis, tree, path }] of this.#generators) {
      if (used.has(by)) continue;
      const hint = `write matrix: [${axis}] where it is used, or leave generates out`;
      this.#around.mistakes.at(tree, path, { message: `no task has the axis ${quoteWord(axis)}`, hint });
    }
  }
}

const WITH_USE = new Set(["use", "with", "needs", "description"]);
const PARAM_OF_THIS_NAME = { message: "there is a parameter of this name", hint: "choose another name" };

function refuseWith(
  wrong: readonly GivenMistake[],
  given: Readonly<Record<string, string>>,
  path: Path,
  { mistakes, tree }: Scope,
): void {
  for (const { name, message, hint } of wrong) {
    const isGiven = Object.hasOwn(given, name);
    const where = isGiven ? [...path, "with", name] : [...path, "use"];
    mistakes.at(tree, where, { message, hint: hint ?? (isGiven ? undefined : `write with: {${name}: ...}`) });
  }
}

/** Names of other groups' tasks, as this document has them. */
function namesWithin(name: string, prefix: string): readonly string[] {
  return name.startsWith(prefix) && name.indexOf("/", prefix.length) >= 0 ? [name.slice(prefix.length)] : [];
}

function inGroups(groups: ReadonlyMap<string, Part | undefined>, prefix: string): readonly string[] {
  return [...groups.values()].flatMap((part) => (part?.templates ?? []).map(({ name }) => name.slice(prefix.length)));
}

/** Whether a name is one of a group that could not be read. */
function isInDamaged(name: string, groups: ReadonlyMap<string, Part | undefined>): boolean {
  const group = name.slice(0, Math.max(0, name.indexOf("/")));
  return groups.has(group) && groups.get(group) === undefined;
}

/** Those that no other one of the group needs. */
function endsOf(templates: readonly Template[], table: AxisTable): readonly Template[] {
  const needed = new Set<string>();
  for (const { name, alternatives, axes } of templates) {
    for (const { parent } of alternatives.flat()) if (parent !== name) needed.add(parent);
    for (const by of generatorsOf(axes, table)) needed.add(by);
  }
  return templates.filter(({ name }) => !needed.has(name));
}

/** Those that need nothing of the group. */
function rootsOf(templates: readonly TemplateDraft[], table: AxisTable): readonly TemplateDraft[] {
  return templates.filter(
    ({ name, alternatives, axes }) =>
      alternatives.flat().every(({ parent }) => parent === name) && generatorsOf(axes, table).length === 0,
  );
}

function generatorsOf(axes: readonly number[], table: AxisTable): readonly string[] {
  return axes.flatMap((position) => {
    const axis = table.axes[position];
    return axis?.kind === "generated" ? [axis.by] : [];
  });
}
