import type { StreamItem } from "./task.ts";

/** Where tasks come from. A source is pulled: it reads no further than it is asked to. */
export interface TaskSource {
  /** Short name for people: the task file's path, or `stdin`. */
  readonly name: string;
  /** Tasks in all (barriers and per-engine commands not counted), when that is known beforehand. */
  readonly total?: number;
  /**
   * The next items, at least one and at most `limit`; none at all means the end. Resolves as soon as one item is there.
   * Not called again before the last call has resolved.
   *
   * @throws UserError when what comes next cannot be used.
   */
  next(limit: number): Promise<readonly StreamItem[]>;
  /** Lets go of files and the like; an outstanding `next` resolves with no items. */
  close(): Promise<void>;
}
