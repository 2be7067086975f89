import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LiveRun } from "../api/live-run.ts";
import { StopButton, StopDialog, type StopQuestion } from "../parts/stop-button.tsx";

/** Ends the run: the first time it drains, the second time its tasks are ended. */
export function StopRun({ run }: { readonly run: LiveRun }): JSX.Element {
  const { phase } = run.view;
  const isDraining = phase === "draining";
  const [question, ask] = useState<StopQuestion>();
  return (
    <>
      <StopButton
        run={run}
        ask={ask}
        isOffered={phase !== "terminating"}
        request={{ what: "run", kill: isDraining }}
        label={isDraining ? "End its tasks..." : "Stop..."}
        title={isDraining ? "End the tasks of the run" : "Stop the run"}
        verb={isDraining ? "End its tasks now" : "Stop the run"}
      >
        {isDraining
          ? "The run starts nothing more already. Tasks that still run are ended; they count as not done."
          : "The run starts no more tasks, and ends when what runs now has ended. The rest can be run later: this page then shows the command."}
      </StopButton>
      <StopDialog run={run} question={question} close={() => ask(undefined)} />
    </>
  );
}
