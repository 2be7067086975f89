import type { AxisType, Combination, Workflow } from "../../../../src/workflows/document/workflow.ts";
import { type ShortAxis, type ShortNeed, type ShortTask, workflow } from "../../../support/workflow.ts";
import { dateOf } from "./naive-model.ts";

/** Whole numbers by chance, from 0 to below `limit`. */
export type Chance = (limit: number) => number;

/** The same numbers for the same seed, by Marsaglia's shifts. */
export function chanceOf(seed: number): Chance {
  let state = seed * 2_654_435_761 + 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

const TYPES = ["string", "int", "date"] as const;
const NAMES = ["a", "b", "c", "d"];

export interface RandomDocument {
  readonly workflow: Workflow;
  /** Values that come to growing axes, in their order. */
  readonly growth: ReadonlyArray<{ readonly axis: number; readonly values: readonly string[] }>;
}

/** A small document with axes, matches and combinations of all kinds, and no circles. */
export function randomDocument(chance: Chance): RandomDocument {
  const types = new Map<string, AxisType>();
  const axes: Record<string, ShortAxis> = {};
  for (let i = 0; i < 5; i++) {
    const name = NAMES[i % NAMES.length] ?? "";
    // Axes of a name nearly always have a type in common, as documents have them.
    const type = (chance(10) === 0 ? undefined : types.get(name)) ?? TYPES[chance(3)] ?? "int";
    types.set(name, type);
    axes[`${name}@${i}`] = randomAxis(type, chance);
  }
  const tasks: Record<string, ShortTask> = { gen: {} };
  const count = 2 + chance(4);
  for (let i = 0; i < count; i++) {
    const own = someOf(Object.keys(axes), chance, 3).filter(
      (key, at, all) => all.findIndex((other) => other.charAt(0) === key.charAt(0)) === at,
    );
    tasks[`t${i}`] = randomTask(i, own, tasks, types, chance);
  }
  const made = workflow(tasks, axes);
  const growth = Array.from({ length: chance(8) }, () => {
    const axis = chance(made.axes.length);
    const type = made.axes[axis]?.type ?? "int";
    return { axis, values: Array.from({ length: 1 + chance(2) }, () => randomValue(type, chance)) };
  });
  return { workflow: made, growth: growth.filter(({ axis }) => made.axes[axis]?.kind === "generated") };
}

function randomAxis(type: AxisType, chance: Chance): ShortAxis {
  const kind = chance(3);
  if (kind === 0) return { kind: "generated", by: "gen", type };
  if (kind === 1 && type !== "string") {
    const from = chance(4);
    const step = [1, 2, -1][chance(3)] ?? 1;
    return {
      kind: "range",
      from,
      to: from + step * (chance(4) - 1) + (chance(2) === 0 ? 0 : Math.sign(step)),
      step,
      type,
    };
  }
  return {
    kind: "list",
    values: [...new Set(Array.from({ length: chance(4) }, () => randomValue(type, chance)))],
    type,
  };
}

function randomValue(type: AxisType, chance: Chance): string {
  if (type === "string") return ["0", "1", "x", "y,z", "1970-01-02"][chance(5)] ?? "";
  if (type === "date") return chance(20) === 0 ? "soon" : dateOf(chance(6));
  return chance(20) === 0 ? "01" : String(chance(6) - 1);
}

function randomTask(
  number: number,
  axes: readonly string[],
  tasks: Readonly<Record<string, ShortTask>>,
  types: ReadonlyMap<string, AxisType>,
  chance: Chance,
): ShortTask {
  const names = axes.map((key) => key.charAt(0));
  const combination = (keep: number): Combination =>
    Object.fromEntries(
      names.filter(() => chance(keep) > 0).map((name) => [name, randomValue(types.get(name) ?? "int", chance)]),
    );
  const whole = (): Combination =>
    Object.fromEntries(names.map((name) => [name, randomValue(types.get(name) ?? "int", chance)]));
  const before = Object.keys(tasks);
  const choice = (from: readonly string[]): Readonly<Record<string, readonly string[]>> => {
    const named = from.filter(() => chance(2) === 0);
    const values = (name: string): string[] =>
      Array.from({ length: 1 + chance(3) }, () => randomValue(types.get(name) ?? "int", chance));
    return Object.fromEntries(named.map((name) => [name, [...new Set(values(name))]]));
  };
  const needs = Array.from({ length: chance(3) }, () => {
    const need = randomNeed(before[chance(before.length)] ?? "gen", names, tasks, chance);
    if (chance(3) > 0) return need;
    const long = typeof need === "string" ? { task: need } : need;
    const theirs = (tasks[long.task]?.axes ?? []).map((key) => key.charAt(0));
    return { ...long, values: chance(2) === 0 ? choice(theirs) : {}, when: chance(2) === 0 ? choice(names) : {} };
  });
  const shifted = names.find((name) => types.get(name) !== "string");
  if (shifted !== undefined && chance(4) === 0) {
    const to = -1 - chance(2);
    needs.push({ task: `t${number}`, shift: { [shifted]: [to - chance(3), to] } });
  }
  return {
    axes,
    needs,
    include: axes.length > 0 && chance(3) === 0 ? Array.from({ length: 1 + chance(3) }, whole) : [],
    exclude: axes.length > 0 && chance(3) === 0 ? Array.from({ length: 1 + chance(3) }, () => combination(2)) : [],
  };
}

function randomNeed(
  task: string,
  own: readonly string[],
  tasks: Readonly<Record<string, ShortTask>>,
  chance: Chance,
): ShortNeed {
  const theirs = (tasks[task]?.axes ?? []).map((key) => key.charAt(0));
  const common = theirs.filter((name) => own.includes(name));
  const window = (): readonly [number, number] => {
    const from = chance(5) - 3;
    return [from, from + (chance(2) === 0 ? 0 : chance(9))];
  };
  const kind = chance(5);
  if (kind === 0)
    return { task, only: Object.fromEntries(common.filter(() => chance(2) === 0).map((name) => [name, [0, 0]])) };
  const some = common[chance(Math.max(1, common.length))];
  if (kind === 1 && some !== undefined) return { task, shift: { [some]: window() } };
  const [other, mine] = [theirs[chance(Math.max(1, theirs.length))], own[chance(Math.max(1, own.length))]];
  if (kind === 2 && other !== undefined && mine !== undefined) {
    return { task, rename: { [other]: mine }, shift: chance(2) === 0 ? {} : { [other]: window() } };
  }
  return task;
}

function someOf(keys: readonly string[], chance: Chance, most: number): string[] {
  const shuffled = keys.map((key) => [chance(1000), key] as const).toSorted(([a], [b]) => a - b);
  return shuffled.slice(0, chance(most + 1)).map(([, key]) => key);
}
