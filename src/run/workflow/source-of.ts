import type { Numbering } from "../../workflows/graph/numbering.ts";
import type { Basis } from "../../workflows/history/basis.ts";
import { NO_PAST } from "../../workflows/history/past.ts";
import type { GrowthRecord } from "../../workflows/history/record.ts";
import type { Checks } from "../../workflows/source/checks.ts";
import type { Earlier } from "../../workflows/source/earlier.ts";
import { MadeFiles } from "../../workflows/source/made-files.ts";
import { type FileLooks, RuleChecks } from "../../workflows/source/rule-checks.ts";
import type { DocumentCache } from "./document-cache.ts";
import { WorkflowSource, type WorkflowSourceOptions } from "../../workflows/source/workflow-source.ts";

interface SourceSettings extends Pick<
  WorkflowSourceOptions,
  "assumesPrinted" | "checks" | "decisions" | "places" | "warn" | "given" | "succeeded" | "closed"
> {
  readonly numbering: Numbering;
  /** What generators have made in the run already. */
  readonly kept: readonly GrowthRecord[];
  /** Keeps what they make. @throws Error when it cannot be kept. */
  readonly keep: (growth: GrowthRecord) => void;
  /** Values by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Paths of files; made where they are missing. */
  readonly files?: MadeFiles | undefined;
}

/** What decides by files in a run that begins from a basis. */
export interface DecidingFiles extends Pick<WorkflowSourceOptions, "succeeded" | "closed"> {
  readonly files: MadeFiles;
  readonly checks: Checks;
}

/**
 * Looks at files as they are now.
 *
 * @param cache decides by the rule `cache`; without it every instance of it runs.
 */
export function filesNow(
  { graph, past }: Pick<Basis, "graph" | "past">,
  looks: FileLooks,
  cache?: DocumentCache,
): DecidingFiles {
  const files = new MadeFiles(graph);
  return {
    files,
    checks: new RuleChecks({ graph, files, looks, hasPast: past !== NO_PAST, cache: cache?.checks(files) }),
    succeeded: cache && ((instance, outcome) => cache.succeeded(instance, outcome)),
    closed: cache && (() => cache.close()),
  };
}

/** The source of the tasks of a run that begins from this. */
export function sourceOf(basis: Basis, settings: SourceSettings): WorkflowSource {
  const { workflow, graph, selection, past, before, reason, madeBefore, parseTasks } = basis;
  const earlierOf = (template: number, index: number): Earlier => {
    const state = before(template, index);
    if (state === "killed") return "failed";
    if (state !== undefined) return state;
    return past.isUndone(template, index, () => graph.nameOf(template, index)) ? "undone" : "never";
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
