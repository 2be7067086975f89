import { expect, test } from "vitest";
import { SUCCESS, STOPPED, exited } from "../../../../src/domain/ending.ts";
import type { Task } from "../../../../src/domain/task.ts";
import type { PrintedEdge, Template, Workflow } from "../../../../src/workflows/document/workflow.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { Numbering } from "../../../../src/workflows/graph/numbering.ts";
import type { Growth } from "../../../../src/workflows/source/growth.ts";
import { WorkflowSource } from "../../../../src/workflows/source/workflow-source.ts";
import { Random } from "../../../simulation/world/random.ts";
import { nextOf, outcomeOf } from "../../../support/workflow-source.ts";
import { randomWorkflow } from "../../../support/random-workflow.ts";
import { endsByModel, type ModelOptions } from "../../../support/workflow-model.ts";

/** Documents that are tried. */
const SEEDS = 600;

/** Chance that is the same for the same name. */
function chanceOf(seed: number, name: string): Random {
  let hash = seed;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return new Random(hash);
}

interface Circumstances extends ModelOptions {
  readonly printed: (generator: string) => readonly Template[];
  readonly edgesTo: (printed: Template) => readonly PrintedEdge[];
  /** There has been an earlier run. */
  readonly hasHistory: boolean;
}

/** Everything by chance, and the same for the same seed. */
function circumstancesOf(seed: number): Circumstances {
  const random = new Random(seed);
  const hasHistory = random.chance(0.6);
  const { workflow, printed, edgesTo } = withPrinters(randomWorkflow(random, { tasks: 7, any: !hasHistory }), random);
  const parentsOf = ({ alternatives, axes }: Template): string[] => [
    ...alternatives.flat().map(({ parent }) => parent),
    ...axes.flatMap((axis) => {
      const found = workflow.axes[axis];
      return found?.kind === "generated" ? [found.by] : [];
    }),
  ];
  const goals = random.chance(0.3)
    ? [random.oneOf(workflow.templates)?.name ?? ""]
    : workflow.templates.map((t) => t.name);
  const wanted = new Set(goals);
  const forced = new Set(random.chance(0.3) ? [random.oneOf(workflow.templates)?.name ?? ""] : []);
  for (const template of workflow.templates.toReversed())
    if (wanted.has(template.name)) for (const name of parentsOf(template)) wanted.add(name);
  for (const template of workflow.templates)
    if (parentsOf(template).some((name) => forced.has(name))) forced.add(template.name);
  return {
    workflow,
    hasHistory,
    outcomeOf: (name) => {
      const own = chanceOf(seed, name);
      return own.chance(0.75) ? "done" : own.chance(0.8) ? "failed" : "killed";
    },
    valuesOf: (name) => {
      const own = chanceOf(seed + 1, name);
      return Array.from({ length: own.whole(0, 4) }, () => String(own.whole(1, 5)));
    },
    doneBefore: (name) => hasHistory && chanceOf(seed + 2, name).chance(0.7),
    printed,
    edgesTo,
    wants: ({ name, printedBy }) => printedBy !== undefined || wanted.has(name),
    forces: ({ name }) => forced.has(name),
  };
}

