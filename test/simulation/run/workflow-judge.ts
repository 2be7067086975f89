import type { JournalEntry } from "../../../src/records/journal/entry.ts";
import { endsByModel } from "../../support/workflow-model.ts";
import type { Execution } from "./executions.ts";
import type { SimulatedWorkflow } from "./simulated-workflow.ts";
import { wholeGraph, type WorkflowScenario } from "./workflow-scenario.ts";

/** Return code of a task that was stopped without having been started or heard of. */
const STOPPED = -102;

export interface JudgedWorkflow {
  readonly scenario: WorkflowScenario;
  readonly workflow: SimulatedWorkflow;
  /** Return codes on record, by task id. */
  readonly codes: ReadonlyMap<number, number>;
  readonly byTask: ReadonlyMap<number, readonly Execution[]>;
  readonly journal: readonly JournalEntry[];
  /** The run has come to its end by itself. */
  readonly isDone: boolean;
}

/** What must not be of a document's instances, in words: by what is on record of them. */
export function wrongInstances(judged: JudgedWorkflow): string[] {
  return [...(judged.isDone ? wrongEnds(judged) : []), ...startedTooSoon(judged)];
}

/** All have come to the ends that follow from what is on record, whatever has happened to drivers meanwhile. */
function wrongEnds({ scenario, workflow, codes }: JudgedWorkflow): string[] {
  const { names } = scenario;
  const codeOf = (name: string): number | undefined => codes.get(names.indexOf(name));
  const ends = endsByModel({
    workflow: scenario.workflow,
    outcomeOf: (name) => {
      const code = codeOf(name);
      return code === 0 ? "done" : code === STOPPED ? "killed" : "failed";
    },
    valuesOf: (name) => printedBy(workflow, name),
    doneBefore: () => false,
    wants: () => true,
    forces: () => false,
  });
  const wrong: string[] = [];
  for (const [name, { state }] of ends) {
    const hasRun = state === "done" || state === "failed" || state === "killed";
    if (hasRun && codeOf(name) === undefined) wrong.push(`${name} has no outcome, and ought to have run`);
    if (!hasRun && codeOf(name) !== undefined) wrong.push(`${name} has an outcome, and is ${state}`);
  }
  for (const [id] of codes) if (!ends.has(names[id] ?? "")) wrong.push(`${names[id]} has run, and does not exist`);
  const { last } = workflow;
  for (const { name, counts } of last?.tally() ?? []) {
    for (const state of ["waiting", "ready", "running", "retrying"] as const)
      if ((counts[state] ?? 0) > 0) wrong.push(`${counts[state]} of ${name} are ${state} at the end`);
  }
  return wrong;
}

/** Nothing has been started before all that it needs has come to its end. */
function startedTooSoon({ scenario, workflow, byTask }: JudgedWorkflow): string[] {
  const graph = wholeGraph(scenario.workflow, (name) => printedBy(workflow, name));
  const executionsOf = (name: string): readonly Execution[] => byTask.get(scenario.names.indexOf(name)) ?? [];
  return scenario.names.flatMap((name) => {
    const instance = graph.find(name);
    const start = executionsOf(name)[0]?.startedAt;
    if (start === undefined || !("template" in instance)) return [];
    if (graph.template(instance.template).alternatives.length > 1) return [];
    return Array.from(graph.parents(instance)).flatMap((parent) => {
      const needed = graph.nameOf(parent.template, parent.index);
      const runs = executionsOf(needed);
      const hasEnded = runs.length === 0 || runs.some(({ endedAt }) => endedAt !== undefined && endedAt <= start);
      return hasEnded ? [] : [`${name} is started before ${needed} has ended, which it needs`];
    });
  });
}

function printedBy({ growth }: SimulatedWorkflow, name: string): string[] {
  return growth.flatMap((one) => (one.type === "values" && one.by === name ? one.values : []));
}
