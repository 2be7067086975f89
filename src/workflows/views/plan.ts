/**
 * Why an instance would run.
 *
 * - `never`: no run of the prefix has run it to its end.
 * - `failed`: it failed, or was stopped.
 * - `changed`: it was done, and its task is another one since.
 * - `again`: it was done, and something that it needs runs again, or has since.
 * - `forced`: it is named with --from, or depends on one that is.
 */
export const PLAN_REASONS = ["never", "failed", "changed", "again", "forced"] as const;
export type PlanReason = (typeof PLAN_REASONS)[number];

/** What a run would do with an instance. `depends`: it runs only if something that it needs fails. */
export type PlannedFate = PlanReason | "stays" | "depends";

/** What a run would do with the instances of a task that are known beforehand. */
export interface TemplatePlan {
  readonly name: string;
  readonly counts: Readonly<Partial<Record<PlannedFate, number>>>;
  /** Names of the generators that tell which instances there are more; empty when all are known. */
  readonly awaits: readonly string[];
  /** Names of the generators whose tasks it needs, and that would run again: they tell what else it needs. */
  readonly needsTasksOf?: readonly string[] | undefined;
  /** What it generates: an axis, or `tasks`, if anything, and would run again to do so. */
  readonly generates?: string | undefined;
}

/** An instance, and what a run would do with it. */
export interface PlannedInstance {
  readonly name: string;
  readonly fate: PlannedFate;
}

/** What a run of a document would do, if everything that it runs succeeds. */
export interface Plan {
  readonly workflow: string;
  /** The number that the run would have in its prefix. */
  readonly run: number;
  readonly prefix: string;
  /** In the order of the document; tasks of which the run wants nothing are left out. */
  readonly templates: readonly TemplatePlan[];
}
