import type { AxisContent } from "./axes.ts";
import type { TaskShape } from "./schema.ts";
import { isObject } from "./schema-words.ts";
import type { Path, Tree } from "./tree.ts";

/** Whether a task prints tasks, in whose words ever. */
export function printsTasks({ generates }: Pick<TaskShape, "generates">): boolean {
  return generates === "tasks" || (isObject(generates) && "tasks" in generates);
}

/** A task that prints values of an axis. */
interface Generator {
  readonly axis: string;
  readonly content: AxisContent;
  /** Where it says so. */
  readonly tree: Tree;
  readonly path: Path;
}

/** Tasks of a workflow that print values of axes, by their full names. */
export type Generators = Map<string, Generator>;
