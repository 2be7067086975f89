import type { JSX } from "preact";
import { printable } from "../../domain/printable.ts";
import { StopRun } from "./stop-run.tsx";
import { isStale, type LiveRun, runNow } from "../api/live-run.ts";
import { ShareBar } from "../parts/bar.tsx";
import { StateBadge } from "../parts/state-badge.tsx";
import { Time } from "../parts/time.tsx";
import { pathTo } from "../state/route.ts";
import { useNow } from "../state/use-now.ts";
import { formatCount } from "../words/numbers.ts";
import { estimateWords, outcomeParts, progressWords, reasonWords, runState, tailWords } from "../words/run-words.ts";
import { formatClock } from "../../domain/clock-text.ts";

/** What stands above all pages of a run: what it does, how far it is, when it will have ended. */
export function RunHeader({ run }: { readonly run: LiveRun }): JSX.Element {
  const { view, link } = run;
  const at = useNow(view.ended === undefined && !isStale(run));
  const now = runNow(run, at);
  const parts = outcomeParts(view.tasks, view.phase);
  const shown = parts.filter(({ value, state }) => value > 0 || state === "succeeded" || state === "failed");
  const words = progressWords(view.tasks);
  const { estimate, reason } = view;
  return (
    <header class="run-header">
      <div class="run-line">
        <h1>{printable(run.name)}</h1>
        <StateBadge state={runState(view, link.state)} />
        {reason !== undefined && reason !== "done" && <span class="dim">{reasonWords(reason)}</span>}
        <span class="run-clock">
          <span title="How long the run has gone on for">{formatClock((view.ended ?? now) - view.started)}</span>
          {view.phase !== "ended" && estimate !== undefined && !isStale(run) && (
            <span>
              {estimateWords(estimate, now)}
              {tailWords(estimate) !== "" && <span class="tone-warn"> ({tailWords(estimate)})</span>}
            </span>
          )}
          {view.ended !== undefined && (
            <span class="dim">
              ended <Time time={view.ended} now={at / 1000} />
            </span>
          )}
          <StopRun run={run} />
        </span>
      </div>
      <ShareBar
        parts={parts}
        whole={view.tasks.total ?? parts.reduce((sum, { value }) => sum + value, 0)}
        label={`${words}: ${shown.map(({ name, value }) => `${formatCount(value)} ${name}`).join(", ")}`}
      />
      <div class="counts">
        <strong>{words}</strong>
        {shown.map(({ name, state, value, tone }) => (
          <a key={name} href={pathTo(run.id, "tasks", { state })} class={value > 0 ? `tone-${tone}` : "dim"}>
            <span class={`dot fill-${tone}`} aria-hidden="true" /> {formatCount(value)} {name}
          </a>
        ))}
      </div>
    </header>
  );
}
