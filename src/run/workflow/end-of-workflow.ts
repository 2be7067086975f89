import type { InstanceState } from "../../domain/instance-state.ts";
import type { BlockedInstance, WorkflowEnd } from "../../domain/workflow-end.ts";
import type { Graph } from "../../workflows/graph/graph.ts";
import type { WorkflowSource } from "../../workflows/source/workflow-source.ts";
import { instanceStory } from "../../workflows/views/instance-story.ts";
import { allInstances } from "../../workflows/views/standing.ts";

/** Blocked instances that are told by name. */
const MOST_TOLD = 3;

/** What came of a document whose run is over. */
export function endOfWorkflow(graph: Graph, source: WorkflowSource): WorkflowEnd {
  const tallies = source.tally();
  const total = (state: InstanceState, isCounted: (template: number) => boolean = () => true): number =>
    tallies.reduce((sum, { counts }, template) => sum + (isCounted(template) ? (counts[state] ?? 0) : 0), 0);
  const isAllowed = (template: number): boolean => graph.template(template).allowFailure;
  const isNot = (template: number): boolean => !isAllowed(template);
  const blocked = total("blocked");
  return {
    failed: total("failed", isNot) + total("killed", isNot),
    allowed: total("failed", isAllowed) + total("killed", isAllowed),
    blocked,
    skipped: total("skipped"),
    reused: total("reused"),
    firstBlocked: blocked === 0 ? [] : firstBlocked(graph, source),
  };
}

function firstBlocked(graph: Graph, source: WorkflowSource): BlockedInstance[] {
  const { machine } = source;
  const standing = {
    instances: graph,
    stateOf: machine.stateOf.bind(machine),
    missingFor: source.missingFor.bind(source),
  };
  const found: BlockedInstance[] = [];
  for (const instance of allInstances(graph)) {
    if (machine.stateOf(instance) !== "blocked") continue;
    const { name, because, lacks, leftOutBy, missing } = instanceStory(standing, instance);
    found.push({ name, cause: because.at(-1), lacks, isLeftOut: leftOutBy === "needs" || undefined, missing });
    if (found.length === MOST_TOLD) break;
  }
  return found;
}
