import type { Combination } from "../document/workflow.ts";

/** The value that a combination names for an axis; undefined where it names none. Axes may be called as members of objects are. */
export function namedValue(combination: Combination, axis: string): string | undefined {
  return Object.hasOwn(combination, axis) ? combination[axis] : undefined;
}
