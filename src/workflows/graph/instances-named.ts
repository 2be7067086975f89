import { UserError } from "../../domain/errors.ts";
import type { Graph } from "./graph.ts";
import type { Instance } from "./instance.ts";
import { parseName } from "./instance-name.ts";

/**
 * All instances that a name stands for, of those that there are: one, those of a task, or those with some values.
 *
 * @throws UserError `unknown-goal` where it stands for none.
 */
export function instancesNamed(graph: Graph, name: string): readonly Instance[] {
  const one = graph.find(name);
  if (!(one instanceof UserError)) return [one];
  const parsed = parseName(name);
  const template = parsed === undefined ? undefined : graph.templateOf(parsed.task);
  if (parsed === undefined || template === undefined) throw one;
  const found: Instance[] = [];
  const wanted = [...parsed.values];
  for (let index = 0; index < graph.size(template); index++) {
    if (!graph.has(template, index)) continue;
    const values = graph.valuesOf(template, index);
    if (wanted.every(([axis, value]) => Object.hasOwn(values, axis) && values[axis] === value)) {
      found.push({ template, index });
    }
  }
  if (found.length > 0) return found;
  throw one;
}
