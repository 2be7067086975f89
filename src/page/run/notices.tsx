import type { JSX } from "preact";
import { printable } from "../../domain/printable.ts";
import { stallWords } from "../../domain/stall-words.ts";
import type { LiveRun } from "../api/live-run.ts";
import { Notice } from "../parts/states.tsx";
import { utilityOf } from "../words/run-words.ts";

/** What holds the run up, and what of its records cannot be used. Nothing while all is well. */
export function Notices({ run }: { readonly run: LiveRun }): JSX.Element | null {
  const { view, link, warnings } = run;
  const stalls = view.phase === "ended" ? [] : view.stalls;
  if (stalls.length === 0 && warnings.length === 0 && link.state !== "lost") return null;
  return (
    <div class="notices">
      {link.state === "lost" && (
        <Notice tone="bad" sign="✗">
          <strong>{link.hasDied ? "The driver of this run has died." : "The run does not answer."}</strong>{" "}
          {printable(link.why)}.
          {link.hasDied && " Its engines finish what they run; somebody has to recover the run before it goes on."}
        </Notice>
      )}
      {stalls.map((stall) => {
        const { why, until } = stallWords(stall, view.now, utilityOf(run.prefix));
        const isCalm = stall.why === "no-tasks" || stall.why === "starting" || stall.why === "awaits-tasks";
        return (
          <Notice key={stall.why} tone={isCalm ? "calm" : "warn"} sign={isCalm ? "◌" : "!"}>
            <strong>{beginning(why)}.</strong> <span class="dim">{beginning(until)}.</span>
          </Notice>
        );
      })}
      {warnings.map((warning) => (
        <Notice key={warning} tone="warn" sign="!">
          {printable(warning)}
        </Notice>
      ))}
    </div>
  );
}

function beginning(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
