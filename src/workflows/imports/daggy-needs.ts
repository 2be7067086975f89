import type { ForeignTree } from "./foreign-tree.ts";
import { followersOf, type Parents } from "./daggy-edges.ts";
import type { PreparedTask } from "./daggy-task-builder.ts";
import type { Dialect } from "./daggy-words.ts";

/** In C++, whatever needs a generator does not need what that prints unless the printed task says so; in Rust it does. */
const INHERITS: Readonly<Record<Dialect, boolean>> = { c: false, rust: true };

const ALL_TO_ALL =
  "edges connect all instances with all: without match: [], those with equal values would be connected";
const NAMED = "tasks that are printed may say that this one needs them";

/** What each of these tasks needs, in the words of our documents, by its name in Daggy's. */
export function needsOf(
  prepared: readonly PreparedTask[],
  parents: Parents,
  { dialect, foreign }: { readonly dialect: Dialect; readonly foreign: ForeignTree },
): ReadonlyMap<string, readonly unknown[]> {
  const byName = new Map(prepared.map((each) => [each.task.name, each]));
  const needs = new Map<string, unknown[]>();
  for (const child of prepared) {
    const own: unknown[] = [];
    needs.set(child.task.name, own);
    for (const name of parents.get(child.task.name) ?? []) {
      const parent = byName.get(name);
      if (parent !== undefined) own.push(needOf(child, parent, dialect, foreign));
    }
  }
  for (const { task, name } of prepared.filter((each) => each.task.isGenerator)) {
    for (const follower of followersOf(task.name, parents)) {
      if (parents.get(follower)?.has(task.name) === true) continue;
      needs.get(follower)?.push({ printedBy: name, named: true, match: [] });
    }
  }
  return needs;
}

function needOf(child: PreparedTask, parent: PreparedTask, dialect: Dialect, foreign: ForeignTree): unknown {
  const about = ["tasks", child.name, "needs"];
  if (parent.task.isGenerator) {
    if (INHERITS[dialect]) return { printedBy: parent.name, match: [] };
    foreign.explain(about, child.task.path, NAMED);
    return { printedBy: parent.name, named: true, match: [] };
  }
  const names = new Set(parent.axes.map(({ name }) => name));
  if (!child.axes.some(({ name }) => names.has(name))) return parent.name;
  foreign.explain(about, child.task.path, ALL_TO_ALL);
  return { task: parent.name, match: [] };
}
