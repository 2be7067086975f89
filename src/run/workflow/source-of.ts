import type { Numbering } from "../../workflows/graph/numbering.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import type { GrowthRecord } from "../../workflows/history/record.ts";
import { WorkflowSource } from "../../workflows/source/workflow-source.ts";

interface SourceSettings {
  readonly numbering: Numbering;
  /** What generators have made in the run already. */
  readonly kept: readonly GrowthRecord[];
  /** Keeps what they make. @throws Error when it cannot be kept. */
  readonly keep: (growth: GrowthRecord) => void;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The source of the tasks of a run that begins from this. */
export function sourceOf(basis: Basis, settings: SourceSettings): WorkflowSource {
  const { workflow, graph, selection, past, madeBefore, parseTasks } = basis;
  return new WorkflowSource({
    workflow,
    graph,
    selection,
    madeBefore,
    parseTasks,
    ...settings,
    earlier: {
      of: (template, index) => {
        const state = past.stateOf(template, index, () => graph.nameOf(template, index)) ?? "never";
        return state === "killed" ? "failed" : state;
      },
    },
  });
}
