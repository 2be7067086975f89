import type { TaskSource } from "../../../src/domain/source.ts";
import type { StreamItem } from "../../../src/domain/task.ts";

/** A list as a source. */
export function listSource(items: readonly StreamItem[]): TaskSource {
  let at = 0;
  return {
    name: "Tasks",
    total: items.filter(({ kind }) => kind === "task").length,
    next: (limit) => {
      const some = items.slice(at, at + limit);
      at += some.length;
      return Promise.resolve(some);
    },
    close: () => Promise.resolve(),
  };
}
