import type { Numbering } from "../../workflows/graph/numbering.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import { NO_PAST } from "../../workflows/history/past.ts";
import type { GrowthRecord } from "../../workflows/history/record.ts";
import type { Checks } from "../../workflows/source/checks.ts";
import type { Earlier } from "../../workflows/source/earlier.ts";
import { MadeFiles } from "../../workflows/source/made-files.ts";
import { type FileLooks, RuleChecks } from "../../workflows/source/rule-checks.ts";
import { WorkflowSource, type WorkflowSourceOptions } from "../../workflows/source/workflow-source.ts";

interface SourceSettings extends Pick<
  WorkflowSourceOptions,
  "assumesPrinted" | "decisions" | "warn" | "places" | "given" | "succeeded"
> {
  readonly numbering: Numbering;
  /** What generators have made in the run already. */
  readonly kept: readonly GrowthRecord[];
  /** Keeps what they make. @throws Error when it cannot be kept. */
  readonly keep: (growth: GrowthRecord) => void;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Looks at files to decide which instances run; without it no file decides anything. */
  readonly looks?: FileLooks | undefined;
  /** Decides by the rule `cache`; without it every instance of it runs. */
  readonly cache?: ((files: MadeFiles) => Checks) | undefined;
}

/** The source of the tasks of a run that begins from this. */
export function sourceOf(basis: Basis, { looks, cache, ...settings }: SourceSettings): WorkflowSource {
  const { workflow, graph, selection, past, before, reason, madeBefore, parseTasks } = basis;
  const earlierOf = (template: number, index: number): Earlier => {
    const state = before(template, index);
    if (state === "killed") return "failed";
    if (state !== undefined) return state;
    return past.isUndone(template, index, () => graph.nameOf(template, index)) ? "undone" : "never";
  };
  const hasPast = past !== NO_PAST;
  const files = new MadeFiles(graph);
  const checks =
    looks === undefined ? undefined : new RuleChecks({ graph, files, looks, hasPast, cache: cache?.(files) });
  return new WorkflowSource({
    workflow,
    graph,
    selection,
    madeBefore,
    parseTasks,
    ...settings,
    files,
    checks,
    // In a first run nobody is asked a million times.
    earlier: hasPast ? { of: earlierOf, reason } : undefined,
  });
}
