import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type Axes, readChoice } from "./choices.ts";
import { MatchReader } from "./match.ts";
import { type KnownNames, TASK as TASK_NAME } from "./names.ts";
import type { NeedShape, TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path, Tree } from "./tree.ts";
import type { Axis, AxisMatch, ChoiceWords, Edge, Template } from "./workflow.ts";

/** What a document can need: its tasks and those of its groups, by the names that it has for them. */
export interface Needable {
  /** The templates that a name stands for: a task, or all ends of a group; undefined for an unknown one. */
  find(name: string): readonly Template[] | undefined;
  readonly names: KnownNames;
  axesOf(template: Template): readonly Axis[];
  /** Told of what is needed that a task prints. */
  readonly awaits: (need: AwaitedTasks) => void;
  /** Whether it has axes that could not be read. What is said of those is no other mistake. */
  lacksAxes(template: Template): boolean;
}

/** Tasks that are not there yet are needed. */
export interface AwaitedTasks {
  readonly child: Template;
  readonly alternative: number;
  /** To what prints them. */
  readonly edge: Edge;
  /** Where it is said. */
  readonly tree: Tree;
  readonly path: Path;
}

/** What a task needs: all of one of these. */
export type Alternatives = readonly (readonly Edge[])[];

/** What a task needs, as it is said; everything that it names is checked. A template is what the edges lead to. */
export class NeedsReader {
  readonly #scope: Scope;
  readonly #needable: Needable;

  constructor(scope: Scope, needable: Needable) {
    this.#scope = scope;
    this.#needable = needable;
  }

