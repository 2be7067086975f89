import { expect, test } from "vitest";
import { exited, SUCCESS } from "../../../../src/domain/ending.ts";
import type { RunReason } from "../../../../src/domain/run-reason.ts";
import type { PreviousOutcome } from "../../../../src/domain/task.ts";
import type { DoneRule, Edge, Template, TemplateFiles, Workflow } from "../../../../src/workflows/document/workflow.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { printName } from "../../../../src/workflows/graph/instance-name.ts";
import { Numbering } from "../../../../src/workflows/graph/numbering.ts";
import { select } from "../../../../src/workflows/graph/selection.ts";
import type { Checks, Verdict } from "../../../../src/workflows/source/checks.ts";
import type { Earlier } from "../../../../src/workflows/source/earlier.ts";
import { MadeFiles } from "../../../../src/workflows/source/made-files.ts";
import { RuleChecks } from "../../../../src/workflows/source/rule-checks.ts";
import { WorkflowSource } from "../../../../src/workflows/source/workflow-source.ts";
import { Random } from "../../../simulation/world/random.ts";
import { type ShortTask, workflow as documentOf } from "../../../support/workflow.ts";
import { outcomeOf } from "../../../support/workflow-source.ts";

/** Documents that are tried. */
const SEEDS = 200;
const AXIS = ["x0", "x1", "x2"];
const RULES: readonly DoneRule[] = ["history", "outputs", "newer", "cache"];

/** How an instance ends; `isNew`: it has run, or follows what has. */
interface End {
  readonly state: string;
  readonly isNew: boolean;
}

/** A document, and all that decides about it, by names of instances and paths. */
interface World {
  readonly workflow: Workflow;
  readonly earlier: ReadonlyMap<string, Earlier> | undefined;
  readonly forced: readonly string[];
  /** When files were written; those that are not there are missing. */
  readonly times: ReadonlyMap<string, number>;
  readonly failing: ReadonlySet<string>;
  /** Cached instances whose records hold; those with a row, and those that take their time. */
  readonly holds: ReadonlySet<string>;
  readonly hasRow: ReadonlySet<string>;
  readonly isSlow: ReadonlySet<string>;
}

function worldOf(seed: number): World {
  const random = new Random(seed);
  const tasks: Record<string, ShortTask> = {};
  const count = random.whole(2, 6);
  for (let i = 0; i < count; i++) {
    const axes = random.chance(0.6) ? ["x"] : [];
    const needs = Object.keys(tasks).filter(() => random.chance(0.45));
    tasks[`t${i}`] = {
      axes,
      needs,
      condition: random.chance(0.85) ? "success" : "always",
      allowFailure: random.chance(0.15),
      files: random.chance(0.2) ? undefined : filesOf(random, `t${i}`, axes, needs.length === 0),
    };
  }
  const workflow = withInputs(documentOf(tasks, { x: AXIS.slice(0, random.whole(1, 3)) }), random);
  const names = workflow.templates.flatMap((template) => instancesOf(workflow, template).map(({ name }) => name));
  const some = (probability: number): Set<string> => new Set(names.filter(() => random.chance(probability)));
  const kinds: readonly Earlier[] = ["never", "done", "done", "done", "failed", "changed", "outdated", "undone"];
  const isThere = random.chance(0.5) ? 1 : 0.7;
  const paths = workflow.templates.flatMap((template) =>
    instancesOf(workflow, template).flatMap(({ values }) => outputsOf(template, values)),
  );
  return {
    workflow,
    earlier: random.chance(0.75) ? new Map(names.map((name) => [name, random.oneOf(kinds) ?? "never"])) : undefined,
    forced: [...some(random.chance(0.5) ? 0 : 0.1)],
    times: new Map(
      [...paths, "code"].flatMap((path) => (random.chance(isThere) ? [[path, random.whole(1, 4)] as const] : [])),
    ),
    failing: some(0.1),
    holds: some(0.6),
    hasRow: some(0.5),
    isSlow: some(0.3),
  };
}

function filesOf(random: Random, name: string, axes: readonly string[], isRoot: boolean): TemplateFiles {
  const place = axes.length === 0 ? [] : ["/", { axis: "x" }];
  const outputs = ["a", "b"]
    .slice(0, random.whole(1, 2))
    .map((output) => ({ name: output, path: [`${name}/${output}`, ...place], isFolder: false }));
  const isExternal = isRoot && random.chance(0.3);
  const rule = random.oneOf(RULES) ?? "history";
  return { outputs, inputs: [], code: random.chance(0.3) ? [["code"]] : [], rule, cacheEnv: [], isExternal };
}

