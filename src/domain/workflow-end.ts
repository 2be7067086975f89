import type { InstanceState } from "./instance-state.ts";

/** What came of a document in a run that is over, beside what its tasks tell. */
export interface WorkflowEnd {
  /** Instances that have failed, or were killed, and may not. */
  readonly failed: number;
  /** The same of those whose template has `allowFailure`. */
  readonly allowed: number;
  readonly blocked: number;
  readonly skipped: number;
  /** Instances that were not run, since what an earlier run has made still holds. */
  readonly reused: number;
  /** The first that are blocked, and why. */
  readonly firstBlocked: readonly BlockedInstance[];
}

/** An instance that something keeps from running. */
export interface BlockedInstance {
  readonly name: string;
  /** What has begun it, and where that stands; undefined where nobody can tell. */
  readonly cause: { readonly name: string; readonly state: InstanceState | undefined } | undefined;
  /** A task that was not printed, and who should have printed it, where this has begun it. */
  readonly lacks?: { readonly task: string; readonly by: string } | undefined;
  /** What has begun it needs something, and none of that is for its values. */
  readonly isLeftOut?: boolean | undefined;
  /** A file that others were to make, where this has begun it. */
  readonly missing?: string | undefined;
}
