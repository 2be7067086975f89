import { UserError } from "../../domain/errors.ts";
import type { RunReason } from "../../domain/run-reason.ts";
import type { ReadDocument } from "../document/read-document.ts";
import type { Workflow } from "../document/workflow.ts";
import { Graph } from "../graph/graph.ts";
import type { Instance, InstanceRange } from "../graph/instance.ts";
import { instancesNamed } from "../graph/instances-named.ts";
import { Numbering } from "../graph/numbering.ts";
import { type Selection, select } from "../graph/selection.ts";
import type { NewTasks } from "../source/workflow-source.ts";
import { filesDecide } from "../source/rule-checks.ts";
import { addValues } from "./add-values.ts";
import { growthByGenerator, type Made } from "./growth.ts";
import type { PastRun } from "./history.ts";
import { Outdated } from "./outdated.ts";
import { lastSuccesses, NO_PAST, type Past, type PastState, readPast } from "./past.ts";
import type { PastDocuments } from "./past-documents.ts";
import type { GrowthRecord } from "./record.ts";
import { placeWish, type Wish } from "./place-wish.ts";
import { sameTemplates } from "./same-templates.ts";
import { WhatChanged } from "./what-changed.ts";
import { withAllNeeds } from "./with-all-needs.ts";

export interface BasisOptions {
  readonly document: ReadDocument;
  readonly wish: Wish;
  /** The runs before, in order. */
  readonly runs: readonly PastRun[];
  readonly documents: PastDocuments;
  /** Path of the status file, and how many bytes of it are of these runs; all of them unless it is said. */
  readonly status: string;
  readonly end?: number | undefined;
}

/** What came of an instance in earlier runs. `outdated`: it is done, and an earlier run should have run it again. */
type Before = PastState | "outdated";

/** What a run of a document begins from. */
export interface Basis {
  readonly workflow: Workflow;
  /** With the instances of those values and tasks that are sure to stay. */
  readonly graph: Graph;
  readonly selection: Selection;
  /** What came of instances in earlier runs. */
  readonly past: Past;
  /** The same, for an instance of which all is known that it needs. */
  readonly before: (template: number, index: number) => Before | undefined;
  /** Why one runs whose outcome in earlier runs says so; undefined for one that is done as far as they know. */
  readonly reason: (template: number, index: number) => RunReason | undefined;
  /** What a generator made when it succeeded. @param name of its instance. */
  readonly madeBefore: (name: string) => readonly GrowthRecord[];
  /** Reads tasks that a generator has printed. @throws UserError `generator-refused`. */
  readonly parseTasks: (text: string, by: string) => NewTasks;
  /** What is in the graph since generators made it, in its order. */
  readonly growth: readonly GrowthRecord[];
  /** Gives ids from this one on to all instances that there are. */
  numberFrom(firstId: number): Numbering;
}

/**
 * Makes out what a run begins from: the instances, what is wanted of them, and what is done already.
 *
 * @throws UserError `cycle`, `too-many-instances`, `unknown-goal`, `open-axis`; as the status file is read.
 */
export async function basisOf(options: BasisOptions): Promise<Basis> {
  const { document, wish, runs, documents, status, end } = options;
  await documents.load(runs);
  const { workflow, parseTasks } = document;
  const graph = Graph.of(workflow, { maxInstances: wish.maxInstances });
  const { goals, from, force, again } = await placeWish(options.wish, graph, async () => {
    const all = { ...wish, goals: [], from: [], force: [], only: false };
    return (await basisOf({ ...options, wish: all })).graph;
  });
  const selection = select(graph, goals, from, force);
  const ranges: InstanceRange[] = graph.ranges();
  const rows = { status, runs, end };
  const made = madeIn(rows);
  const templatesMade = new Map<string, number>();
  const isSame = sameTemplates(workflow, documents, (name) => templatesMade.get(name));
  const find = (name: string): Instance | undefined => graph.known(name);
  const taken = new Set<GrowthRecord>();
  const tasksIn: Basis["parseTasks"] = (text, by) => {
    const { templates, edges, warnings } = parseTasks(text, by);
    return { templates, edges, warnings, axes: workflow.axes.slice(graph.axes) };
  };
  for (;;) {
    const past = runs.length === 0 ? NO_PAST : readPast({ ...rows, find, isSame });
    const asked = new Map<string, RunReason>();
    const unknown = again.flatMap((name) => forget(past, graph, name, asked) ?? []);
    const outdated = new Outdated(graph, past, runs);
    const before = (template: number, index: number): Before | undefined => {
      const state = past.stateOf(template, index, () => graph.nameOf(template, index));
      return state === "done" && outdated.has(template, index) ? "outdated" : state;
    };
    const reason = reasons({
      graph,
      past,
      before,
      outdated,
      asked,
      changed: new WhatChanged(workflow, documents, runs),
    });
    const stays = surelyDone(graph, selection, before);
    const fresh = inOrder(runs, made).filter((record) => !taken.has(record) && stays(record.by));
    for (const record of fresh) {
      taken.add(record);
      if (record.type === "values") {
        ranges.push(...selection.grow(addValues(graph, workflow, record)), ...graph.ranges());
      } else {
        const { templates, axes, edges } = tasksIn(record.text, record.by);
        const grown = graph.addTemplates(templates, axes, edges);
        ranges.push(...grown, ...selection.grow(grown), ...graph.ranges());
        for (const { name } of templates) templatesMade.set(name, made.get(record.by)?.run ?? Infinity);
      }
    }
    // With more instances more generators may be known, and what came of all of these.
    if (fresh.length > 0) continue;
    for (const mistake of unknown) throw mistake;
    return {
      workflow,
      graph,
      selection,
      past,
      before,
      reason,
      // Tasks that are there are not made again. Of values it is known which ones are.
      madeBefore: (name) =>
        (made.get(name)?.records ?? []).filter((record) => record.type === "values" || !taken.has(record)),
      parseTasks: tasksIn,
      growth: [...taken],
      numberFrom: (firstId) => numbered(firstId, ranges),
    };
  }
}

