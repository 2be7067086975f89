/** What has been done to a run that goes on, as somebody has asked. */
export type Done =
  /** The engine starts no more tasks and leaves; what still runs in `within` seconds is ended, if that was asked for. */
  | { readonly what: "engine-stops"; readonly rank: number; readonly within?: number | undefined }
  /** The same for all engines of a context. */
  | { readonly what: "context-stops"; readonly label: string; readonly within?: number | undefined }
  /** The run starts no more tasks. */
  | { readonly what: "run-drains" }
  /** The run, which was draining, ends its tasks. */
  | { readonly what: "run-terminates" }
  /** The task is ended, or never started; it counts as failed, and is not run again. */
  | { readonly what: "task-stops"; readonly id: number };

/** Why something that somebody has asked of a run is not done. `code` is stable, for scripts and tests. */
export type Refusal =
  | { readonly code: "no-such-engine"; readonly rank: number }
  | { readonly code: "no-such-context"; readonly label: string }
  | { readonly code: "label-in-use"; readonly label: string }
  /** The run has no such task, as far as is known. */
  | { readonly code: "no-such-task"; readonly id: number }
  /** The task has its outcome. */
  | { readonly code: "task-settled"; readonly id: number }
  /** No engine holds the task: it waits, or was cut short. */
  | { readonly code: "task-not-held"; readonly id: number }
  /** The run takes no more engines. */
  | { readonly code: "run-ending" }
  /** One context for each connection. */
  | { readonly code: "second-context" }
  /** The run has no way to be called. `cause` is what the system says, for people. */
  | { readonly code: "cannot-listen"; readonly cause: string }
  /** As many controllers as the run takes are there. */
  | { readonly code: "too-many-controllers"; readonly most: number };

/** Something that was asked of a run is refused. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`refused: ${refusal.code}`);
    this.name = "Refused";
    this.refusal = refusal;
  }
}
