import { expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { instancesNamed } from "../../../../src/workflows/graph/instances-named.ts";
import type { Instance } from "../../../../src/workflows/graph/instance.ts";
import { type Selection, select } from "../../../../src/workflows/graph/selection.ts";
import { type ShortAxis, type ShortTask, workflow } from "../../../support/workflow.ts";
import { chanceOf, randomDocument } from "./random-document.ts";

const DAYS = { kind: "range", from: 0, to: 4, step: 1, type: "date" } as const;
const OPEN = { kind: "open" } as const;
const GENERATED = { kind: "generated", by: "days", type: "int" } as const;

function graphOf(tasks: Readonly<Record<string, ShortTask>>, axes: Readonly<Record<string, ShortAxis>> = {}): Graph {
  return Graph.of(workflow(tasks, axes));
}

function all(graph: Graph): Instance[] {
  return graph
    .ranges()
    .flatMap(({ template, to }) => Array.from({ length: to }, (_, index) => ({ template, index })))
    .filter(({ template, index }) => graph.has(template, index));
}

function names(graph: Graph, wants: (template: number, index: number) => boolean): string[] {
  return all(graph)
    .filter(({ template, index }) => wants(template, index))
    .map(({ template, index }) => graph.nameOf(template, index));
}

function wanted(graph: Graph, ...goals: string[]): string[] {
  return names(graph, select(graph, goals, []).wants);
}

function refusal(graph: Graph, ...goals: string[]): string {
  try {
    select(graph, goals, []);
  } catch (error) {
    return error instanceof UserError ? `${error.code}: ${error.message}` : String(error);
  }
  return "";
}

function weather(): Graph {
  return graphOf(
    {
      fetch: { axes: ["day"] },
      clean: { axes: ["day"], needs: ["fetch", { task: "clean", shift: { day: [-1, -1] } }] },
      check: { axes: ["day"], needs: ["fetch"] },
      report: { needs: ["clean"] },
    },
    { day: DAYS },
  );
}

test("without goals everything is wanted, and nothing is forced", () => {
  const graph = weather();
  const { wantsAll, wants, forces } = select(graph, [], []);
  expect(wantsAll).toBe(true);
  expect(names(graph, wants)).toHaveLength(16);
  expect(names(graph, forces)).toEqual([]);
});

test("goals want what they need, at whatever distance", () => {
  expect(wanted(weather(), "clean[day=1970-01-02]")).toEqual([
    "fetch[day=1970-01-01]",
    "fetch[day=1970-01-02]",
    "clean[day=1970-01-01]",
    "clean[day=1970-01-02]",
  ]);
  expect(wanted(weather(), "report")).toHaveLength(11);
  expect(wanted(weather(), "check", "fetch[day=1970-01-05]")).toHaveLength(10);
});

test("what follows something is forced, and wanted", () => {
  const graph = weather();
  const { wants, forces } = select(graph, ["check[day=1970-01-01]"], ["clean[day=1970-01-04]"]);
  expect(names(graph, forces)).toEqual(["clean[day=1970-01-04]", "clean[day=1970-01-05]", "report"]);
  expect(names(graph, wants)).toHaveLength(12);
});

test("a goal may name some of the axes", () => {
  const graph = graphOf(
    { model: { axes: ["client", "fold"] }, sum: { axes: ["client"], needs: ["model"] } },
    { client: ["a", "b"], fold: ["1", "2"] },
  );
  expect(wanted(graph, "model[fold=2]")).toEqual(["model[client=a,fold=2]", "model[client=b,fold=2]"]);
  expect(wanted(graph, "sum[client=b]")).toEqual(["model[client=b,fold=1]", "model[client=b,fold=2]", "sum[client=b]"]);
});

test("the name of a group stands for all of its tasks", () => {
  const tasks = { set: {}, "g/a": { axes: ["i"], needs: ["set"] }, "g/b": {}, "gg/a": {} };
  const graph = graphOf(tasks, { i: ["1", "2"] });
  expect(wanted(graph, "g")).toEqual(["set", "g/a[i=1]", "g/a[i=2]", "g/b"]);
  expect(names(graph, select(graph, [], ["g"]).forces)).toEqual(["g/a[i=1]", "g/a[i=2]", "g/b"]);
  expect(instancesNamed(graph, "g")).toHaveLength(3);
  expect(refusal(graph, "g[i=1]")).toBe('unknown-goal: "g" is no task of the document: did you mean g/a?');
});

test("a document of open axes alone wants a goal", () => {
  const graph = graphOf({ a: { axes: ["day"] }, b: { axes: ["day"], needs: ["a"] } }, { day: OPEN });
  expect(refusal(graph)).toBe("open-axis: all tasks have open axes: name a goal with values, such as 'b[day=VALUE]'");
  expect(refusal(graph, "b[day=x]")).toBe("");
});

test("goals that do not exist are refused with the nearest name", () => {
  const graph = graphOf({ model: { axes: ["client"], exclude: [{ client: "b" }] } }, { client: ["abcdef", "b"] });
  expect(refusal(graph, "modell")).toBe('unknown-goal: "modell" is no task of the document: did you mean model?');
  expect(refusal(graph, "model[clint=b]")).toBe('unknown-goal: "clint" is no axis of model: did you mean client?');
  expect(refusal(graph, "model[client=abcdeg]")).toBe(
    'unknown-goal: "abcdeg" is no value of the axis client of model: did you mean abcdef?',
  );
  expect(refusal(graph, "model[client=b]")).toBe('unknown-goal: "model[client=b]" is no combination of the document');
});

test("what comes later is wanted by its values, and its generator with it", () => {
  const tasks: Record<string, ShortTask> = {
    regions: {},
    days: {},
    other: {},
    fetch: { axes: ["day"] },
    clean: { axes: ["day", "region"], needs: ["fetch", { task: "fetch", shift: { day: [-1, -1] } }] },
    tell: { axes: ["region"], needs: ["clean"] },
  };
  const graph = graphOf(tasks, { day: GENERATED, region: ["n", "s"] });
  const { wants, forces } = select(graph, ["clean[day=3,region=n]"], []);
  expect(names(graph, wants)).toEqual(["days"]);
  graph.addValues(0, ["1", "2", "3", "4"]);
  expect(names(graph, wants)).toEqual(["days", "fetch[day=2]", "fetch[day=3]", "clean[day=3,region=n]"]);
  expect(names(graph, forces)).toEqual([]);
  const again = select(graph, [], ["fetch[day=4]"]);
  graph.addValues(0, ["5"]);
  expect(names(graph, again.forces)).toEqual([
    "fetch[day=4]",
    "clean[day=4,region=n]",
    "clean[day=4,region=s]",
    "clean[day=5,region=n]",
    "clean[day=5,region=s]",
    "tell[region=n]",
    "tell[region=s]",
  ]);
  expect(names(graph, select(graph, [], ["days"]).forces)).toHaveLength(1 + 5 + 10 + 2);
  expect(names(graph, select(graph, ["tell[region=n]"], []).wants)).toHaveLength(1 + 5 + 5 + 1);
});

test("open axes get their values from goals, and from what needs them", () => {
  const build = (): Graph =>
    graphOf(
      {
        prices: { axes: ["date"] },
        model: { axes: ["client", "date"], needs: [{ task: "prices", shift: { date: [-1, 0] } }] },
        report: { axes: ["client"], needs: ["model"] },
        calendar: {},
      },
      { client: OPEN, date: { kind: "open", type: "int" } },
    );
  expect(wanted(build())).toEqual(["calendar"]);
  expect(wanted(build(), "model[client=7,date=5]", "model[client=8,date=9]")).toEqual([
    "prices[date=5]",
    "prices[date=4]",
    "prices[date=9]",
    "prices[date=8]",
    "model[client=7,date=5]",
    "model[client=8,date=9]",
  ]);
  expect(wanted(build(), "report[client=7]", "model[date=5,client=7]")).toEqual([
    "prices[date=5]",
    "prices[date=4]",
    "model[client=7,date=5]",
    "report[client=7]",
  ]);
  expect(refusal(build(), "model[client=7]")).toBe(
    "open-axis: \"model[client=7]\" names no value of the open axis date: write 'model[client=7,date=VALUE]'",
  );
  expect(refusal(build(), "report[client=7]", "model[client=8,date=1]")).toBe(
    "open-axis: report[client=7] needs model, whose axis client, date is open: no goal names a value, such as 'model[client=VALUE,date=VALUE]'",
  );
  expect(refusal(build(), "prices[date=soon]")).toBe(
    'unknown-goal: "soon" is no value of the axis date, which has whole numbers',
  );
});

test("open axes are asked for by what comes later", () => {
  const graph = graphOf(
    { days: {}, prices: { axes: ["day@2"] }, fit: { axes: ["day"], needs: ["prices"] } },
    { day: GENERATED, "day@2": { kind: "open", type: "int" } },
  );
  const selection = select(graph, [], []);
  expect(names(graph, selection.wants)).toEqual(["days"]);
  const ranges = graph.addValues(0, ["4", "5"]);
  expect(selection.grow(ranges)).toContainEqual({ template: 1, from: 0, to: 1 });
  expect(names(graph, selection.wants)).toEqual(["days", "prices[day=4]", "prices[day=5]", "fit[day=4]", "fit[day=5]"]);
});

/** All that can be reached from some instances. */
function closure(start: readonly Instance[], next: (instance: Instance) => Iterable<Instance>): Set<string> {
  const reached = new Set<string>();
  const rest = [...start];
  for (let instance = rest.pop(); instance !== undefined; instance = rest.pop()) {
    const key = `${instance.template} ${instance.index}`;
    if (reached.has(key)) continue;
    reached.add(key);
    rest.push(...next(instance));
  }
  return reached;
}

function keys(graph: Graph, has: Selection["wants"]): string[] {
  return all(graph)
    .filter(({ template, index }) => has(template, index))
    .map(({ template, index }) => `${template} ${index}`);
}

test("goals of random documents want what can be reached, and no more where all values are there", () => {
  let exact = 0;
  for (let seed = 1; seed <= 600; seed++) {
    const chance = chanceOf(seed + 1_000_000);
    const { workflow: document, growth } = randomDocument(chance);
    const graph = Graph.of(document);
    const instances = all(graph);
    const some = (): Instance[] => instances.filter(() => chance(4) === 0).slice(0, 3);
    const [goals, from] = [some(), some()];
    const named = (list: readonly Instance[]): string[] =>
      list.map(({ template, index }) => graph.nameOf(template, index));
    if (goals.length === 0) continue;
    const { wants, forces } = select(graph, named(goals), named(from));
    for (const { axis, values } of growth) graph.addValues(axis, values);
    const makers = ({ template }: Instance): Instance[] =>
      graph.generatorsOf(template).flatMap((generator) => all(graph).filter((each) => each.template === generator));
    const made = ({ template }: Instance): Instance[] =>
      graph
        .axesMadeBy(template)
        .flatMap((axis) => all(graph).filter((each) => graph.templatesWith(axis).includes(each.template)));
    const forced = closure(from, (instance) => [...graph.children(instance), ...made(instance)]);
    const follow = all(graph).filter(({ template, index }) => forced.has(`${template} ${index}`));
    const reached = closure([...goals, ...follow], (instance) => [...graph.parents(instance), ...makers(instance)]);
    const [areForced, areWanted] = [new Set(keys(graph, forces)), new Set(keys(graph, wants))];
    expect(
      [...forced].filter((key) => !areForced.has(key)),
      `seed ${seed}`,
    ).toEqual([]);
    expect(
      [...reached].filter((key) => !areWanted.has(key)),
      `seed ${seed}`,
    ).toEqual([]);
    if (document.axes.some(({ kind }) => kind === "generated")) continue;
    exact++;
    expect([areForced.size, areWanted.size], `seed ${seed}`).toEqual([forced.size, reached.size]);
  }
  expect(exact).toBeGreaterThan(20);
});
