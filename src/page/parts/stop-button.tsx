import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { StopRequest } from "../../domain/watch.ts";
import { stop } from "../api/client.ts";
import type { LiveRun } from "../api/live-run.ts";
import { ConfirmDialog } from "./confirm.tsx";

/** Has something of the run ended, once somebody has confirmed it. Nothing where the run is over or this page only looks. */
export function StopButton({
  run,
  request,
  label,
  title,
  verb,
  children,
  small = true,
}: {
  readonly run: LiveRun;
  readonly request: StopRequest;
  /** What the button says; `about` what it is for, where several stand in a list. */
  readonly label: string;
  readonly title: string;
  readonly verb: string;
  /** What comes of it. */
  readonly children: ComponentChildren;
  readonly small?: boolean;
}): JSX.Element | null {
  const [isOpen, setOpen] = useState(false);
  if (!canStop(run)) return null;
  return (
    <>
      <button type="button" class={small ? "small danger" : "danger"} onClick={() => setOpen(true)} aria-label={title}>
        {label}
      </button>
      {isOpen && (
        <ConfirmDialog title={title} verb={verb} act={() => stop(run.id, request)} close={() => setOpen(false)}>
          {children}
        </ConfirmDialog>
      )}
    </>
  );
}

/** Whether something can be stopped: the server may, and the run goes on. */
export function canStop(run: LiveRun): boolean {
  return run.control && run.link.state === "live" && run.view.phase !== "ended";
}

/** Says how to get a page that stops things, where this one only looks. */
export function OnlyLooks({ run }: { readonly run: LiveRun }): JSX.Element | null {
  if (run.control || run.view.phase === "ended" || run.link.state === "over") return null;
  return (
    <span
      class="only-looks"
      title="Start disbatch web, or the run, with --web-control to stop tasks, engines and the run from here."
    >
      only looks: <code>--web-control</code> lets it stop things
    </span>
  );
}
