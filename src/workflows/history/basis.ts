import { UserError } from "../../domain/errors.ts";
import type { Workflow } from "../document/workflow.ts";
import { Graph } from "../graph/graph.ts";
import type { Instance } from "../graph/instance.ts";
import { Numbering } from "../graph/numbering.ts";
import { type Selection, select } from "../graph/selection.ts";
import { instancesNamed } from "../graph/instances-named.ts";
import { addGrowth } from "./add-growth.ts";
import { keptGrowth } from "./growth.ts";
import type { History, PastRun } from "./history.ts";
import { NO_PAST, type Past, readPast, readSuccesses, templateIn } from "./past.ts";
import type { PastDocuments } from "./past-documents.ts";
import type { GrowthRecord, RunRecord } from "./record.ts";

/** What is wanted of a document. */
export type Wish = Pick<RunRecord, "goals" | "from" | "only" | "maxInstances">;

export interface BasisOptions {
  readonly workflow: Workflow;
  readonly wish: Wish;
  /** The runs before, in order. */
  readonly runs: readonly PastRun[];
  readonly documents: PastDocuments;
  /** Path of the status file, and how many bytes of it are of these runs; all of them unless it is said. */
  readonly status: string;
  readonly end?: number | undefined;
}

/** What a run of a document begins from. */
export interface Basis {
  readonly workflow: Workflow;
  /** With the instances of values and tasks that still count. */
  readonly graph: Graph;
  readonly selection: Selection;
  /** What came of instances in earlier runs. */
  readonly past: Past;
  /** What generators have made that still counts, in the order of its ids. */
  readonly growth: readonly GrowthRecord[];
  /** Nothing has been left out that generators have made since `since` runs ago. */
  keepsGrowthSince(run: number): boolean;
  /** Gives ids from this one on to all instances that there are. */
  numberFrom(firstId: number): Numbering;
}

/**
 * Makes out what a run begins from: the instances, what is wanted of them, and what is done already.
 *
 * @throws UserError `cycle`, `too-many-instances`, `unknown-goal`, `open-axis`; as the status file is read.
 */
export function basisOf(options: BasisOptions): Basis {
  const { workflow, wish, runs, status, end } = options;
  const graph = Graph.of(workflow, { maxInstances: wish.maxInstances });
  const isSame = sameTemplates(options, graph);
  const growth = growthFor(options, graph, isSame);
  const sizes: (readonly [template: number, to: number])[] = sizesOf(graph);
  for (const record of growth.records) {
    addGrowth(graph, workflow, record);
    sizes.push(...sizesOf(graph));
  }
  const { goals, from } = wish.only ? { goals: wish.goals, from: [] } : wish;
  const selection = select(graph, goals, from);
  sizes.push(...sizesOf(graph));
  const find = (name: string): Instance | undefined => findIn(graph, name);
  const past = runs.length === 0 ? NO_PAST : readPast({ status, runs, end, find, isSame });
  if (wish.only) for (const name of wish.from) forget(past, graph, name);
  return {
    workflow,
    graph,
    selection,
    past,
    growth: growth.records,
    keepsGrowthSince: growth.isAllSince,
    numberFrom: (firstId) => numbered(firstId, sizes),
  };
}

function findIn(graph: Graph, name: string): Instance | undefined {
  if (graph.templateOf(templateIn(name)) === undefined) return undefined;
  const found = graph.find(name);
  return found instanceof UserError ? undefined : found;
}

/** These run whatever came of them. */
function forget(past: Past, graph: Graph, name: string): void {
  for (const instance of instancesNamed(graph, name)) past.forget(instance);
}

function sizesOf(graph: Graph): [template: number, to: number][] {
  return Array.from({ length: graph.templates }, (_, template) => [template, graph.size(template)]);
}

/** Ids in the order in which indexes have come. @param sizes of templates, as they grew. */
function numbered(firstId: number, sizes: readonly (readonly [template: number, to: number])[]): Numbering {
  const numbering = new Numbering(firstId);
  const known: number[] = [];
  for (const [template, to] of sizes) {
    const from = known[template] ?? 0;
    if (to > from) numbering.add({ template, from, to });
    known[template] = Math.max(from, to);
  }
  return numbering;
}

type IsSame = (run: PastRun, template: string) => boolean;

/** Whether templates were in earlier runs what they are now. Tasks that generators made are what they were as long as they count. */
function sameTemplates({ workflow, documents }: BasisOptions, graph: Graph): IsSame {
  const now = new Map(workflow.templates.map(({ name, fingerprint }) => [name, fingerprint]));
  const then = new Map<Workflow, ReadonlyMap<string, string>>();
  return (run, template) => {
    const fingerprint = now.get(template);
    if (fingerprint === undefined) return graph.templateOf(template) !== undefined;
    const before = documents.of(run);
    if (before === undefined) return false;
    if (before === workflow) return true;
    let fingerprints = then.get(before);
    if (fingerprints === undefined) {
      fingerprints = new Map(before.templates.map((each) => [each.name, each.fingerprint]));
      then.set(before, fingerprints);
    }
    return fingerprints.get(template) === fingerprint;
  };
}

/** What generators have made that still counts. */
function growthFor(
  { runs, status, end, wish, workflow }: BasisOptions,
  graph: Graph,
  isSame: IsSame,
): { readonly records: readonly GrowthRecord[]; readonly isAllSince: (run: number) => boolean } {
  const generators = new Set(runs.flatMap(({ growth }) => growth.map(({ by }) => by)));
  if (generators.size === 0) return { records: [], isAllSince: () => true };
  const successes = readSuccesses({ status, runs, end, wanted: generators });
  const forced = wish.from.map(templateIn);
  const before = {
    isSame: (run: PastRun, generator: string) =>
      workflow.templates.some(({ name }) => name === templateIn(generator)) && isSame(run, templateIn(generator)),
    doneIn: (generator: string) => successes.runsOf(generator),
    isAnew: (generator: string) =>
      successes.runsOf(generator).length > 0 &&
      (!successes.isDone(generator) || (forced.includes(templateIn(generator)) && isNamed(graph, wish.from, generator))),
  };
  const { records } = keptGrowth(runs, before, 0);
  return { records, isAllSince: (run) => keptGrowth(runs, before, run).isAll };
}

/** Whether one of these names stands for the instance. */
function isNamed(graph: Graph, names: readonly string[], instance: string): boolean {
  const found = graph.find(instance);
  if (found instanceof UserError) return false;
  return names
    .filter((name) => templateIn(name) === templateIn(instance))
    .flatMap((name) => instancesNamed(graph, name))
    .some(({ template, index }) => template === found.template && index === found.index);
}

/** What a history says of the run that it ends with, or of one before. */
export function runsBefore({ runs }: Pick<History, "runs">, run: number): readonly PastRun[] {
  return runs.filter((each) => each.run < run);
}
