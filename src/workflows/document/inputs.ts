import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type Axes, readChoice } from "./choices.ts";
import { KnownNames } from "./names.ts";
import { type Alternatives, axesIn, type Needable } from "./needs.ts";
import { MatchReader } from "./match.ts";
import type { InputShape, TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";
import type { Axis, AxisMatch, Edge, EdgeInput, MatchWords, Template } from "./workflow.ts";

const NO_MATCH: Pick<Edge, "match"> = { match: [] };

/** Reads inputs of tasks that other tasks make. */
export class InputsReader {
  readonly #scope: Scope;
  readonly #needable: Needable;

  constructor(scope: Scope, needable: Needable) {
    this.#scope = scope;
    this.#needable = needable;
  }

  /** What a child needs, with what its inputs need in each alternative: an edge that is there already hands them on, too. */
  read(said: TaskShape["inputs"], path: Path, child: Template): Alternatives {
    const edges = Object.entries(said ?? {}).flatMap(([name, input]) =>
      this.#edge(name, input, [...path, name], child),
    );
    return edges.length === 0 ? child.alternatives : child.alternatives.map((known) => merged(known, edges));
  }

  #edge(name: string, said: InputShape, path: Path, child: Template): readonly Edge[] {
    if (isObject(said) && "file" in said) return [];
    const { from, match, when } = isObject(said) ? said : { from: said, match: undefined, when: undefined };
    const where = isObject(said) ? [...path, "from"] : path;
    const [task, output] = splitOutput(from);
    const found = this.#needable.find(task);
    if (found === undefined || output === undefined) return this.#notMade(from, where);
    const [parent] = found;
    if (parent === undefined || parent.name !== this.#scope.prefix + task) {
      if (parent !== undefined) this.#isGroup(task, output, found, where);
      return [];
    }
    if (!this.#checkOutput(parent, task, output, where)) return [];
    const axes = this.#needable.axesOf(parent);
    const matched = this.#match(match, [...path, "match"], parent, child);
    const input: EdgeInput = { name, output, isList: !axes.every((axis) => isOne(axis, matched.match)) };
    const edge: Edge = { parent: parent.name, place: child.place, ...matched, inputs: [input] };
    if (when === undefined) return [edge];
    return [{ ...edge, when: readChoice(when, [...path, "when"], this.#axes(child), "this task", this.#scope) }];
  }

  #match(said: MatchWords | undefined, path: Path, parent: Template, child: Template): Pick<Edge, "match" | "values"> {
    if (said === undefined && (parent.axes.length === 0 || child.axes.length === 0)) return NO_MATCH;
    return new MatchReader(this.#scope, path, this.#axes(parent), this.#axes(child)).read(said);
  }

  #axes(template: Template): Axes {
    return axesIn(this.#needable, template);
  }

  /** Whether a task makes such an output. */
  #checkOutput(parent: Template, task: string, output: string, path: Path): boolean {
    const names = (parent.files?.outputs ?? []).map((one) => one.name);
    if (names.includes(output)) return true;
    const { mistakes, tree } = this.#scope;
    if (this.#scope.damaged.has(`tasks.${task}`)) return false;
    const known = new KnownNames(() => names.map((name) => `${task}.${name}`));
    const none = { message: `the task ${quoteWord(task)} has no outputs`, hint: 'write outputs: {NAME: "path"} there' };
    const mistake = names.length === 0 ? none : known.unknown("output", `${task}.${output}`);
    mistakes.at(tree, path, mistake);
    return false;
  }

  #isGroup(group: string, output: string, ends: readonly Template[], path: Path): void {
    const { mistakes, prefix, tree } = this.#scope;
    const names = ends.flatMap(({ name, files }) =>
      files?.outputs.some((one) => one.name === output) === true ? [`${name.slice(prefix.length)}.${output}`] : [],
    );
    const hint = `write one of its tasks${names.length === 0 ? "" : `, such as ${names[0] ?? ""}`}`;
    mistakes.at(tree, path, { message: `${quoteWord(group)} is a group of tasks`, hint });
  }

  #notMade(from: string, path: Path): readonly never[] {
    const { mistakes, tree } = this.#scope;
    const [task, output] = splitOutput(from);
    if (!mistakes.isListing) mistakes.at(tree, path, { message: "unknown task" });
    else if (output === undefined && this.#needable.find(from) !== undefined)
      mistakes.at(tree, path, { message: `which output of ${quoteWord(from)}?`, hint: `write ${from}.OUTPUT` });
    else mistakes.at(tree, path, this.#unknown(task, from));
    return [];
  }

  #unknown(task: string, from: string): { readonly message: string; readonly hint: string } {
    const asFile = `a file that no task makes is written {file: ${JSON.stringify(from)}}`;
    const meant = this.#needable.names.nearest(task);
    const isPath = /[/~$\\ ]|\.[^.]*\.|^\.|\.$/.test(from) && meant === undefined;
    if (isPath) return { message: `${quoteWord(from)} is no TASK.OUTPUT`, hint: asFile };
    const hint = meant === undefined ? asFile : `did you mean ${meant}? ${asFile}`;
    return { message: `unknown task ${quoteWord(task)}`, hint };
  }
}

/** TASK and OUTPUT of what is said: names of tasks have no dots. */
function splitOutput(from: string): readonly [task: string, output: string | undefined] {
  const dot = from.lastIndexOf(".");
  return dot === -1 ? [from, undefined] : [from.slice(0, dot), from.slice(dot + 1)];
}

/** Whether one value of the axis is meant at the most. */
function isOne({ name }: Axis, match: readonly AxisMatch[]): boolean {
  return match.some(({ axis, from, to }) => axis === name && from === to);
}

function merged(known: readonly Edge[], edges: readonly Edge[]): readonly Edge[] {
  const all = [...known];
  for (const edge of edges) {
    const key = keyOf(edge);
    const at = all.findIndex((one) => keyOf(one) === key);
    const same = all[at];
    if (same === undefined) all.push({ ...edge, isOnlyInput: true });
    else all[at] = { ...same, inputs: [...(same.inputs ?? []), ...(edge.inputs ?? [])] };
  }
  return all;
}

/** What an edge connects, and when. */
function keyOf(edge: Edge): string {
  return JSON.stringify({ ...edge, place: undefined, inputs: undefined, isOnlyInput: undefined });
}
