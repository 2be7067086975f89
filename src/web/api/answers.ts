/** What the server tells the page, and any program that asks it. Times are Unix times, and spans seconds. Text of tasks stands as it is. */

import type { TemplateTally } from "../../domain/instance-state.ts";
import type {
  EngineView,
  Estimate,
  FailureKind,
  RunView,
  TaskDetail,
  TaskRow,
  TaskTally,
  WatchLink,
} from "../../domain/watch.ts";
import type { ViewChange } from "../../domain/view-changes.ts";
import type { Part } from "../../records/pictures/documents.ts";

/** GET /api/v1/runs */
export interface RunList extends Part {
  readonly runs: readonly RunSummary[];
}

/** A run among others. */
export interface RunSummary extends Pick<
  RunView,
  "taskFile" | "host" | "phase" | "reason" | "started" | "ended" | "now"
> {
  /** Stands for the run in all paths: letters, digits, `-`, `_` and `.`. */
  readonly id: string;
  /** Its DISBATCH_JOBID: the last part of its prefix. */
  readonly name: string;
  readonly prefix: string;
  readonly link: WatchLink["state"];
  readonly tasks: TaskTally;
  /** Slots of the engines that are in the run now. */
  readonly slots: number;
  readonly estimate?: Estimate | undefined;
}

/** GET /api/v1/runs/{id} */
export interface RunDocument {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly view: RunView;
  readonly link: WatchLink;
  /** Whether this server stops what is asked for. */
  readonly control: boolean;
  /** Whether it is a document of tasks that depend on each other. */
  readonly isWorkflow: boolean;
  /** Whether slots are made up from the times of tasks, since no journal tells them. */
  readonly reconstructed: boolean;
  /** Command lines to be copied, and what each is for: `to run the rest`. */
  readonly next: readonly { readonly purpose: string; readonly command: string }[];
  /** What of the records cannot be used, a sentence each. */
  readonly warnings: readonly string[];
}

/** GET /api/v1/runs/{id}/engines */
export interface EngineList extends Part {
  readonly engines: readonly EngineView[];
}

/** GET /api/v1/runs/{id}/contexts */
export interface ContextList extends Part {
  readonly contexts: RunView["contexts"];
}

/** GET /api/v1/runs/{id}/tasks?state&kind&node&engine&code&from&to&q&sort&cursor&limit */
export interface TaskList extends Part {
  readonly tasks: readonly TaskRow[];
  /** What to ask for the next page with; missing on the last one. */
  readonly cursor?: string | undefined;
}

/** GET /api/v1/runs/{id}/tasks/{task} */
export interface TaskDocument extends TaskDetail {
  /** What is kept of what it has printed: of the last attempt of which something is. A stream is missing of which nothing is. */
  readonly kept: { readonly stdout?: KeptStream | undefined; readonly stderr?: KeptStream | undefined };
  /** What ran on the slot just before and after would tell nothing: only its own kind of failure is told. */
  readonly kind?: FailureKind | undefined;
  /** Command lines to be copied. */
  readonly next: RunDocument["next"];
}

/** What is kept of a stream. Bytes. */
export interface KeptStream {
  readonly bytes: number;
  /** How many of them, at its beginning, are not kept. */
  readonly missing: number;
  /** The start of the task that has printed it: 1 for the first. Later ones may have printed nothing, or nothing of theirs is kept. */
  readonly attempt: number;
  /** Whether that start was one of an earlier run, which this one goes on with. */
  readonly isEarlierRun: boolean;
}

/** GET /api/v1/runs/{id}/failures */
export interface FailureList extends Part {
  /** Kinds with most failures come first. */
  readonly kinds: readonly FailureKind[];
}

/**
 * Pictures. Their shapes stand with what makes them; paths and parameters:
 *
 * - GET /api/v1/runs/{id}/series?metric&from&to&points
 * - GET /api/v1/runs/{id}/histograms?by=all|node
 * - GET /api/v1/runs/{id}/timeline?from&to&px&by=slot|node&node: `node` shows only the lanes of this node.
 */
export { CELL, METRICS } from "../../records/pictures/documents.ts";
export type { HistogramList, Metric, SeriesDocument, TimelineDocument } from "../../records/pictures/documents.ts";

/** GET /api/v1/runs/{id}/timeline/task?at&engine&slot&within: the task that ran there then, or the nearest one so many seconds away at most. */
export interface TimelineTask {
  readonly task?: TaskRow | undefined;
}

/** GET /api/v1/runs/{id}/graph: at most `MOST_BOXES` boxes; a list always. */
export interface GraphDocument {
  readonly name: string;
  /** Boxes by the column that they stand in, from 0: what they need stands in columns before. */
  readonly boxes: readonly GraphBox[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** All templates, as a list; at most 1,024. */
  readonly templates: readonly TemplateTally[];
  /** Whether there are more templates than stand there. */
  readonly truncated: boolean;
  /** Whether there are more edges than stand there. */
  readonly edgesTruncated: boolean;
}

export interface GraphBox {
  /** Name of the template, or what stands for several of them. */
  readonly id: string;
  /** Templates that it stands for: one, unless they were collapsed. */
  readonly templates: readonly string[];
  readonly column: number;
  readonly row: number;
  readonly counts: TemplateTally["counts"];
  readonly isGrowing: boolean;
}

export const MOST_BOXES = 200;

/** GET /api/v1/runs/{id}/graph/instances?template&state&q&cursor&limit */
export interface InstanceList extends Part {
  readonly instances: readonly {
    readonly name: string;
    readonly state: string;
    /** Its TaskID, once it has one. */
    readonly task?: number | undefined;
  }[];
  readonly cursor?: string | undefined;
}

/** POST /api/v1/runs/{id}/stops: what has been done, in words. */
export interface Stopped {
  readonly done: string;
}

/** RFC 9457, as application/problem+json. */
export interface Problem {
  /** `about:blank`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What is wrong and what to do, in a line. */
  readonly detail: string;
  /** Stable code: `task-unknown`. */
  readonly code: string;
}

/** GET /api/v1/runs/{id}/events, as server-sent events; the id of each is `EPOCH-SEQUENCE`. By the name of the event: */
export interface RunEvents {
  /** Comes first, and again as `resync` where what was missed is not kept any more. */
  readonly snapshot: { readonly view: RunView; readonly link: WatchLink };
  readonly resync: { readonly view: RunView; readonly link: WatchLink };
  /** At most four a second. */
  readonly delta: ViewChange;
  /** The run does something else from now on, or is reached in another way. */
  readonly phase: { readonly phase: RunView["phase"]; readonly reason?: RunView["reason"]; readonly link: WatchLink };
  readonly warning: { readonly text: string };
  /** The run has ended, and its records are whole. Nothing follows. */
  readonly end: { readonly view: RunView };
}
