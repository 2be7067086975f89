import type { JSX } from "preact";
import { printable } from "../../domain/printable.ts";
import { isStale, type LiveRun } from "../api/live-run.ts";
import { useNext } from "../api/use-run.ts";
import { Histogram } from "../charts/histogram.tsx";
import { TimeChart } from "../charts/time-chart.tsx";
import { CopyCommand } from "../parts/command.tsx";
import { Fact, Panel } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useNow } from "../state/use-now.ts";
import { formatCount } from "../words/numbers.ts";
import { Contexts } from "./contexts.tsx";
import { EnginesInALine } from "./engines-in-a-line.tsx";
import { Notices } from "./notices.tsx";
import { Templates } from "./templates.tsx";
import { Tiles } from "./tiles.tsx";
import { TopKinds } from "./top-kinds.tsx";

/** How the run does: whether it is on track, what holds it up, what to do next. */
export function RunPage({ run }: { readonly run: LiveRun }): JSX.Element {
  const at = useNow(run.view.ended === undefined && !isStale(run));
  const next = useNext(run);
  return (
    <div class="stack">
      <Notices run={run} />
      <Tiles run={run} at={at} />
      {next.length > 0 && (
        <Panel title="What to do next">
          {next.map(({ purpose, command }) => (
            <CopyCommand key={command} command={command} purpose={purpose} />
          ))}
        </Panel>
      )}
      <div class="grid wide">
        <TimeChart run={run} metric="outcomes" title="On track? Tasks that ended" />
        <TimeChart run={run} metric="slots" title="Wasting slots? Busy and available" />
        <TimeChart run={run} metric="durations" title="How long? Time of tasks as they ended" />
        <Histogram run={run} title="How long? All tasks by their time" />
        {run.view.kinds.length > 0 && <TimeChart run={run} metric="failures" title="What broke? Failures by kind" />}
        <TopKinds run={run} at={at} />
      </div>
      {run.isWorkflow && <Templates run={run} />}
      <EnginesInALine run={run} />
      <div class="grid">
        <Contexts run={run} />
        <About run={run} at={at} />
      </div>
    </div>
  );
}

/** What the run is, and what has happened to it that is no outcome. */
function About({ run, at }: { readonly run: LiveRun; readonly at: number }): JSX.Element {
  const { view, prefix } = run;
  const { tasks, barriers } = view;
  return (
    <Panel title="About this run">
      <dl class="facts">
        <Fact name="Tasks from">
          <span class="mono wrap">{printable(view.taskFile)}</span>
        </Fact>
        <Fact name="Records">
          <span class="mono wrap">{printable(prefix)}_*</span>
        </Fact>
        {/* Records of a run that was never recovered do not tell. */}
        {view.host !== "" && (
          <Fact name="Driver">
            {printable(view.host)}, process {view.pid}
          </Fact>
        )}
        <Fact name="Started">
          <Time time={view.started} now={at / 1000} />
        </Fact>
        <Fact name="Tries that failed" title="Tries that have failed and were no outcome: the task was tried again">
          {formatCount(tasks.retries)}
        </Fact>
        <Fact
          name="Started again"
          title="Starts beyond the first of their task: after an engine was lost, or gave it back"
        >
          {formatCount(tasks.restarts)}
        </Fact>
        <Fact name="Barriers passed">{formatCount(barriers.passed)}</Fact>
      </dl>
    </Panel>
  );
}
