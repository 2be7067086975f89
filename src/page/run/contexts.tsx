import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { plural } from "../../domain/plural.ts";
import { printable } from "../../domain/printable.ts";
import { someOf } from "../../domain/some-of.ts";
import type { LiveRun } from "../api/live-run.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/states.tsx";
import { OnlyLooks, StopButton, StopDialog, type StopQuestion } from "../parts/stop-button.tsx";
import { formatCount } from "../words/numbers.ts";

/** Contexts that are shown; there are hardly ever more than a few. */
const MOST = 50;

/** Where engines come from, with what ends each of them. */
export function Contexts({ run }: { readonly run: LiveRun }): JSX.Element {
  const { contexts, phase } = run.view;
  const [question, ask] = useState<StopQuestion>();
  return (
    <Panel title="Contexts" aside={<OnlyLooks run={run} />}>
      {contexts.length === 0 ? (
        <Empty>No context takes part in the run.</Empty>
      ) : (
        <ul class="contexts">
          {contexts.slice(0, MOST).map(({ label, nodes, tasksLeft, stopped }) => (
            <li key={label}>
              <strong>{printable(label)}</strong>
              <span class="context-nodes">
                {plural(nodes.length, "node")}: {printable(someOf(nodes, 4))}
                {tasksLeft !== undefined && `; takes ${formatCount(tasksLeft)} more tasks`}
              </span>
              {stopped && <span class="dim">{phase === "ended" ? "was stopped" : "takes no more tasks"}</span>}
              <StopButton
                run={run}
                ask={ask}
                isOffered={!stopped}
                request={{ what: "context", label }}
                label="Stop..."
                title={`Stop the context ${printable(label)}`}
                verb="Stop this context"
              >
                Its engines start no more tasks, and leave when what runs there has ended. The other contexts go on.
              </StopButton>
            </li>
          ))}
        </ul>
      )}
      <StopDialog run={run} question={question} close={() => ask(undefined)} />
    </Panel>
  );
}
