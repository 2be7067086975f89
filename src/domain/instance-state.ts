/** Where an instance of a workflow's document stands in a run, and what that means. */
export const INSTANCE_STATES = {
  waiting: "something that it needs has not come to an end",
  ready: "it can start as soon as there is room",
  running: "an engine has it",
  retrying: "its last try has failed, and another one is due",
  done: "it has succeeded, in this run or in an earlier one of the same document",
  reused: "what an earlier run has made still holds, and was taken over",
  failed: "its last try has failed",
  killed: "somebody has stopped it",
  skipped: "its condition was not met, or that of something that it needs",
  blocked: "something that it needs has not succeeded",
} as const;

export type InstanceState = keyof typeof INSTANCE_STATES;

/** States in which an instance stays until the run ends. */
export const FINAL_STATES: readonly InstanceState[] = ["done", "reused", "failed", "killed", "skipped", "blocked"];

/** How many instances of a template stand where. */
export interface TemplateTally {
  readonly name: string;
  /** Instances that the run wants, as far as they are known. States of which there is none are missing. */
  readonly counts: Readonly<Partial<Record<InstanceState, number>>>;
  /** More instances may come: a generator of one of its axes has not ended. */
  readonly isGrowing: boolean;
}
