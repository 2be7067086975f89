import { plural } from "../../domain/plural.ts";
import { formatCount } from "../words/numbers.ts";
import type { TaskBook } from "./task-book.ts";
import { isFiltered, type TaskFilters } from "./task-filters.ts";

/** How many tasks a list has: `401 tasks like this`, `first 200 tasks found, more below`. */
export function listWords(
  { total, isCut, reached }: Pick<TaskBook, "total" | "isCut" | "reached">,
  filters: TaskFilters,
): string {
  const like = isFiltered(filters) ? " like this" : "";
  const tasks = (n: number): string => plural(n, "task").replace(/^\d+/, formatCount(n));
  if (total !== undefined) return `${tasks(total)}${like}${isCut ? `, the first ${formatCount(reached)} read` : ""}`;
  return isCut ? `the first ${tasks(reached)}${like}, more come as you scroll` : `${tasks(reached)}${like}`;
}
