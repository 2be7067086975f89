/** What stands where nothing else can: nothing there, not there yet, could not be had. */

import type { ComponentChildren, JSX } from "preact";
import type { ProblemError } from "../api/client.ts";

export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <div class="empty">{children}</div>;
}

export function Loading({ what }: { readonly what: string }): JSX.Element {
  return (
    <p class="empty" role="status">
      <span class="spinner" aria-hidden="true" /> {what}
    </p>
  );
}

/** A problem in its own words, and a way to try again where that may help. */
export function Failed({
  problem,
  again,
}: {
  readonly problem: ProblemError;
  readonly again?: (() => void) | undefined;
}): JSX.Element {
  return (
    <div class="notice tone-bad" role="alert">
      <span aria-hidden="true">✗</span>
      <span>{problem.message}</span>
      {again !== undefined && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Notice({
  tone,
  sign,
  children,
}: {
  readonly tone: "warn" | "bad" | "calm" | "good";
  readonly sign: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`notice tone-${tone}`}>
      <span aria-hidden="true">{sign}</span>
      <div>{children}</div>
    </div>
  );
}