/** Makes some tasks of a document print others, which some that come behind them need. */
function withPrinters(plain: Workflow, random: Random): Pick<Circumstances, "workflow" | "printed" | "edgesTo"> {
  const axisNamed = (template: Template): string[] => template.axes.map((axis) => plain.axes[axis]?.name ?? "");
  const made = new Map<string, Template[]>();
  const templates = plain.templates.map((template): Template => {
    if (template.generates !== undefined || template.axes.length > 0 || random.chance(0.5)) return template;
    const tasks = Array.from({ length: random.whole(0, 2) }, (_, i): Template => {
      const before =
        i > 0 && random.chance(0.5) ? [{ parent: `${template.name}p0`, place: template.place, match: [] }] : [];
      const axes = random.chance(0.5) && before.length === 0 ? [0] : [];
      const name = `${template.name}p${i}`;
      const condition = random.chance(0.8) ? "success" : "always";
      return {
        ...template,
        name,
        axes,
        condition,
        alternatives: [before],
        printedBy: template.name,
        fingerprint: name,
      };
    });
    made.set(template.name, tasks);
    return { ...template, generates: { kind: "tasks" } };
  });
  const all = templates.map((template, number): Template => {
    const printers = templates.slice(0, number).filter(({ generates }) => generates?.kind === "tasks");
    const printer = random.oneOf(printers);
    if (printer === undefined || random.chance(0.3)) return template;
    const task = random.chance(0.6) ? `${printer.name}p${random.whole(0, 1)}` : undefined;
    const need = { parent: printer.name, place: template.place, match: [], printed: { task, match: undefined } };
    const [first = [], ...others] = template.alternatives;
    return { ...template, alternatives: [[...first, need], ...others] };
  });
  return {
    workflow: { ...plain, templates: all },
    printed: (generator) => made.get(generator) ?? [],
    edgesTo: (parent) =>
      all.flatMap((child) =>
        child.alternatives.flatMap((edges, alternative) =>
          edges.flatMap(({ parent: by, printed: need, place }): PrintedEdge[] => {
            if (need === undefined || by !== parent.printedBy || (need.task ?? parent.name) !== parent.name) return [];
            const common = axisNamed(parent).filter((axis) => axisNamed(child).includes(axis));
            const match = common.map((axis) => ({ axis, childAxis: axis, from: 0, to: 0 }));
            return [{ child: child.name, alternative, edge: { parent: parent.name, place, match } }];
          }),
        ),
      ),
  };
}

/** Runs a document against its source: with outcomes in any order, and what generators print in any pieces. */
class TestRun {
  readonly source: WorkflowSource;
  readonly graph: Graph;
  readonly given: string[] = [];
  readonly kept: Growth[] = [];
  readonly #options: Circumstances;
  readonly #random: Random;
  readonly #settled = new Set<string>();
  #running: Task[] = [];

  constructor(options: Circumstances, random: Random) {
    const { workflow, wants, forces, doneBefore, hasHistory } = options;
    this.#options = options;
    this.#random = random;
    const graph = Graph.of(workflow);
    this.graph = graph;
    const numbering = new Numbering(0);
    for (const range of graph.ranges()) numbering.add(range);
    this.source = new WorkflowSource({
      workflow,
      graph,
      numbering,
      selection: {
        wantsAll: workflow.templates.every((template) => wants(template)),
        grow: () => [],
        wants: (template) => wants(graph.template(template)),
        forces: (template) => forces(graph.template(template)),
      },
      earlier: hasHistory
        ? { of: (template, index) => (doneBefore(graph.nameOf(template, index)) ? "done" : "never") }
        : undefined,
      madeBefore: (by) =>
        workflow.templates.some(({ name, generates }) => name === by && generates?.kind === "tasks")
          ? [{ type: "tasks", by, attempt: 1, text: "" }]
          : [{ type: "values", by, attempt: 1, values: options.valuesOf(by), offset: 0 }],
      kept: [],
      keep: (growth) => void this.kept.push(growth),
      parseTasks: (_, by) => {
        const templates = options.printed(by);
        return { templates, axes: [], edges: templates.flatMap((template) => options.edgesTo(template)) };
      },
      secrets: {},
    });
  }