/** What generators made when they succeeded. */
function madeIn(rows: Pick<BasisOptions, "status" | "runs" | "end">): ReadonlyMap<string, Made> {
  const generators = new Set(rows.runs.flatMap(({ growth }) => growth.map(({ by }) => by)));
  if (generators.size === 0) return new Map();
  const successes = lastSuccesses(rows, generators);
  return growthByGenerator(rows.runs, (name) => successes.get(name) ?? 0);
}

function numbered(firstId: number, ranges: readonly InstanceRange[]): Numbering {
  const numbering = new Numbering(firstId);
  for (const range of ranges) numbering.add(range);
  return numbering;
}

/**
 * These run whatever came of them.
 *
 * @param asked gets why each of them runs, by name.
 * @returns what is wrong with the name, as far as instances are known.
 */
function forget(past: Past, graph: Graph, name: string, asked: Map<string, RunReason>): UserError | undefined {
  try {
    for (const instance of instancesNamed(graph, name)) {
      if (past === NO_PAST) break;
      const known = graph.nameOf(instance.template, instance.index);
      const state = past.stateOf(instance.template, instance.index, () => known);
      if (state !== undefined)
        asked.set(known, { kind: state === "done" || state === "changed" ? "forced" : "failed" });
      past.forget(instance);
    }
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

interface ReasonsOptions extends Pick<Basis, "graph" | "past" | "before"> {
  readonly outdated: Outdated;
  readonly changed: WhatChanged;
  /** Why instances run that somebody has asked for, by name. */
  readonly asked: ReadonlyMap<string, RunReason>;
}

function reasons({ graph, past, before, outdated, changed, asked }: ReasonsOptions): Basis["reason"] {
  return (template, index) => {
    const state = before(template, index);
    const name = (): string => graph.nameOf(template, index);
    switch (state) {
      case "done":
        return undefined;
      case "outdated":
        return outdated.why(template, index);
      case "changed":
        return {
          kind: "changed",
          changes: changed.since(past.madeIn(template, index, name), graph.template(template).name),
        };
      case undefined:
        return (
          (asked.size === 0 ? undefined : asked.get(name())) ?? {
            kind: past.isUndone(template, index, name) ? "forced" : "never",
          }
        );
      default:
        return { kind: "failed" };
    }
  };
}

function inOrder(runs: readonly PastRun[], made: ReadonlyMap<string, Made>): GrowthRecord[] {
  const wanted = new Set([...made.values()].flatMap(({ records }) => records));
  return runs.flatMap(({ growth }) => growth.filter((record) => wanted.has(record)));
}

/** Whether an instance is done, and all that it needs, at whatever distance: then it stays so. */
function surelyDone(graph: Graph, { wants, forces }: Selection, before: Basis["before"]): (name: string) => boolean {
  const isDone = (template: number, index: number): boolean => {
    const { files } = graph.template(template);
    // Whoever only reads records is not sure of what files decide.
    if (files !== undefined && filesDecide(files)) return false;
    return before(template, index) === "done" && !forces(template, index);
  };
  const areDone = withAllNeeds(graph, (template) => {
    for (let index = 0; index < graph.size(template); index++) {
      if (graph.has(template, index) && wants(template, index) && !isDone(template, index)) return false;
    }
    return true;
  });
  return (name) => {
    const found = graph.known(name);
    if (found === undefined || !isDone(found.template, found.index)) return false;
    return graph.edgesTo(found.template).every(({ parent }) => areDone(parent));
  };
}
