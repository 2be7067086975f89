import type { Workflow } from "../../src/workflows/document/workflow.ts";
import { type ShortAxis, type ShortNeed, type ShortTask, workflow } from "./workflow.ts";

/** Whole numbers by chance, both ends included; and yes with a probability. */
export interface Chance {
  whole(least: number, most: number): number;
  chance(probability: number): boolean;
}

/** What a document that is made by chance has of everything. */
export interface RandomWorkflowOptions {
  /** Most tasks of the document. */
  readonly tasks: number;
  /** Alternatives of needs: which of them is met first depends on what ends first. */
  readonly any: boolean;
}

/** A small document with axes, generators, conditions and needs of all kinds, and no circles. */
export function randomWorkflow(random: Chance, { tasks: most, any }: RandomWorkflowOptions): Workflow {
  const axes: Record<string, ShortAxis> = {
    x: Array.from({ length: random.whole(1, 3) }, (_, i) => `x${i}`),
    n: { kind: "range", from: 1, to: random.whole(1, 4), step: 1 },
  };
  const tasks: Record<string, ShortTask> = {};
  const count = random.whole(2, most);
  for (let i = 0; i < count; i++) {
    const name = `t${i}`;
    const own = someOf(random, Object.keys(axes), 2);
    const makes = random.chance(0.25);
    tasks[name] = {
      axes: own,
      ...randomNeeds(random, name, own, tasks, any),
      condition: random.chance(0.75) ? "success" : random.chance(0.5) ? "failure" : "always",
      allowFailure: random.chance(0.15),
      ...randomWhen(random, own),
      exclude: own.includes("n") && random.chance(0.2) ? [{ n: "2" }] : [],
      generates: makes ? { kind: "axis", axis: `g${i}` } : undefined,
    };
    if (makes) axes[`g${i}`] = { kind: "generated", by: name, type: "int" };
  }
  return workflow(tasks, axes);
}

function randomWhen(random: Chance, own: readonly string[]): Pick<ShortTask, "when"> {
  const [axis] = random.chance(0.15) ? someOf(random, own, 1) : [];
  return axis === undefined ? {} : { when: [[{ axis, values: someValues(random, axis) }]] };
}

function randomNeeds(
  random: Chance,
  name: string,
  own: readonly string[],
  tasks: Readonly<Record<string, ShortTask>>,
  any: boolean,
): Pick<ShortTask, "needs" | "any"> {
  const some = (): ShortNeed[] => {
    const needs = someOf(random, Object.keys(tasks), 2).map((task) =>
      withChoices(random, randomNeed(random, task, own, tasks), own, tasks),
    );
    const shifted = own.find((axis) => axis === "n" || axis.startsWith("g"));
    if (shifted !== undefined && random.chance(0.15)) needs.push({ task: name, shift: { [shifted]: [-1, -1] } });
    return needs;
  };
  return any && random.chance(0.25) ? { any: [some(), some()] } : { needs: some() };
}

function randomNeed(
  random: Chance,
  task: string,
  own: readonly string[],
  tasks: Readonly<Record<string, ShortTask>>,
): ShortNeed {
  if (random.chance(0.15)) return { task, only: {} };
  const common = (tasks[task]?.axes ?? []).find((axis) => axis !== "x" && own.includes(axis));
  if (common === undefined || random.chance(0.6)) return task;
  const from = random.whole(-2, 1);
  return { task, shift: { [common]: [from, from + (random.chance(0.5) ? 0 : random.whole(0, 2))] } };
}

/** Values of some axis: a task that is made says it itself, or its need does. */
function withChoices(
  random: Chance,
  need: ShortNeed,
  own: readonly string[],
  tasks: Readonly<Record<string, ShortTask>>,
): ShortNeed {
  if (random.chance(0.7)) return need;
  const long = typeof need === "string" ? { task: need } : need;
  const [theirs] = someOf(random, tasks[long.task]?.axes ?? [], 1);
  const [mine] = someOf(random, own, 1);
  return {
    ...long,
    ...(theirs === undefined ? {} : { values: { [theirs]: someValues(random, theirs) } }),
    ...(mine === undefined ? {} : { when: { [mine]: someValues(random, mine) } }),
  };
}

function someValues(random: Chance, axis: string): string[] {
  return someOf(random, axis === "x" ? ["x0", "x1", "x2"] : ["1", "2", "3", "4", "5"], 4).concat(
    axis === "x" ? "x0" : "1",
  );
}

function someOf(random: Chance, choices: readonly string[], most: number): string[] {
  const left = [...choices];
  const count = Math.min(left.length, random.whole(0, most));
  return Array.from({ length: count }, () => left.splice(random.whole(0, left.length - 1), 1)[0] ?? "").toSorted();
}
