import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { type AxisContent, readAxis } from "./axes.ts";
import type { Generators } from "./generators.ts";
import { KnownNames, mistakeInVariable } from "./names.ts";
import type { Mistake } from "./mistakes.ts";
import type { TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Scope } from "./scope.ts";
import type { Path } from "./tree.ts";

/** An axis that tasks name, and where it is said what its values are. */
export interface NamedAxis {
  readonly content: AxisContent;
  readonly path: Path;
}

/** Axes that tasks of a document may name; undefined for one that has mistakes of its own. */
export type NamedAxes = ReadonlyMap<string, NamedAxis | undefined>;

/** The axes that a document gives names to: those in `axes`, and those that its tasks generate. */
export function readNamedAxes(scope: Scope, generators: Generators): NamedAxes {
  const { mistakes, shape, tasks, tree } = scope;
  const named = new Map<string, NamedAxis | undefined>(scope.damagedIn(["axes"]).map((name) => [name, undefined]));
  for (const [name, task] of tasks) {
    if (task.generates === undefined || task.use !== undefined) continue;
    addGenerated(name, task.generates, named, scope, generators);
  }
  for (const [name, said] of Object.entries(shape.axes ?? {})) {
    const path: Path = ["axes", name];
    const wrong = mistakeInAxisName(name, scope);
    if (wrong !== undefined) mistakes.at(tree, path, wrong, "key");
    const content = readAxis(said, path, scope);
    if (content?.kind === "generated") {
      const made = generatedAxis(name, content.by, path, scope, generators);
      named.set(name, made === undefined ? undefined : { content: made, path });
    } else if (!refuseBoth(name, path, named, scope)) {
      named.set(name, content === undefined ? undefined : { content, path });
    }
  }
  return named;
}

/** What is wrong with the name of an axis; undefined when nothing is. */
export function mistakeInAxisName(name: string, { shape }: Scope): Mistake | undefined {
  const isParam = shape.params !== undefined && Object.hasOwn(shape.params, name);
  if (isParam) return { message: `there is a parameter of the name ${quoteWord(name)}`, hint: "choose another name" };
  if (name !== "include" && name !== "exclude") return mistakeInVariable(name);
  return { message: `${quoteWord(name)} is a word of matrix`, hint: "choose another name" };
}

/** Tells when an axis that is given values is one that a task generates, too. @returns whether it is. */
export function refuseBoth(name: string, path: Path, named: NamedAxes, { mistakes, tree }: Scope): boolean {
  const generated = named.get(name)?.content;
  if (generated?.kind !== "generated") return false;
  const message = `the axis ${quoteWord(name)} has values here, and is what the task ${generated.by} generates`;
  mistakes.at(tree, path, { message, hint: "give one of them another name" }, "key");
  return true;
}

/** An axis whose generator is named. Undefined, with a mistake, when that task does not make it. */
export function generatedAxis(
  name: string,
  task: string,
  path: Path,
  scope: Scope,
  generators: Generators,
): AxisContent | undefined {
  const { damaged, mistakes, prefix, shape, tree } = scope;
  const found = generators.get(prefix + task);
  if (found?.axis === name) return found.content;
  const where = [...path, "generatedBy"];
  if (found !== undefined || Object.hasOwn(shape.tasks, task)) {
    if (damaged.has(`tasks.${task}`)) return undefined;
    const made = found === undefined ? "no axis" : `the axis ${found.axis}`;
    const message = `the task ${quoteWord(task)} generates ${made}`;
    mistakes.at(tree, where, { message, hint: `write generates: ${name} there` });
    return undefined;
  }
  const within = [...generators.keys()].filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length));
  mistakes.at(tree, where, new KnownNames(() => within).unknown("task that generates an axis", task));
  return undefined;
}

function addGenerated(
  task: string,
  generates: NonNullable<TaskShape["generates"]>,
  named: Map<string, NamedAxis | undefined>,
  scope: Scope,
  generators: Generators,
): void {
  if (generates === "tasks" || (isObject(generates) && "tasks" in generates)) return;
  const { mistakes, prefix, tree } = scope;
  const { axis, type } = isObject(generates) ? generates : { axis: generates, type: undefined };
  const path = ["tasks", task, "generates", ...(isObject(generates) ? ["axis"] : [])];
  const wrong = mistakeInAxisName(axis, scope);
  if (wrong !== undefined) mistakes.at(tree, path, wrong);
  const other = named.get(axis)?.content;
  if (other?.kind === "generated") {
    const message = `the axis ${quoteWord(axis)} is what the task ${other.by} generates`;
    mistakes.at(tree, path, { message, hint: "give one of them another name" });
    return;
  }
  const content: AxisContent = { kind: "generated", by: prefix + task, type: type ?? "string" };
  named.set(axis, { content, path });
  generators.set(prefix + task, { axis, content, tree, path });
}
