import type { TaskSource } from "../../domain/source.ts";
import type { Task } from "../../domain/task.ts";
import { isSameTask, mismatchError } from "./resume-mismatch.ts";

/** Items taken from the source at once. */
const BATCH = 1024;

/** What a user can do who has changed the task file. */
export const PUT_BACK = "put back the one that the run began with";

/**
 * Compares a source's tasks with those of the run that are under way. The source is closed afterwards.
 *
 * @param underWay by task id.
 * @throws UserError `resume-mismatch` at the first task that is another one.
 */
export async function checkRecovered(source: TaskSource, underWay: ReadonlyMap<number, Task>): Promise<void> {
  let unseen = underWay.size;
  try {
    while (unseen > 0) {
      const items = await source.next(BATCH);
      if (items.length === 0) return;
      for (const item of items) {
        const earlier = item.kind === "task" ? underWay.get(item.id) : undefined;
        if (item.kind !== "task" || earlier === undefined) continue;
        unseen--;
        const place = { file: source.name, line: earlier.line, column: 1 };
        if (isSameTask({ ...earlier, place }, item)) continue;
        throw mismatchError(source.name, [{ earlier: { ...earlier, place }, task: item }], PUT_BACK);
      }
    }
  } finally {
    await source.close();
  }
}
