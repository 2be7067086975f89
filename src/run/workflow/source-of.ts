import type { Numbering } from "../../workflows/graph/numbering.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import { NO_PAST } from "../../workflows/history/past.ts";
import type { GrowthRecord } from "../../workflows/history/record.ts";
import type { Decisions } from "../../workflows/source/decisions.ts";
import type { Earlier } from "../../workflows/source/earlier.ts";
import { WorkflowSource } from "../../workflows/source/workflow-source.ts";

interface SourceSettings {
  readonly numbering: Numbering;
  /** What generators have made in the run already. */
  readonly kept: readonly GrowthRecord[];
  /** Keeps what they make. @throws Error when it cannot be kept. */
  readonly keep: (growth: GrowthRecord) => void;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where what tasks make is written until it is put in place, from the folder of the run's tasks; missing where none is run. */
  readonly stage?: string | undefined;
  /** For plans: what is needed of a generator that runs is taken for printed. */
  readonly assumesPrinted?: boolean | undefined;
  /** Is told why instances run, or do not. */
  readonly decisions?: Decisions | undefined;
}

/** The source of the tasks of a run that begins from this. */
export function sourceOf(basis: Basis, settings: SourceSettings): WorkflowSource {
  const { workflow, graph, selection, past, before, reason, madeBefore, parseTasks } = basis;
  const earlierOf = (template: number, index: number): Earlier => {
    const state = before(template, index) ?? "never";
    return state === "killed" ? "failed" : state === "outdated" ? "changed" : state;
  };
  return new WorkflowSource({
    workflow,
    graph,
    selection,
    madeBefore,
    parseTasks,
    ...settings,
    // In a first run nobody is asked a million times.
    earlier: past === NO_PAST ? undefined : { of: earlierOf, reason },
  });
}
