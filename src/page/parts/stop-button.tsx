import type { ComponentChildren, JSX } from "preact";
import type { StopRequest } from "../../domain/watch.ts";
import { stop } from "../api/client.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ConfirmDialog } from "./confirm.tsx";

/** What somebody is asked before it is done. */
export interface StopQuestion {
  readonly request: StopRequest;
  readonly title: string;
  readonly verb: string;
  /** What comes of it. */
  readonly children: ComponentChildren;
}

/** A button that has something of the run ended, once somebody has confirmed it. None where the run is over or this page only looks. */
export function StopButton({
  run,
  label,
  isOffered = true,
  ask,
  ...question
}: StopQuestion & {
  readonly run: LiveRun;
  /** What the button says; the title tells what it is for, where several stand in a list. */
  readonly label: string;
  /** Whether there is anything left to end. */
  readonly isOffered?: boolean;
  /** Has the question asked, by a `StopDialog`. */
  readonly ask: (question: StopQuestion) => void;
}): JSX.Element | null {
  if (!isOffered || !canStop(run)) return null;
  return (
    <button type="button" class="small danger" onClick={() => ask(question)} aria-label={question.title}>
      {label}
    </button>
  );
}

/**
 * Asks the question, if there is one. It stands beside the list that the button is in: the question stays open, as it was asked, whatever becomes of the
 * row and of the run meanwhile. So the answer is read also when the button is gone by then.
 */
export function StopDialog({
  run,
  question,
  close,
}: {
  readonly run: LiveRun;
  readonly question: StopQuestion | undefined;
  readonly close: () => void;
}): JSX.Element | null {
  if (question === undefined) return null;
  const { title, verb, request, children } = question;
  return (
    <ConfirmDialog title={title} verb={verb} act={() => stop(run.id, request)} close={close}>
      {children}
    </ConfirmDialog>
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