/** Some of what is needed hands on its first output. */
function withInputs(workflow: Workflow, random: Random): Workflow {
  const byName = new Map(workflow.templates.map((template) => [template.name, template]));
  const handing = (edge: Edge, child: Template): Edge => {
    const parent = byName.get(edge.parent);
    if (parent?.files === undefined || child.files === undefined || random.chance(0.3)) return edge;
    const isList = parent.axes.length > child.axes.length;
    return { ...edge, inputs: [{ name: edge.parent, output: "a", isList }] };
  };
  const templates = workflow.templates.map((template) => ({
    ...template,
    alternatives: template.alternatives.map((edges) => edges.map((edge) => handing(edge, template))),
  }));
  return { ...workflow, templates };
}

interface ModelInstance {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

function instancesOf({ axes }: Workflow, template: Template): ModelInstance[] {
  const [axis] = axes;
  if (template.axes.length === 0 || axis?.kind !== "list") return [{ name: template.name, values: {} }];
  return axis.values.map((x) => ({ name: printName(template.name, [["x", x]]), values: { x } }));
}

function outputsOf({ files }: Template, values: Readonly<Record<string, string>>): string[] {
  return (files?.outputs ?? []).map(({ path }) =>
    path.map((part) => (typeof part === "string" ? part : values[part.axis])).join(""),
  );
}

/** What becomes of all instances, by the rules as they are written down. */
function endsByRules(world: World): Map<string, End> {
  const { workflow, earlier, forced, times, failing, holds } = world;
  const ends = new Map<string, End>();
  const decide = (template: Template, { name, values }: ModelInstance): End => {
    const edges = template.alternatives.flat();
    const parents = edges.flatMap((edge) => {
      const parent = workflow.templates.find((each) => each.name === edge.parent);
      return parent === undefined ? [] : [{ edge, parent, all: matchedTo(workflow, parent, values) }];
    });
    const needed = parents.flatMap(({ parent, all }) =>
      all.map((each) => ({ parent, end: ends.get(each.name) ?? { state: "?", isNew: false } })),
    );
    const isBad = needed.some(({ parent, end: { state } }) => {
      return state === "blocked" || (state === "failed" && !parent.allowFailure);
    });
    const isNew = needed.some(({ end }) => end.isNew);
    if (isBad && template.condition === "success") return { state: "blocked", isNew: true };
    const runs: End = { state: failing.has(name) ? "failed" : "done", isNew: true };
    const stays: End = { state: "done", isNew: false };
    const { files } = template;
    const own = outputsOf(template, values).map((path) => times.get(path));
    const isMissing = own.includes(undefined);
    if (files?.isExternal === true) return isMissing ? { state: "blocked", isNew: true } : stays;
    const before = earlier?.get(name) ?? "never";
    if (forced.includes(name) || before === "undone") return runs;
    if (files?.rule === "cache") {
      if (isNew && template.condition !== "success") return runs;
      return holds.has(name) ? { state: "reused", isNew: false } : runs;
    }
    if (isNew || isMissing) return runs;
    if (files === undefined || files.rule === "history") return before === "done" ? stays : runs;
    if (files.rule === "outputs") return stays;
    const handed = parents
      .filter(({ edge }) => edge.inputs !== undefined)
      .flatMap(({ parent, all }) => all.map((each) => outputsOf(parent, each.values)[0] ?? ""));
    const sources = [...handed, ...(files.code.length > 0 ? ["code"] : [])].map((path) => times.get(path) ?? -1);
    const oldest = Math.min(...own.map((time) => time ?? 0));
    return sources.some((time) => time > oldest) ? runs : stays;
  };
  for (const template of workflow.templates) {
    for (const instance of instancesOf(workflow, template)) ends.set(instance.name, decide(template, instance));
  }
  return ends;
}

function matchedTo(
  workflow: Workflow,
  parent: Template,
  child: Readonly<Record<string, string>>,
): readonly ModelInstance[] {
  const all = instancesOf(workflow, parent);
  return all.filter(
    ({ values }) => values["x"] === undefined || child["x"] === undefined || values["x"] === child["x"],
  );
}

/** What became of instances, and why they ran; and how often each file was looked at. */
interface Ran {
  readonly states: ReadonlyMap<string, string>;
  readonly reasons: ReadonlyMap<string, RunReason>;
  readonly looks: ReadonlyMap<string, number>;
  readonly isBegun: boolean;
}

async function run({ workflow, earlier, forced, times, failing, holds, hasRow, isSlow }: World): Promise<Ran> {
  const graph = Graph.of(workflow);
  const numbering = new Numbering(0);
  for (const range of graph.ranges()) numbering.add(range);
  const files = new MadeFiles(graph);
  const looks = new Map<string, number>();
  const timeOf = (path: string): number => {
    looks.set(path, (looks.get(path) ?? 0) + 1);
    return times.get(path) ?? -1;
  };
  const reasons = new Map<string, RunReason>();
  const previous: PreviousOutcome = { ...outcomeOf(SUCCESS), node: "n", alreadyRecorded: false };
  const cache: Checks = {
    looksAt: () => true,
    check: ({ instance, isForced }) => {
      const name = graph.nameOf(instance.template, instance.index);
      const from = { run: 1, time: 0, node: "n" };
      const verdict: Verdict =
        holds.has(name) && !isForced
          ? { fate: "reused", from, previous: hasRow.has(name) ? previous : undefined }
          : { fate: "runs", reason: { kind: "changed", changes: [{ part: "command", how: "changed" }] } };
      return isSlow.has(name) ? Promise.resolve(verdict) : verdict;
    },
  };
  const source = new WorkflowSource({
    workflow,
    graph,
    numbering,
    files,
    selection: select(graph, [], [], forced),
    earlier:
      earlier === undefined ? undefined : { of: (...instance) => earlier.get(graph.nameOf(...instance)) ?? "never" },
    madeBefore: () => [],
    kept: [],
    keep: () => undefined,
    parseTasks: () => ({ templates: [], axes: [] }),
    secrets: {},
    decisions: {
      runs: ({ template, index }, reason) => reasons.set(graph.nameOf(template, index), reason),
      reused: () => undefined,
      missing: () => undefined,
    },
    checks: new RuleChecks({
      ...{ graph, files, cache },
      hasPast: earlier !== undefined,
      looks: { timeOf, newestIn: timeOf },
    }),
  });
  const isBegun = await source.hasWork();
  for (let items = await source.next(3); items.length > 0; items = await source.next(3)) {
    for (const item of items) {
      if (item.kind === "task") {
        source.settled(item, outcomeOf(failing.has(item.name ?? "") ? exited(1) : SUCCESS));
      } else if (item.kind === "skipped") source.settled(item.task, item.previous);
    }
  }
  const names = workflow.templates.flatMap((template) => instancesOf(workflow, template).map(({ name }) => name));
  const states = names.map((name) => {
    const instance = graph.known(name);
    return [name, instance === undefined ? "missing" : (source.machine.stateOf(instance) ?? "unwanted")] as const;
  });
  return { states: new Map(states), reasons, looks, isBegun };
}

test("instances run, stay, are reused and are blocked as the rules say, whatever files are there", async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = worldOf(seed);
    const expected = endsByRules(world);
    const { states, isBegun } = await run(world);
    const wanted = Object.fromEntries([...expected].map(([name, { state }]) => [name, state]));
    expect({ seed, ...Object.fromEntries(states) }).toEqual({ seed, ...wanted });
    const isAny = [...expected].some(([name, { state, isNew }]) => {
      return state === "reused" ? world.hasRow.has(name) : isNew && state !== "blocked";
    });
    expect({ seed, isBegun }).toEqual({ seed, isBegun: isAny });
    for (const { state, isNew } of expected.values()) seen.add(`${state} ${isNew}`);
  }
  expect([...seen].toSorted()).toEqual(["blocked true", "done false", "done true", "failed true", "reused false"]);
});

test("each file is looked at once, and what has run again is named by an instance that has", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = worldOf(seed);
    const { looks, reasons } = await run(world);
    expect({ seed, often: [...looks].filter(([, count]) => count > 1) }).toEqual({ seed, often: [] });
    const ends = endsByRules(world);
    for (const reason of reasons.values()) {
      if (reason.kind !== "again" || reason.instance === undefined) continue;
      expect([seed, reason.instance, ends.get(reason.instance)?.isNew]).toEqual([seed, reason.instance, true]);
    }
  }
});