  /** What `child` needs. Said of a group, each of its roots needs it. */
  read(said: TaskShape["needs"], path: Path, child: Template): Alternatives {
    if (said === undefined) return NONE;
    const isAny = isObject(said) && "any" in said;
    const alternatives = isAny
      ? said.any.map((alternative, i) => this.#all(alternative, [...path, "any", i], child))
      : [this.#all(said, path, child)];
    this.refuseClash(alternatives, path);
    for (const [alternative, edges] of alternatives.entries()) {
      for (const edge of edges) {
        const { tree } = this.#scope;
        if (edge.printed !== undefined) this.#needable.awaits({ child, alternative, edge, tree, path });
      }
    }
    return alternatives;
  }

  /** Tells of two tasks whose states would be one variable. */
  refuseClash(alternatives: Alternatives, path: Path): void {
    if (alternatives.length === 1 && (alternatives[0]?.length ?? 0) < 2) return;
    const names = new Map<string, string>();
    for (const parent of alternatives.flat().flatMap((edge) => [edge.parent, edge.printed?.task ?? []].flat())) {
      const variable = parent.replaceAll(/[/-]/g, "_");
      const other = names.get(variable) ?? parent;
      names.set(variable, other);
      if (other === parent) continue;
      const message = `the states of ${quoteWord(other)} and ${quoteWord(parent)} would be one variable, STATE_${variable}`;
      this.#scope.mistakes.at(this.#scope.tree, path, { message, hint: "give one of them another name" });
    }
  }

  #all(needs: NeedShape | readonly NeedShape[], path: Path, child: Template): readonly Edge[] {
    if (!isList(needs)) return this.#edges(needs, path, child);
    const before = this.#scope.mistakes.count;
    const edges = needs.flatMap((need, i) => this.#edges(need, [...path, i], child));
    if (this.#scope.mistakes.count === before) this.#refuseTwice(edges, path);
    return edges;
  }

  #refuseTwice(edges: readonly Edge[], path: Path): void {
    if (edges.length < 2) return;
    const seen = new Set<string>();
    for (const { parent, match, printed, values, when } of edges) {
      const isPlain = match.length === 0 && printed === undefined && values === undefined && when === undefined;
      const key = isPlain ? parent : JSON.stringify([parent, match, printed, values, when]);
      if (!seen.has(key)) seen.add(key);
      else this.#scope.mistakes.at(this.#scope.tree, path, { message: `needs ${quoteWord(parent)} twice` });
    }
  }

  #edges(need: NeedShape, path: Path, child: Template): readonly Edge[] {
    if (isObject(need) && "printedBy" in need) return this.#printed(need, path, child);
    const { task, match, when: said } = isObject(need) ? need : { task: need, match: undefined, when: undefined };
    const where = isObject(need) ? [...path, "task"] : path;
    const parents = this.#needable.find(task);
    if (parents === undefined) return this.#unknown(task, where);
    const when = this.#when(said, path, child);
    return parents.map((parent) => {
      if (match === undefined && (parent.axes.length === 0 || child.axes.length === 0)) {
        return { parent: parent.name, place: child.place, match: NO_MATCH, ...when };
      }
      const reader = new MatchReader(this.#scope, [...path, "match"], this.#axes(parent), this.#axes(child));
      return { parent: parent.name, place: child.place, ...reader.read(match), ...when };
    });
  }

  /** Which instances of the child need it. */
  #when(said: ChoiceWords | undefined, path: Path, child: Template): Pick<Edge, "when"> {
    if (said === undefined) return NO_CHOICE;
    return { when: readChoice(said, [...path, "when"], this.#axes(child), "this task", this.#scope) };
  }

  #unknown(task: string, path: Path): readonly never[] {
    const { mistakes, tree } = this.#scope;
    const mistake = mistakes.isListing ? this.#needable.names.unknown("task", task) : { message: "unknown task" };
    mistakes.at(tree, path, mistake);
    return [];
  }

  /** What a task prints is needed: all of it, or one task. All instances of the one that prints have to come to an end. */
  #printed({ printedBy, task, match, named, when }: PrintedShape, path: Path, child: Template): readonly Edge[] {
    const { mistakes, tree } = this.#scope;
    const found = this.#needable.find(printedBy);
    if (found === undefined) return this.#unknown(printedBy, [...path, "printedBy"]);
    const generator = found.find(({ generates }) => generates?.kind === "tasks");
    if (generator === undefined) {
      const message = `the task ${quoteWord(printedBy)} prints no tasks`;
      if (found.length > 0)
        mistakes.at(tree, [...path, "printedBy"], { message, hint: "write generates: tasks there" });
      return [];
    }
    if (task !== undefined) this.#checkPrinted(task, printedBy, [...path, "task"]);
    if (match !== undefined) new MatchReader(this.#scope, [...path, "match"], undefined, this.#axes(child)).read(match);
    const full = task === undefined ? undefined : groupOf(generator.name) + task;
    if (named === true && task !== undefined) {
      const hint = "leave one of them out: a task that is named here is needed in any case";
      mistakes.at(tree, [...path, "named"], { message: "does not go with task", hint }, "key");
    }
    const printed = { task: full, match, ...(named === true ? { isNamed: named } : {}) };
    return [{ parent: generator.name, place: child.place, match: NO_MATCH, printed, ...this.#when(when, path, child) }];
  }

  #checkPrinted(task: string, printedBy: string, path: Path): void {
    const { mistakes, tree } = this.#scope;
    if (!TASK_NAME.test(task)) {
      const hint = "letters, digits, _ and -, and no digit or - first";
      mistakes.at(tree, path, { message: `${quoteWord(task)} is no name of a task`, hint });
    }
    const known = this.#needable.find(groupOf(printedBy) + task);
    if (known?.some((one) => one.printedBy === undefined) !== true) return;
    const message = `${quoteWord(task)} is a task of the document, and none that ${printedBy} prints`;
    mistakes.at(tree, path, { message, hint: `write needs: ${groupOf(printedBy)}${task}` });
  }

  #axes(template: Template): Axes {
    return axesIn(this.#needable, template);
  }
}

/** The axes of a template, as far as they could be read. */
export function axesIn(needable: Needable, template: Template): Axes {
  const [all, lacksSome] = [needable.axesOf(template), needable.lacksAxes(template)];
  return { all, lacksSome, hasIncluded: template.include.length > 0 };
}

type PrintedShape = Extract<NeedShape, { printedBy: string }>;

/** What the name of a task begins with that came with another document: nothing, or `group/`. */
export function groupOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/") + 1);
}

const NONE: Alternatives = [[]];
const NO_MATCH: readonly AxisMatch[] = [];
const NO_CHOICE: Pick<Edge, "when"> = {};

function isList(needs: NeedShape | readonly NeedShape[]): needs is readonly NeedShape[] {
  return Array.isArray(needs);
}
