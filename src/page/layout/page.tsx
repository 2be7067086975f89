import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { LiveRun } from "../api/live-run.ts";
import { useRun } from "../api/use-run.ts";
import { EnginesPage } from "../engines/engines-page.tsx";
import { FailuresPage } from "../failures/failures-page.tsx";
import { GraphPage } from "../graph/graph-page.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { RunPage } from "../run/run-page.tsx";
import { RunsPage } from "../runs/runs-page.tsx";
import { SlotsPage } from "../slots/slots-page.tsx";
import { type Route, routeOf, RUNS_LIST } from "../state/route.ts";
import { useLocation } from "../state/location.ts";
import { TaskPage } from "../task/task-page.tsx";
import { TasksPage } from "../tasks/tasks-page.tsx";
import { titleOf } from "../words/run-words.ts";
import { Keys } from "./keys.tsx";
import { Navigation } from "./navigation.tsx";
import { RunHeader } from "./run-header.tsx";
import { TopBar } from "./top-bar.tsx";

/** The whole page. */
export function Page(): JSX.Element {
  const { path } = useLocation();
  const route = routeOf(path);
  const id = "run" in route ? route.run : undefined;
  const { run, problem } = useRun(id);
  useEffect(() => {
    document.title = run === undefined ? "disbatch" : titleOf(run.name, run.view);
  }, [run]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the contents
      </a>
      <TopBar run={run} id={id} />
      {run !== undefined && (
        <>
          <RunHeader run={run} />
          <Navigation run={run} page={route.page} />
        </>
      )}
      <main id="main" tabIndex={-1}>
        {run?.contact.state === "refused" && (
          <div class="notices refused">
            <Failed problem={run.contact.problem} />
          </div>
        )}
        {id !== undefined && run === undefined ? (
          problem === undefined ? (
            <Loading what="Reading the run" />
          ) : (
            <div class="stack">
              <h1>{id}</h1>
              <Failed problem={problem} />
            </div>
          )
        ) : (
          <Contents route={route} run={run} />
        )}
      </main>
      <Keys run={run} />
    </>
  );
}

function Contents({ route, run }: { readonly route: Route; readonly run: LiveRun | undefined }): JSX.Element {
  if (route.page === "runs") return <RunsPage />;
  if (run === undefined || route.page === "nothing") return <NoSuchPage />;
  switch (route.page) {
    case "run":
      return <RunPage run={run} />;
    case "failures":
      return <FailuresPage run={run} />;
    case "tasks":
      return <TasksPage run={run} />;
    case "task":
      return <TaskPage run={run} task={route.task} />;
    case "slots":
      return <SlotsPage run={run} />;
    case "engines":
      return <EnginesPage run={run} />;
    case "graph":
      return <GraphPage run={run} />;
    default:
      return route satisfies never;
  }
}

function NoSuchPage(): JSX.Element {
  return (
    <Empty>
      <h1>There is no such page</h1>
      <a href={RUNS_LIST}>All runs</a>
    </Empty>
  );
}
