/** The shapes of pictures: what a page, or any program, needs to draw them. Times are Unix times, and spans seconds. */

/** A list that may be a part of a longer one. */
export interface Part {
  /** How many there are in all; undefined where counting them takes too long. */
  readonly total?: number | undefined;
  /** Whether there are more than stand here. */
  readonly truncated: boolean;
}

/** What is drawn along time. */
export const METRICS = ["outcomes", "slots", "failures", "durations"] as const;
export type Metric = (typeof METRICS)[number];

/**
 * Lines along time, with a value for each step.
 *
 * - `outcomes`: tasks that `succeeded` and `failed` in each step.
 * - `slots`: slots `busy` and `available`, on average over what of each step belongs to the run; null where nothing does.
 * - `failures`: a line for each of the most common kinds, named by its id, and `other`.
 * - `durations`: `p50` and `p95` of the tasks that ended in each step; null where none has.
 */
export interface SeriesDocument {
  readonly metric: Metric;
  /** Where the first step begins. */
  readonly from: number;
  readonly step: number;
  readonly lines: readonly SeriesLine[];
}

export interface SeriesLine {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** How long tasks took, by groups of them: all, or those of a node. Groups that stand out come first. */
export interface HistogramList extends Part {
  /** Edges of the bins, one more than these: seconds, log-spaced. The same for all groups. What is beyond counts in the last bins. */
  readonly edges: readonly number[];
  readonly groups: readonly HistogramGroup[];
}

export interface HistogramGroup {
  /** `all`, or the name of the node. */
  readonly name: string;
  readonly counts: readonly number[];
  /** Tasks in all bins: those that had a process. */
  readonly count: number;
  readonly failed: number;
  readonly p50: number;
  readonly p95: number;
  readonly longest: number;
  /** All other nodes together, where nodes are told apart: what a node stands out against. */
  readonly others?: { readonly count: number; readonly failed: number; readonly p50: number } | undefined;
}

/** What a cell of a timeline shows, in its upper four bits. The lower four are how much of its time had a task: 0 to 15. */
export const CELL = { none: 0, idle: 1, succeeded: 2, failed: 3, running: 4, cut: 5 } as const;

/** What ran on slots, or nodes, along time: a cell for each pixel. Where several tasks are in a cell, the worst of them shows. */
export interface TimelineDocument extends Part {
  readonly from: number;
  readonly to: number;
  /** Cells of each lane: as many as were asked for, or fewer where there are very many lanes. */
  readonly px: number;
  readonly by: "slot" | "node";
  /** Whether slots are made up from the times of tasks. */
  readonly reconstructed: boolean;
  readonly lanes: readonly TimelineLane[];
  /** `px` bytes for each lane, one lane after the other, in Base64. See `CELL`. */
  readonly cells: string;
  /** Spans in which slots were idle, and why. They do not overlap. */
  readonly gaps: readonly TimelineGap[];
}

export interface TimelineLane {
  readonly node: string;
  /** Rank of the engine, and slot; missing where lanes are nodes. */
  readonly engine?: number | undefined;
  readonly slot?: number | undefined;
}

export interface TimelineGap {
  readonly from: number;
  readonly to: number;
  readonly why: "start" | "barrier" | "tail";
}
