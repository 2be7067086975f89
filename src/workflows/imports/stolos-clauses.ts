import { isObject } from "../document/schema-words.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";
import { readValues, type ValueList } from "./stolos-values.ts";

/** A name, and where it stands. */
interface PlacedName {
  readonly value: string;
  readonly path: Path;
}

/** Says which jobs of some apps a job needs. */
export interface Clause {
  /** All of them are needed. */
  readonly apps: readonly PlacedName[];
  /** Values of identifiers of parents and of the child; `all` for those that the parent's autofill_values has. */
  readonly lists: ReadonlyMap<string, ValueList | "all">;
  /** Job ids of parents, as they are. */
  readonly jobIds: ValueList | undefined;
  readonly path: Path;
}

/** Clauses that apply together, or not at all. */
export interface Group {
  readonly name: string;
  readonly clauses: readonly Clause[];
  readonly path: Path;
}

/** How the one group is called that has no name. */
const UNNAMED = "default";

/** What stands in `depends_on`: one group, or several by their names. */
export function readGroups(placed: Placed, foreign: ForeignTree): readonly Group[] {
  const { value, path } = placed;
  if (Array.isArray(value)) {
    const hint = 'a list of clauses stands in a group: {"depends_on": {"GROUP": [{"app_name": ["..."]}]}}';
    foreign.refuse(path, "must be an object: Stolos fails at a list here", hint);
    return [];
  }
  if (isObject(value) && "app_name" in value) {
    const clause = readClause(placed, foreign);
    return clause === undefined ? [] : [{ name: UNNAMED, clauses: [clause], path }];
  }
  return foreign.object(placed).flatMap(([name, inner]): Group[] => {
    const several: readonly unknown[] | undefined = Array.isArray(inner.value) ? inner.value : undefined;
    if (several?.length === 0) foreign.refuse(inner.path, "a group without clauses");
    const all = several?.map((one, i): Placed => ({ value: one, path: [...inner.path, i] })) ?? [inner];
    const clauses = all.flatMap((one) => readClause(one, foreign) ?? []);
    return [{ name, clauses, path: inner.path }];
  });
}

function readClause(placed: Placed, foreign: ForeignTree): Clause | undefined {
  const before = foreign.mistakes.count;
  const lists = new Map<string, ValueList | "all">();
  let apps: readonly PlacedName[] = [];
  let jobIds: ValueList | undefined;
  const words = foreign.object(placed);
  for (const [name, inner] of words) {
    if (name === "app_name") apps = readApps(inner, foreign);
    else if (name === "job_id") jobIds = readValues(inner, foreign);
    else {
      const list = inner.value === "all" ? "all" : readList(inner, foreign);
      if (list !== undefined) lists.set(name, list);
    }
  }
  if (!words.some(([name]) => name === "app_name") && foreign.mistakes.count === before) {
    foreign.refuse(placed.path, '"app_name" is missing', "a clause names the apps that are needed");
  }
  return foreign.mistakes.count === before ? { apps, lists, jobIds, path: placed.path } : undefined;
}

function readList(placed: Placed, foreign: ForeignTree): ValueList | undefined {
  if (Array.isArray(placed.value)) return readValues(placed, foreign);
  foreign.refuse(placed.path, 'must be a list of values, or "all"');
  return undefined;
}

function readApps({ value, path }: Placed, foreign: ForeignTree): readonly PlacedName[] {
  if (typeof value === "string") {
    foreign.note([], path, "app_name is a list in Stolos: a name alone is taken for a list of one");
    return [{ value, path }];
  }
  const names = foreign.texts({ value, path }) ?? [];
  if (Array.isArray(value) && value.length === 0) foreign.refuse(path, "names no app");
  const seen = new Set<string>();
  return names.flatMap((name, i): PlacedName[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ value: name, path: [...path, i] }];
  });
}