  /** Runs all. @returns what must not be. */
  async run(): Promise<string | undefined> {
    for (;;) {
      if (this.#running.length > 0 && this.#random.chance(0.5)) this.#end();
      const answer: { items?: readonly Task[] } = {};
      void nextOf(this.source, this.#random.whole(1, 4)).then((found) => (answer.items = found));
      await settleMicrotasks();
      while (answer.items === undefined) {
        if (this.#running.length === 0) return "the source waits for nothing";
        this.#end();
        await settleMicrotasks();
      }
      const { items } = answer;
      if (items.length === 0) return this.#running.length === 0 ? undefined : "the source ends before all have ended";
      for (const task of items) this.#give(task);
    }
  }

  #give(task: Task): void {
    this.given.push(task.name ?? "");
    this.#running.push(task);
    if (this.#random.chance(0.5)) this.source.assigned(task);
    if (task.setting?.isHeard === true && this.#random.chance(0.5)) this.#print(task, false);
  }

  #end(): void {
    const [task] = this.#running.splice(this.#random.whole(0, this.#running.length - 1), 1);
    if (task === undefined) return;
    const name = task.name ?? "";
    const outcome = this.#options.outcomeOf(name);
    if (task.setting?.isHeard === true) this.#print(task, true, outcome === "done");
    if (this.#random.chance(0.2)) this.source.retrying(task);
    this.#settled.add(name);
    const ending = outcome === "done" ? SUCCESS : outcome === "killed" ? STOPPED : exited(1);
    this.source.settled(task, outcomeOf(ending));
  }

  /** Some of what the task prints, or all of it, in pieces. */
  #print(task: Task, all: boolean, isEnd = false): void {
    // Tasks are made of the end alone.
    const text =
      this.#options.printed(task.name ?? "").length > 0 ? "" : this.#options.valuesOf(task.name ?? "").join("\n");
    const bytes = Buffer.from(text === "" || isEnd ? text : `${text}\n`);
    const until = all ? bytes.length : this.#random.whole(0, bytes.length);
    for (let from = 0; from < until;) {
      const to = Math.min(until, from + this.#random.whole(1, 5));
      this.source.printed(task, 1, from, bytes.subarray(from, to));
      from = to;
    }
    if (isEnd) this.source.printed(task, 1, bytes.length, new Uint8Array());
  }
}

async function settleMicrotasks(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

/** What is not as the model has it; undefined when all is. */
async function firstDifference(seed: number): Promise<string | undefined> {
  const options = circumstancesOf(seed);
  const run = new TestRun(options, new Random(seed + 77));
  const wrong = await run.run();
  if (wrong !== undefined) return wrong;
  const expected = new Map<string, string>();
  for (const [name, { state, isNew }] of endsByModel(options)) {
    const hasRun = (state === "done" && isNew) || state === "failed" || state === "killed";
    expected.set(name, hasRun ? `${state}, run` : state);
  }
  const { graph, source, given } = run;
  for (let template = 0; template < graph.templates; template++) {
    for (let index = 0; index < graph.size(template); index++) {
      if (!graph.has(template, index)) continue;
      const name = graph.nameOf(template, index);
      const state = source.machine.stateOf({ template, index }) ?? "unwanted";
      const times = given.filter((one) => one === name).length;
      const stands = `${state}${times === 0 ? "" : times === 1 ? ", run" : `, run ${times} times`}`;
      const model = expected.get(name) ?? (options.wants(graph.template(template)) ? "missing" : "unwanted");
      if (stands !== model) return `${name} is ${stands}, and ${model} by the model`;
      expected.delete(name);
    }
  }
  return expected.size === 0 ? undefined : `missing: ${[...expected.keys()].join(", ")}`;
}

test("all instances of random documents come to the same ends as by a plain model", async () => {
  const differences: string[] = [];
  for (let seed = 1; seed <= SEEDS && differences.length === 0; seed++) {
    const difference = await firstDifference(seed);
    if (difference !== undefined) differences.push(`seed ${seed}: ${difference}`);
  }
  expect(differences).toEqual([]);
});

test("random documents have all kinds of ends", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 100; seed++) {
    for (const { state, isNew } of endsByModel(circumstancesOf(seed)).values()) seen.add(`${state} ${isNew}`);
  }
  expect([...seen].toSorted()).toEqual([
    "blocked true",
    "done false",
    "done true",
    "failed true",
    "killed true",
    "skipped false",
    "skipped true",
  ]);
});
