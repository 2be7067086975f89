import type { PicturedRun } from "../../records/pictures/pictured-run.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { EventReaders } from "../events/event-readers.ts";
import type { OpenApi } from "../http/openapi.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { HistogramList, Metric, SeriesDocument, TimelineDocument } from "./answers.ts";
import type { WebRun } from "./web-run.ts";

/** A part of the time of a run. Unix times in seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Pictures of a run, in the resolution in which they are looked at. */
export interface Pictures {
  series(run: PicturedRun, metric: Metric, asked: Span & { readonly points: number }): Promise<SeriesDocument>;
  histograms(run: PicturedRun, by: HistogramBy): Promise<HistogramList>;
  timeline(
    run: PicturedRun,
    asked: Span & { readonly px: number; readonly by: TimelineDocument["by"] },
  ): Promise<TimelineDocument>;
  /** The task that ran there then. */
  taskAt(
    run: PicturedRun,
    place: { readonly at: number; readonly engine: number; readonly slot: number },
  ): number | undefined;
}

/** What durations are told apart by. */
export const HISTOGRAMS_BY = ["all", "node", "template"] as const;
export type HistogramBy = (typeof HISTOGRAMS_BY)[number];

/** What routes are served with. */
export interface WebContext {
  readonly runs: () => readonly WebRun[];
  readonly control: boolean;
  readonly version: string;
  readonly pictures: Pictures;
  readonly readers: EventReaders;
  readonly hubOf: (run: WebRun) => EventHub;
  readonly description: () => Promise<OpenApi>;
}

/** The run of this id. @throws ProblemError `run-unknown`. */
export function runOf({ runs }: WebContext, id: string): WebRun {
  const run = runs().find((one) => one.id === id);
  if (run === undefined) throw new ProblemError("run-unknown", 404, "no run of this id is served here");
  return run;
}

/** @throws ProblemError `task-unknown`. */
export function unknownTask(task: number): ProblemError {
  return new ProblemError("task-unknown", 404, `the run has no task ${task}, as far as is known`);
}
