import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { KnownNames } from "../document/names.ts";
import type { ForeignTree } from "./foreign-tree.ts";
import type { DaggyTask, Reference } from "./daggy-task.ts";

/** What each task needs, by name, each once: what it says itself first, then what others say. */
export type Parents = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The edges of tasks, which either side may declare; both sides are one edge. Names of instances, circles and names of no task are told.
 *
 * @param elsewhere takes an edge to a task that is not among these, and says whether there is one of that name.
 */
export function edgesOf(
  tasks: readonly DaggyTask[],
  foreign: ForeignTree,
  elsewhere: (from: DaggyTask, kind: "parents" | "children", name: string) => boolean = () => false,
): Parents {
  const byName = new Map(tasks.map((task) => [task.name, new Set<string>()]));
  const known = new KnownNames(() => byName.keys());
  const before = foreign.mistakes.count;
  const isTask = (task: DaggyTask, kind: "parents" | "children", reference: Reference): boolean => {
    const { name, path } = reference;
    if (name === task.name) foreign.refuse(path, `${quoteWord(name)} needs itself`);
    if (byName.has(name)) return name !== task.name;
    if (elsewhere(task, kind, name)) return false;
    const [, template] = /^(.+)_[0-9]+$/.exec(name) ?? [];
    const isInstance = template !== undefined && byName.has(template);
    const hint = `edges name tasks, such as ${template}, and none of its instances`;
    const mistake = known.unknown("task", name);
    foreign.refuse(path, mistake.message, isInstance ? hint : mistake.hint);
    return false;
  };
  for (const task of tasks) {
    for (const parent of task.parents) if (isTask(task, "parents", parent)) byName.get(task.name)?.add(parent.name);
  }
  for (const task of tasks) {
    for (const child of task.children) if (isTask(task, "children", child)) byName.get(child.name)?.add(task.name);
  }
  if (foreign.mistakes.count === before) refuseCircle(tasks, byName, foreign);
  return byName;
}

/** Tells one circle, when there is one. */
export function refuseCircle(
  tasks: readonly Pick<DaggyTask, "name" | "path">[],
  parents: Parents,
  foreign: ForeignTree,
): void {
  const good = new Set<string>();
  for (const { name: first, path } of tasks) {
    const way: { readonly name: string; readonly rest: Iterator<string> }[] = [];
    const onWay = new Set<string>();
    const enter = (name: string): void => {
      way.push({ name, rest: (parents.get(name) ?? new Set()).values() });
      onWay.add(name);
    };
    if (!good.has(first)) enter(first);
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const { value, done } = last.rest.next();
      if (done === true) {
        way.pop();
        onWay.delete(last.name);
        good.add(last.name);
      } else if (onWay.has(value)) {
        const names = way.map(({ name }) => name);
        const circle = [...names.slice(names.indexOf(value)), value].toReversed().join(" -> ");
        return foreign.refuse(path, `tasks need each other in a circle: ${circle}`, undefined, "key");
      } else if (!good.has(value)) {
        enter(value);
      }
    }
  }
}

/** All tasks that cannot begin before one of these has ended, by the edges among them. */
export function followersOf(first: string, parents: Parents): ReadonlySet<string> {
  const children = new Map<string, string[]>();
  for (const [child, each] of parents) {
    for (const parent of each) {
      const known = children.get(parent);
      if (known === undefined) children.set(parent, [child]);
      else known.push(child);
    }
  }
  const found = new Set<string>();
  const open = [first];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const child of children.get(name) ?? []) {
      if (found.has(child)) continue;
      found.add(child);
      open.push(child);
    }
  }
  return found;
}
