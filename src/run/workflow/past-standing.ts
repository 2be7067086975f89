import { UserError } from "../../domain/errors.ts";
import type { TemplateTally } from "../../domain/instance-state.ts";
import type { Workflow } from "../../workflows/document/workflow.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import type { PastRun } from "../../workflows/history/history.ts";
import { decisionsIn } from "../../workflows/history/decisions.ts";
import { type PastState, readPast, reusedIn } from "../../workflows/history/past.ts";
import { DONE, FAILED, KILLED } from "../../workflows/source/state-codes.ts";
import type { Standing } from "../../workflows/views/standing.ts";
import type { RunFiles } from "../files/run-files.ts";
import { pastBasis } from "./past-basis.ts";
import { looksIn } from "./file-looks.ts";
import { PastChecks } from "./past-checks.ts";
import { filesNow, sourceOf } from "./source-of.ts";
import type { WorkflowHistory } from "./workflow-history.ts";

/** Where the instances of a document stood at the end of a run, or stand by now, as its records tell. */
export interface RunStanding extends Standing {
  readonly run: PastRun;
  readonly workflow: Workflow;
  readonly instances: Graph;
  readonly tallies: readonly TemplateTally[];
  /** TaskID of an instance in the run; -1 for none. */
  idOf(instance: Instance): number;
  /** The instance of a name. @throws UserError `unknown-goal`, with the nearest one. */
  find(name: string): Instance;
}

const CODES = { done: DONE, changed: DONE, failed: FAILED, killed: KILLED } as const;

/**
 * Reads where the instances stand: what the run began from, with what its generators made and what came of its tasks. What no
 * record tells of could run, or waits.
 *
 * @throws UserError `document-unreadable`, and what reading the status file throws.
 */
export async function pastStanding(history: WorkflowHistory, run: PastRun, files: RunFiles): Promise<RunStanding> {
  const basis = await pastBasis(history, run, files);
  const { graph, workflow } = basis;
  const numbering = basis.numberFrom(run.firstId);
  const find = (name: string): Instance | undefined => graph.known(name);
  const end = history.runs.find((each) => each.run === run.run + 1)?.statusFrom;
  const rows = { status: files.status, runs: [run], end };
  const outcomes = readPast({ ...rows, find, isSame: () => true });
  const outcomeOf = (template: number, index: number): PastState | undefined =>
    outcomes.stateOf(template, index, () => graph.nameOf(template, index));
  const decisions = decisionsIn(files.workflow, run.run);
  const now = filesNow(basis, looksIn(run.folder));
  const checks = new PastChecks(graph, now.checks, {
    hasRun: (template, index) => outcomeOf(template, index) !== undefined,
    decisions,
    reused: reusedIn(rows),
  });
  const source = sourceOf(basis, { numbering, kept: run.growth, keep: () => undefined, secrets: {}, checks });
  const { machine } = source;
  while (await source.hasWork()) {
    for (let instance = machine.take(); instance !== undefined; instance = machine.take()) {
      const outcome = outcomeOf(instance.template, instance.index);
      if (outcome !== undefined) machine.settle(instance, CODES[outcome]);
    }
  }
  return {
    run,
    // With the tasks that generators have printed.
    workflow: {
      ...workflow,
      templates: Array.from({ length: graph.templates }, (_, each) => graph.templateByNow(each)),
    },
    instances: graph,
    tallies: source.tally(),
    stateOf: (instance) => machine.stateOf(instance),
    missingFor: (instance) => source.missingFor(instance),
    idOf: ({ template, index }) => numbering.idOf(template, index),
    find: (name) => {
      const found = graph.find(name);
      if (found instanceof UserError) throw found;
      return found;
    },
  };
}
