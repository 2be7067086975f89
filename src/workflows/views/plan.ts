import type { RunReason } from "../../domain/run-reason.ts";

/**
 * Why an instance would run.
 *
 * - `never`: no run of the prefix has run it to its end.
 * - `failed`: it failed, or was stopped.
 * - `changed`: it was done, and its task or a file is another one since.
 * - `again`: it was done, and something that it needs runs again, or has since.
 * - `forced`: somebody has asked for it, or for something that it depends on.
 */
const PLAN_REASONS = ["never", "failed", "changed", "again", "forced"] as const;
type PlanRunReason = (typeof PLAN_REASONS)[number];

/**
 * What a run would do with an instance.
 *
 * - `perhaps`: only the run will tell, since what it needs may be made as it is.
 * - `depends`: it runs only if something that it needs fails.
 * - `stays`: it is done. `reused`: what an earlier run has made still holds.
 * - `missing`: others were to make its file, and have not. `blocked`: it needs one of these.
 */
export const PLANNED_FATES = [...PLAN_REASONS, "perhaps", "depends", "missing", "blocked", "reused", "stays"] as const;
export type PlannedFate = (typeof PLANNED_FATES)[number];

/** Why a run would do so, where more is known than the fate says. */
export type PlannedReason =
  | Exclude<RunReason, { readonly kind: "never" | "failed" | "forced" }>
  /** `follows`: something that it needs would run. `unless`: and may make the same again. `if`: and may not run. */
  | { readonly kind: "follows" | "unless" | "if"; readonly instance: string }
  | { readonly kind: "missing"; readonly path: string };

/** Instances of a task with the same reason, but for the paths and the values in it. */
export interface PlannedGroup {
  readonly fate: PlannedFate;
  /** That of the first of them. */
  readonly reason: PlannedReason;
  readonly count: number;
}

/** What a run would do with the instances of a task that are known beforehand. */
export interface TemplatePlan {
  readonly name: string;
  readonly counts: Readonly<Partial<Record<PlannedFate, number>>>;
  /** Why, in the order of their first instances. */
  readonly reasons: readonly PlannedGroup[];
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
  readonly reason?: PlannedReason | undefined;
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

/** Whether a run would run such an instance, as far as is known. */
export function wouldRun(fate: PlannedFate): fate is PlanRunReason {
  return PLAN_REASONS.some((reason) => reason === fate);
}
