import { UserError } from "../../domain/errors.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import { instancesNamed } from "../../workflows/graph/instances-named.ts";
import type { PastRun } from "../../workflows/history/history.ts";
import { isSameAbout } from "../../workflows/history/past-documents.ts";
import type { RunFiles } from "../files/run-files.ts";
import { ownNames } from "./own-names.ts";
import { pastBasis } from "./past-basis.ts";
import { sourceOf } from "./source-of.ts";
import type { WorkflowHistory } from "./workflow-history.ts";

/** Earlier runs that are looked at when the last one does not know something. */
const MOST_RUNS = 20;

/** The instances of a run, with those that its generators made. */
export interface NamedGraph {
  /** Name of the workflow. */
  readonly name: string;
  readonly graph: Graph;
}

/** @throws UserError `document-unreadable` where the archive of its document is lost. */
export async function pastGraph(history: WorkflowHistory, run: PastRun, files: RunFiles): Promise<NamedGraph> {
  const basis = await pastBasis(history, run, files);
  const numbering = basis.numberFrom(run.firstId);
  // What its generators have made is in the graph then.
  sourceOf(basis, { numbering, kept: run.growth, keep: () => undefined, secrets: {} });
  return { name: basis.workflow.name, graph: basis.graph };
}

/** The last run, and those before it that were about something else: another document, other parameters, or other goals. */
export function worthALook(runs: readonly PastRun[]): readonly PastRun[] {
  const chosen: PastRun[] = [];
  for (const run of runs.toReversed()) {
    const isKnown = chosen.some((other) => isSameAbout(other, run) && sameGoals(other, run));
    if (!isKnown) chosen.push(run);
    if (chosen.length === MOST_RUNS) break;
  }
  return chosen;
}

function sameGoals(a: PastRun, b: PastRun): boolean {
  return JSON.stringify([a.goals, a.from]) === JSON.stringify([b.goals, b.from]);
}

/**
 * The names of all instances that names stand for in the last run. One with a value of an open axis need not be among those that the run was
 * asked for.
 *
 * @param names of instances, of tasks, or with some of their axes.
 * @throws UserError `unknown-goal`, `document-unreadable`.
 */
export async function instancesMeant(
  history: WorkflowHistory,
  files: RunFiles,
  names: readonly string[],
): Promise<readonly string[]> {
  const { last } = history;
  const { graph } = await pastGraph(history, last, files);
  const found: string[] = [];
  for (const name of await ownNames(last, names)) {
    try {
      found.push(...namesIn(graph, name));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const asked = { ...last, goals: [name], from: [], force: [] };
      const wider = await pastGraph(history, asked, files).catch(() => undefined);
      if (wider?.graph.known(name) === undefined) throw error;
      found.push(name);
    }
  }
  return [...new Set(found)];
}

function namesIn(graph: Graph, name: string): readonly string[] {
  return instancesNamed(graph, name).map(({ template, index }) => graph.nameOf(template, index));
}
