import { doneOf } from "../../domain/task-tally.ts";
import type { RunSummary } from "../../web/api/answers.ts";
import type { Sort } from "../parts/sort.ts";

/** Tasks a second on average; of this run alone, not of those before it. */
export function averageRate({ tasks, started, now, ended }: RunSummary): number {
  return (tasks.succeeded + tasks.failed) / Math.max(1, (ended ?? now) - started);
}

/** How much is done, from 0 to 1; less than that where nobody knows how many tasks there are. */
export function progressOf({ tasks }: RunSummary): number {
  return tasks.total === undefined || tasks.total === 0 ? -1 : doneOf(tasks) / tasks.total;
}

const VALUES: Readonly<Record<string, (run: RunSummary) => number | string>> = {
  name: ({ name }) => name,
  state: ({ phase, link }) => `${link} ${phase}`,
  progress: progressOf,
  failed: ({ tasks }) => tasks.failed,
  rate: averageRate,
  slots: ({ slots }) => slots,
  left: ({ estimate }) => estimate?.latest ?? 0,
  started: ({ started }) => started,
  host: ({ host }) => host,
};

export function isSortable(by: string): boolean {
  return Object.hasOwn(VALUES, by);
}

/** Runs that have the text in their name, task file or host, sorted; those that are equal by name. */
export function chosenRuns(runs: readonly RunSummary[], text: string, { by, descending }: Sort): readonly RunSummary[] {
  const wanted = text.toLowerCase();
  const value = VALUES[by];
  const chosen = runs.filter(({ name, taskFile, host }) =>
    [name, taskFile, host].some((each) => each.toLowerCase().includes(wanted)),
  );
  if (value === undefined) return chosen;
  return chosen.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    const order = x < y ? -1 : x > y ? 1 : 0;
    return order === 0 ? a.name.localeCompare(b.name) : descending ? -order : order;
  });
}
