import type { JSX } from "preact";
import type { LiveRun } from "../api/live-run.ts";
import { pathTo, type RunPage } from "../state/route.ts";
import { shortCount } from "../words/numbers.ts";

/** Pages of a run, in their order: the digit of each is its key. */
export function pagesOf(
  run: LiveRun,
): readonly { readonly page: RunPage; readonly name: string; readonly count?: number }[] {
  const { kinds, engines } = run.view;
  return [
    { page: "run", name: "Run" },
    { page: "failures", name: "Failures", count: kinds.length },
    { page: "tasks", name: "Tasks" },
    { page: "slots", name: "Slots" },
    {
      page: "engines",
      name: "Engines",
      count: engines.filter(({ state }) => state !== "left" && state !== "lost").length,
    },
    ...(run.isWorkflow ? [{ page: "graph", name: "Graph" } as const] : []),
  ];
}

export function Navigation({ run, page }: { readonly run: LiveRun; readonly page: string }): JSX.Element {
  return (
    <nav class="tabs" aria-label="Pages of the run">
      {pagesOf(run).map((each) => (
        <a
          key={each.page}
          href={pathTo(run.id, each.page)}
          aria-current={each.page === page || (page === "task" && each.page === "tasks") ? "page" : undefined}
        >
          {each.name}
          {each.count !== undefined && each.count > 0 && <span class="count"> {shortCount(each.count)}</span>}
        </a>
      ))}
    </nav>
  );
}
