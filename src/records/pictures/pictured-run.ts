import type { EngineTally } from "../state/counts.ts";
import type { KindOfFailure } from "../state/kind-table.ts";
import type { TaskTable } from "../state/task-table.ts";

/** What pictures of a run are made of. Times are Unix times in seconds. */
export interface PicturedRun {
  readonly table: TaskTable;
  /** By rank; ranks may be missing. */
  readonly engines: readonly (EngineTally & {
    readonly joined?: number | undefined;
    readonly gone?: number | undefined;
  })[];
  readonly kinds: readonly KindOfFailure[];
  readonly started: number;
  /** When it ended, or now. */
  readonly until: number;
  readonly hasEnded: boolean;
  /** Spans in which it waited at a barrier; the last few thousand. */
  readonly barriers: readonly { readonly line: number; readonly since: number; readonly passed: number }[];
  /** Whether no journal tells slots: they are made up from the times of tasks. */
  readonly reconstructed: boolean;
  /** Whether all records that there were have been read: before, there are fewer tasks than there have been. */
  readonly isComplete: boolean;
  /**
   * Becomes larger whenever anything here has changed but `until`, which goes on by itself while the run does: by both whoever keeps a
   * picture knows whether it still holds.
   */
  readonly revision: number;
}
