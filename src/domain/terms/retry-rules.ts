/** Kinds of failures that a task may be tried again after, beside exit codes. */
export const RETRY_KINDS = ["any", "signal", "timeout", "memory"] as const;
type RetryKind = (typeof RETRY_KINDS)[number];

/** A kind of failure, or exit codes from the first to the last. */
export type RetryCause = RetryKind | readonly [first: number, last: number];

/** When a task that has failed is tried again. */
export interface RetryRules {
  /** Tries after the first that failed. */
  readonly max: number;
  readonly on: readonly RetryCause[];
  /** Seconds before the first retry. */
  readonly delay: number;
  /** Each further retry waits so many times as long as the one before it. */
  readonly backoff: number;
  /** Seconds that no retry waits longer than. */
  readonly limit: number;
  /** Whether another host is tried next, when there is one. */
  readonly elsewhere: boolean;
}
