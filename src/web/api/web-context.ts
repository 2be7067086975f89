import type { PictureCache } from "../../records/pictures/picture-cache.ts";
import type { EventHub } from "../events/event-hub.ts";
import type { EventReaders } from "../events/event-readers.ts";
import type { OpenApi } from "../http/openapi.ts";
import { ProblemError } from "../http/problem-error.ts";
import type { WebRun } from "./web-run.ts";

/** What routes are served with. */
export interface WebContext {
  readonly runs: () => readonly WebRun[];
  readonly control: boolean;
  readonly version: string;
  readonly picturesOf: (run: WebRun) => PictureCache;
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
