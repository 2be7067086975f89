import { DurationHistogram } from "../../domain/duration-histogram.ts";
import type { TemplateTally } from "../../domain/instance-state.ts";
import type { Outcomes } from "../../records/outcomes/outcomes.ts";
import { summaryOf } from "./node-facts.ts";
import type { ReportedTemplate } from "./report.ts";

/** Instances that are named of those that failed. */
const EXAMPLES = 3;

/** A template while its instances are counted. */
interface TemplateFold {
  succeeded: number;
  failed: number;
  readonly durations: DurationHistogram;
  readonly failures: string[];
}

/**
 * What came of the instances of each task of a workflow.
 *
 * @param tallies of all its tasks, in the order of the document; without them there are those that have outcomes, in their order.
 * @throws UserError `status-file-changed`.
 */
export function templatesIn(outcomes: Outcomes, tallies: readonly TemplateTally[] = []): ReportedTemplate[] {
  const counts = new Map(tallies.map((tally) => [tally.name, tally.counts]));
  const folds = new Map(tallies.map(({ name }) => [name, emptyFold()]));
  const { table } = outcomes;
  for (let nth = 0; nth < table.tasks; nth++) {
    const row = table.countedAt(nth);
    const instance = outcomes.record(row).command;
    const name = templateOf(instance);
    const fold = folds.get(name) ?? emptyFold();
    folds.set(name, fold);
    fold.durations.add(table.duration(row));
    if (table.returnCode(row) === 0) fold.succeeded++;
    else if (++fold.failed <= EXAMPLES) fold.failures.push(instance);
  }
  return [...folds].map(([name, { succeeded, failed, durations, failures }]) => ({
    ...{ name, counts: counts.get(name), succeeded, failed, failures },
    durations: { ...summaryOf(durations), total: durations.total },
  }));
}

function emptyFold(): TemplateFold {
  return { succeeded: 0, failed: 0, durations: new DurationHistogram(), failures: [] };
}

/** The task that an instance is of, by its name: what stands before its axes. */
export function templateOf(instance: string): string {
  const bracket = instance.indexOf("[");
  return bracket < 0 ? instance : instance.slice(0, bracket);
}
