import { UserError } from "../../domain/errors.ts";
import type { Graph } from "./graph.ts";

/** Which instances a run wants, and which of them it runs though they are done. */
export interface Selection {
  /** The instance is a goal, or something that is wanted needs it. */
  wants(template: number, index: number): boolean;
  /** The instance is to be run even if it is done. */
  forces(template: number, index: number): boolean;
}

/**
 * What a run with these goals wants: what they name, and all that this needs.
 *
 * @param goals names of tasks, of instances, or names with some of their axes; none for the whole document.
 * @param from names of what is to be run even if it is done, with all that depends on it.
 * @throws UserError `unknown-goal`, with the nearest name.
 */
export function select(graph: Graph, goals: readonly string[], from: readonly string[]): Selection {
  const unknown = [...goals, ...from].map((name) => graph.find(name)).find((found) => found instanceof UserError);
  if (unknown !== undefined) throw unknown;
  if (goals.length + from.length > 0) throw new Error("goals: not yet");
  return { wants: (template, index) => graph.has(template, index), forces: () => false };
}
