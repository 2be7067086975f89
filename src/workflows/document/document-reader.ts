import { posix } from "node:path";
import { hasEscapedBytes } from "../../domain/bytes.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { AxisTable } from "./axis-table.ts";
import { checkShape, EMPTY } from "./check-shape.ts";
import type { Generators } from "./generators.ts";
import { loadJsonParser, readJson } from "./json.ts";
import { Lines } from "./lines.ts";
import type { Mistake } from "./mistakes.ts";
import type { AwaitedTasks } from "./needs.ts";
import { type GivenMistake, readParams, setParams } from "./params.ts";
import { type Groups, Part } from "./part.ts";
import { DOCUMENT, type TaskShape } from "./schema.ts";
import { Scope, type Surroundings } from "./scope.ts";
import { type Path, TranslatedTree } from "./tree.ts";
import type { Template } from "./workflow.ts";
import { readYaml } from "./yaml.ts";

/** Documents that are used by one another, one inside the other. */
const DEEPEST_USE = 20;
/** Documents that one may use in all. */
const MOST_DOCUMENTS = 1000;

/** What a document is read with. */
interface Request {
  readonly file: string;
  readonly text: string;
  readonly prefix: string;
  /** Values of parameters that somebody gives. */
  readonly given: Readonly<Record<string, string>>;
  /** Tells what is wrong with those. */
  readonly refuse: (mistakes: readonly GivenMistake[]) => void;
  /** Parameters of the documents around it. */
  readonly outer: ReadonlyMap<string, string>;
  /** Files of the documents around it, and its own. */
  readonly chain: readonly string[];
}

/** Reads a document and those that it uses. */
export class DocumentReader {
  readonly #around: Surroundings;
  readonly table = new AxisTable();
  readonly #generators: Generators = new Map();
  readonly #lacking = new Set<Template>();
  /** All documents in their places, by what names of their tasks begin with. */
  readonly parts = new Map<string, Part>();
  /** What is needed of tasks that are printed. */
  readonly awaited = new Set<AwaitedTasks>();
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
    const [table, generators, awaited, lacking] = [this.table, this.#generators, this.awaited, this.#lacking];
    const part = new Part(scope, groups, request.outer, { table, generators, awaited, lacking });
    this.parts.set(request.prefix, part);
    return part;
  }

  async #open({ file, text, prefix, given, refuse }: Request): Promise<Scope | undefined> {
    const { mistakes } = this.#around;
    const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
    const lines = new Lines(file, plain);
    const problem = problemIn(plain);
    if (problem !== undefined) mistakes.in(lines, problem.at, problem.mistake);
    if (problem !== undefined) return undefined;
    const read = /^\s*\{/.test(plain)
      ? readJson(lines, plain, await loadJsonParser(), mistakes)
      : await readYaml(lines, plain, mistakes);
    if (read === undefined) return undefined;
    const places = this.#around.placesOf(file);
    const tree = places === undefined ? read : new TranslatedTree(read, places);
    const { value: shape, damaged } = checkShape(DOCUMENT, tree, mistakes);
    if (shape?.tasks === undefined) return undefined;
    const params = readParams(shape, tree, damaged, mistakes);
    const set = setParams(params, given);
    refuse(set.mistakes);
    const unset = new Set(set.mistakes.map(({ name }) => name));
    for (const [name, { usual }] of params) if (usual === undefined && !Object.hasOwn(given, name)) unset.add(name);
    return new Scope({ tree, shape, damaged, prefix }, set.values, unset, this.#around);
  }

  async #groups(scope: Scope, request: Request): Promise<Groups> {
    const groups = new Map<string, Part | undefined>();
    for (const [name, task] of scope.tasks) {
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

  /** Tells of axes that are generated and that no task has, when all is known. */
  refuseUnused(): void {
    if ([...this.parts.values()].some((part) => part.isPartial)) return;
    const used = new Set(this.table.axes.flatMap((axis) => (axis.kind === "generated" ? [axis.by] : [])));
    for (const [by, { axis, tree, path }] of this.#generators) {
      if (used.has(by)) continue;
      const hint = `write matrix: [${axis}] where it is used, or leave generates out`;
      this.#around.mistakes.at(tree, path, { message: `no task has the axis ${quoteWord(axis)}`, hint });
    }
  }
}

const WITH_USE = new Set(["use", "with", "needs", "description"]);

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

/** Why a text is no document at all. */
function problemIn(text: string): { readonly at: number; readonly mistake: Mistake } | undefined {
  if (!/\S/.test(text)) return { at: 0, mistake: EMPTY };
  if (!hasEscapedBytes(text)) return undefined;
  return { at: text.search(/\p{Cs}/u), mistake: { message: "bytes that are not UTF-8" } };
}
