import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { StopRequest } from "../../domain/watch.ts";
import { stop } from "../api/client.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ConfirmDialog } from "./confirm.tsx";

/** What somebody is asked before it is done. */
interface Question {
  readonly request: StopRequest;
  readonly title: string;
  readonly verb: string;
  /** What comes of it. */
  readonly children: ComponentChildren;
}

/**
 * Has something of the run ended, once somebody has confirmed it. No button where the run is over or this page only looks. The question
 * stays open, as it was asked, whatever becomes of the run meanwhile: so the answer is read also when the button is gone by then.
 */
export function StopButton({
  run,
  label,
  isOffered = true,
  small = true,
  ...question
}: Question & {
  readonly run: LiveRun;
  /** What the button says; the title tells what it is for, where several stand in a list. */
  readonly label: string;
  /** Whether there is anything left to end. */
  readonly isOffered?: boolean;
  readonly small?: boolean;
}): JSX.Element {
  const [asked, setAsked] = useState<Question>();
  return (
    <>
      {isOffered && canStop(run) && (
        <button
          type="button"
          class={small ? "small danger" : "danger"}
          onClick={() => setAsked(question)}
          aria-label={question.title}
        >
          {label}
        </button>
      )}
      {asked !== undefined && (
        <ConfirmDialog
          title={asked.title}
          verb={asked.verb}
          act={() => stop(run.id, asked.request)}
          close={() => setAsked(undefined)}
        >
          {asked.children}
        </ConfirmDialog>
      )}
    </>
  );
}

/** Whether something can be stopped: the server may, and the run goes on. */
function canStop(run: LiveRun): boolean {
  return run.control && run.link.state === "live" && run.view.phase !== "ended";
}

/** Says how to get a page that stops things, where this one only looks. */
export function OnlyLooks({ run }: { readonly run: LiveRun }): JSX.Element | null {
  if (run.control || run.view.phase === "ended" || run.link.state === "over" || run.link.state === "reading")
    return null;
  return (
    <span
      class="only-looks"
      title="Start disbatch web, or the run, with --web-control to stop tasks, engines and the run from here."
    >
      only looks: <code>--web-control</code> lets it stop things
    </span>
  );
}
