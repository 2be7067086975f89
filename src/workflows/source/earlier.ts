import type { RunReason } from "../../domain/run-reason.ts";

/**
 * What earlier runs say of an instance.
 *
 * - `done`: it has succeeded there, and its template is still the same.
 * - `changed`: it has, and its template is another one now.
 * - `outdated`: it has, and what it was made from has run again since.
 * - `undone`: somebody has said that it is to run.
 */
export type Earlier = "never" | "done" | "failed" | "changed" | "outdated" | "undone";

/** What earlier runs of the document's prefix have come to. */
export interface EarlierRuns {
  of(template: number, index: number): Earlier;
  /** Why an instance runs of which they do not say that it is done; undefined for one that is. */
  reason?(template: number, index: number): RunReason | undefined;
}
