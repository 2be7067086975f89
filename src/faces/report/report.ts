import type { Ending } from "../../domain/ending.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { TemplateTally } from "../../domain/instance-state.ts";
import type { NodeMark } from "../../domain/stand-out.ts";
import type { DurationSummary } from "../../domain/watch.ts";

/**
 * - `goes-on`: its driver lives, as far as this host can tell.
 * - `died`: its driver is no more, and it has not ended.
 * - `ended`: it has come to its end.
 * - `unknown`: nothing beside the status file says.
 */
export type RunState = "goes-on" | "died" | "ended" | "unknown";

/** What came of one run or more, as far as their records tell. Times are Unix times and spans in seconds. */
export interface Report {
  readonly run: RunFacts;
  readonly outcomes: OutcomeTally;
  /** Undefined when no task has run. */
  readonly time: TimeUse | undefined;
  /** Those with most failures first. */
  readonly kinds: readonly ReportedKind[];
  /** Tasks of a workflow's document, in its order where that is known; undefined for a run that is none. */
  readonly templates?: readonly ReportedTemplate[] | undefined;
  /** Those that stand out first, then those with most failures. */
  readonly nodes: readonly ReportedNode[];
  readonly durations: ReportedDurations;
  /** What tasks have used, as far as the journals tell; undefined where they tell nothing. */
  readonly used: ReportedUse | undefined;
  /** The longest first. */
  readonly slowest: readonly ReportedTask[];
  readonly sources: readonly ReportedSource[];
  /** What makes the numbers doubtful, a sentence each. */
  readonly remarks: readonly string[];
}

/** Which run it is, and how to go on with it. */
export interface RunFacts {
  /** Its prefix's last part, or the file's name. */
  readonly name: string;
  readonly state: RunState;
  /** Why it ended. */
  readonly reason: RunEnd | undefined;
  readonly next: readonly NextStep[];
}

/** A command line, and what it is for: `to run the rest`. */
export interface NextStep {
  readonly purpose: string;
  readonly command: string;
}

export interface OutcomeTally {
  /** Tasks of the list, where that is known. */
  readonly total: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** Tasks without an outcome; where the list is not known, those below the largest number that has one. */
  readonly missing: number;
  /** How many of those without an outcome were cut short by the end of their run, or of their engine. */
  readonly cutShort: number;
  /** Lines that tell another command for a task than an earlier line: then these are files of different lists. */
  readonly differing: number;
  /** How many of those with an outcome have it from an earlier run, whose own status file is not among those read. */
  readonly earlier: number;
  /** Outcomes that a later one has replaced. */
  readonly replaced: number;
  readonly perEngineFailed: number;
  /** Starts that brought no outcome: of tasks cut short, or given up on a lost engine. */
  readonly wastedStarts: number;
  readonly wastedSeconds: number;
  /** Tries that failed and were followed by another, or were to be, and the seconds that they took. */
  readonly failedTries: number;
  readonly failedTriesSeconds: number;
  /** Tasks that they were of, and how many of these have succeeded on a later try. */
  readonly retriedTasks: number;
  readonly laterSuccesses: number;
  readonly barriers: number;
}

/** How slots and time were used. */
export interface TimeUse {
  readonly started: number;
  readonly ended: number;
  /** How many runs have written these records, one after the other; undefined without a journal. */
  readonly runs: number | undefined;
  /** How long the run took, and all of them together: time between runs is not counted. */
  readonly makespan: number;
  /** Slots at the same time, at most. */
  readonly slots: number;
  /** Whether slots were made up from the times of tasks: no journal tells of them. */
  readonly reconstructed: boolean;
  /** Slot seconds on offer, and those with a task in them. */
  readonly offered: number;
  readonly busy: number;
  /** What no run on these slots, as they came and went, can go below, and why: all work on all slots, or the longest task. */
  readonly bound: { readonly seconds: number; readonly by: "work" | "longest-task" };
  /** From the last start of a task to the end. */
  readonly tail: { readonly seconds: number; readonly idle: number };
  /** Slot seconds without a task, by why. Never overlapping; they add up to `offered - busy`. */
  readonly idle: readonly { readonly why: IdleReason; readonly seconds: number }[];
}

/**
 * - `start`: before the first task began.
 * - `barrier`: a barrier waited for the tasks before it.
 * - `tail`: no task was left to start.
 * - `other`: between tasks, and all that the records do not tell.
 */
export type IdleReason = "start" | "barrier" | "tail" | "other";

/** A task of a workflow's document, and what came of its instances. */
export interface ReportedTemplate {
  readonly name: string;
  /** Where its instances stand, also those that never ran; undefined where only the status file tells. */
  readonly counts: TemplateTally["counts"] | undefined;
  readonly succeeded: number;
  readonly failed: number;
  /** How long the instances took that have an outcome, and all of them together. */
  readonly durations: DurationSummary & { readonly total: number };
  /** Names of the first that failed. */
  readonly failures: readonly string[];
}

export interface ReportedKind {
  readonly ending: Ending;
  readonly text: string;
  readonly isOther: boolean;
  readonly count: number;
  /** When the first and the last of them ended. */
  readonly first: number;
  readonly last: number;
  readonly nodes: number;
  /** A node where it happened. */
  readonly node: string;
  /** A few of the tasks, those whose rows come first. */
  readonly examples: readonly ReportedTask[];
}

export interface ReportedNode {
  readonly name: string;
  /** Starts of tasks that ended there. */
  readonly tasks: number;
  readonly failed: number;
  readonly busy: number;
  readonly durations: DurationSummary;
  /** How it differs from the others, where that is no chance. */
  readonly marks: readonly NodeMark[];
  /** Engines there that were lost; undefined without a journal. */
  readonly lost: number | undefined;
}

export interface ReportedDurations extends DurationSummary {
  readonly total: number;
  /** From the shortest to the longest. */
  readonly histogram: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

/** What tasks have used. */
export interface ReportedUse {
  /** Of so many tasks: seconds of processor time in all, and the seconds that they ran. */
  readonly cpu: { readonly tasks: number; readonly seconds: number; readonly elapsed: number };
  /** Of so many tasks that held enough to be measured: the most that half of them did not exceed, and the most of all, in bytes. */
  readonly memory:
    | { readonly tasks: number; readonly median: number; readonly most: number; readonly task: number }
    | undefined;
}

/** A task, and how it ended. Text of tasks stands as it is: whoever shows it makes it printable. */
export interface ReportedTask {
  readonly id: number;
  readonly line: number;
  readonly repeatIndex: number;
  readonly node: string;
  readonly seconds: number;
  readonly ending: Ending;
  readonly output: string;
  readonly error: string;
  readonly command: string;
}

/** A file that was read. */
export interface ReportedSource {
  readonly file: string;
  readonly what: "status file" | "journal";
  readonly lines: number | undefined;
  /** Lines that are none of such a file, and whether the last was cut off. */
  readonly ignored: number;
  readonly torn: boolean;
  /** Why it was left out, in words. */
  readonly problem: string | undefined;
}
