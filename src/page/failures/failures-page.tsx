import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { HistogramList, SeriesDocument } from "../../web/api/answers.ts";
import { apiPath } from "../api/client.ts";
import { type LiveRun, paceOf } from "../api/live-run.ts";
import { useAnswer } from "../api/use-answer.ts";
import { useNext } from "../api/use-run.ts";
import { CopyCommand } from "../parts/command.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { pathTo } from "../state/route.ts";
import { formatCount } from "../words/numbers.ts";
import { plural } from "../../domain/plural.ts";
import { FailingNodes } from "./failing-nodes.tsx";
import { KindCard } from "./kind-card.tsx";
import { kindsInOrder } from "./kind-words.ts";

/** Steps of the small pictures. */
const POINTS = 60;
/** Seconds between two looks at the pictures of a run that goes on. */
const EVERY = 10;
/** Kinds that are shown at first, and those of them of which an example's output is read. */
const FIRST_KINDS = 20;
const EXAMPLES = 5;

/** Why tasks failed: kinds of failures. */
export function FailuresPage({ run }: { readonly run: LiveRun }): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const { kinds, tasks, ended } = run.view;
  const pace = paceOf(run, EVERY);
  const path = kinds.length === 0 ? undefined : apiPath(run.id, "series");
  const series = useAnswer<SeriesDocument>(path, { metric: "failures", points: POINTS }, pace);
  const nodes = useAnswer<HistogramList>(
    kinds.length === 0 ? undefined : apiPath(run.id, "histograms"),
    { by: "node" },
    pace,
  );
  const next = useNext(run);
  const ordered = kindsInOrder(kinds);
  const shown = isWhole ? ordered : ordered.slice(0, FIRST_KINDS);
  const whole = ordered.reduce((sum, { count }) => sum + count, 0);

  if (kinds.length === 0) {
    return (
      <Empty>
        {tasks.failed > 0
          ? `${plural(tasks.failed, "task")} failed; nothing more is known of them.`
          : ended === undefined
            ? "No task has failed so far."
            : "No task has failed."}
      </Empty>
    );
  }
  return (
    <div class="stack">
      <div class="list-line">
        <h1>
          {formatCount(whole)} {whole === 1 ? "failure" : "failures"} of {plural(kinds.length, "kind")}
        </h1>
        <a href={pathTo(run.id, "tasks", { state: "failed" })}>All failed tasks</a>
        {tasks.retrying > 0 && (
          <a href={pathTo(run.id, "tasks", { state: "retrying" })}>{formatCount(tasks.retrying)} to be tried again</a>
        )}
      </div>
      {shown.map((kind, i) => (
        <KindCard key={kind.id} run={run} kind={kind} whole={whole} series={series.data} hasExample={i < EXAMPLES} />
      ))}
      {shown.length < ordered.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show {plural(ordered.length - shown.length, "more kind")}
        </button>
      )}
      {nodes.data !== undefined && <FailingNodes run={run.id} groups={nodes.data.groups} />}
      {next.length > 0 && (
        <Panel title="What to do next">
          {next.map(({ purpose, command }) => (
            <CopyCommand key={purpose} purpose={purpose} command={command} />
          ))}
        </Panel>
      )}
    </div>
  );
}
