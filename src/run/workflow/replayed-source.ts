import { UserError } from "../../domain/errors.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import type { GrowthRecord } from "../../workflows/history/record.ts";
import type { Instance } from "../../workflows/graph/instance.ts";
import type { Numbering } from "../../workflows/graph/numbering.ts";
import type { Earlier } from "../../workflows/source/earlier.ts";
import { WorkflowSource } from "../../workflows/source/workflow-source.ts";

/** What a run begins from, and a source that decides as that of a run does. Nothing of it is ever started, and nothing is kept. */
export interface ReplayedSource {
  readonly source: WorkflowSource;
  readonly numbering: Numbering;
  /** What earlier runs say of an instance. */
  earlierOf(instance: Instance): Earlier;
}

/** @param kept what generators have made in the run itself. */
export function replayedSource(basis: Basis, firstId: number, kept: readonly GrowthRecord[]): ReplayedSource {
  const { workflow, graph, selection, past, made } = basis;
  const numbering = basis.numberFrom(firstId);
  const earlierOf = ({ template, index }: Instance): Earlier => {
    const state = past.stateOf(template, index, () => graph.nameOf(template, index)) ?? "never";
    return state === "killed" ? "failed" : state;
  };
  const source = new WorkflowSource({
    workflow,
    graph,
    selection,
    numbering,
    earlier: { of: (template, index) => earlierOf({ template, index }) },
    madeBefore: (name) => made.get(name) ?? [],
    kept,
    keep: () => undefined,
    parseTasks: () => {
      throw new UserError("generator-refused", "generates: tasks: not yet");
    },
    secrets: {},
  });
  return { source, numbering, earlierOf };
}
