/** A run as the page knows it: a value that each event makes a new one of. */

import { applyChange } from "../../domain/view-changes.ts";
import type { ProblemError } from "./client.ts";
import type { RunDocument, RunEvents } from "../../web/api/answers.ts";

export interface LiveRun extends RunDocument {
  readonly contact: Contact;
  /** When `view` was told, by the clock of the browser: milliseconds. */
  readonly heardAt: number;
}

/** Whether the page hears of the run. Times are milliseconds by the clock of the browser. */
type Contact =
  | { readonly state: "open" }
  | { readonly state: "lost"; readonly since: number }
  /** The server has refused to tell of it, and says why. */
  | { readonly state: "refused"; readonly problem: ProblemError }
  /** The run is over: nothing more is to come. */
  | { readonly state: "closed" };

/** An event of the run's stream. */
export type RunEvent = {
  [Name in keyof RunEvents]: { readonly name: Name; readonly data: RunEvents[Name] };
}[keyof RunEvents];

export const EVENT_NAMES: readonly (keyof RunEvents)[] = ["snapshot", "resync", "delta", "phase", "warning", "end"];

/** Warnings that are kept: the newest. */
const MOST_WARNINGS = 20;

/** A run of which the server has just told. */
export function runFrom(document: RunDocument, at: number): LiveRun {
  return {
    ...document,
    contact: document.link.state === "over" ? { state: "closed" } : { state: "open" },
    heardAt: at,
  };
}

/** The run after an event that came `at` this time. */
export function afterEvent(run: LiveRun, event: RunEvent, at: number): LiveRun {
  const heard: LiveRun = { ...run, contact: { state: "open" }, heardAt: at };
  switch (event.name) {
    case "snapshot":
    case "resync":
      return { ...heard, view: event.data.view, link: event.data.link };
    case "delta":
      return { ...heard, view: applyChange(run.view, event.data) };
    case "phase": {
      const { phase, reason, link } = event.data;
      return { ...heard, view: { ...run.view, phase, reason }, link };
    }
    case "warning": {
      const { text } = event.data;
      const others = run.warnings.filter((warning) => warning !== text);
      return { ...heard, warnings: [...others, text].slice(-MOST_WARNINGS) };
    }
    case "end":
      return { ...heard, view: event.data.view, link: { state: "over" }, contact: { state: "closed" } };
    default:
      return event satisfies never;
  }
}

/** The run when the page has lost its server, or is still without it. */
export function afterLoss(run: LiveRun, at: number): LiveRun {
  return run.contact.state === "open" ? { ...run, contact: { state: "lost", since: at } } : run;
}

/** The run when the page reaches its server again, of which nothing new has been told. */
export function afterReturn(run: LiveRun): LiveRun {
  return run.contact.state === "lost" ? { ...run, contact: { state: "open" } } : run;
}

/** The run of which the server does not tell any more. */
export function afterRefusal(run: LiveRun, problem: ProblemError): LiveRun {
  return { ...run, contact: { state: "refused", problem } };
}

/** Whether more may come of it by itself. */
export function isFollowed({ contact }: LiveRun): boolean {
  return contact.state === "open" || contact.state === "lost";
}

/** Whether what is shown may be old: the page does not reach its server, or the server does not reach the run. */
export function isStale(run: LiveRun): boolean {
  return run.contact.state === "lost" || run.contact.state === "refused" || run.link.state === "lost";
}

/** How often a run is asked for something that changes while it goes on. */
export interface Pace {
  /** Seconds between two questions; undefined while the answer stays the same. */
  readonly every: number | undefined;
  /** Each other stage may have another answer, also when nothing is asked any more after it. Undefined while nobody answers. */
  readonly stage: string | undefined;
}

/** How a run is asked for what changes, every so many seconds while it is heard of and goes on. */
export function paceOf({ view, contact, link }: LiveRun, every: number): Pace {
  if (contact.state === "lost" || contact.state === "refused") return { every: undefined, stage: undefined };
  const stage = link.state === "live" && view.phase === "ended" ? "ended" : link.state;
  return { every: stage === "live" ? every : undefined, stage: stage === "over" ? `over since ${view.ended}` : stage };
}

/** What time it is for the run, a Unix time in seconds, by the clock of its driver. The clock of a run that is over stands still. */
export function runNow({ view, contact, link, heardAt }: LiveRun, at: number): number {
  if (view.ended !== undefined) return view.ended;
  const isOld = contact.state !== "open" || link.state !== "live";
  return isOld ? view.now : view.now + Math.max(0, at - heardAt) / 1000;
}
