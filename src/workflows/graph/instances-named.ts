import { UserError } from "../../domain/errors.ts";
import { quoteWord } from "../../domain/spelling/quote-word.ts";
import type { NamedInstances } from "./find.ts";
import type { Graph } from "./graph.ts";
import type { Instance } from "./instance.ts";

/**
 * All instances that a name stands for, of those that there are: one, those of a task or a group, or those with some values.
 *
 * @throws UserError `unknown-goal` where it stands for none.
 */
export function instancesNamed(graph: Graph, name: string): readonly Instance[] {
  const named = graph.read(name);
  const found = named.flatMap(({ template, values }) => {
    const pattern = values.map((value) => (value === undefined ? undefined : [value]));
    return Array.from(graph.withValues(template, pattern), (index): Instance => ({ template, index }));
  });
  if (found.length > 0) return found;
  const one = graph.find(name);
  const isOne = named.every(({ values }) => !values.includes(undefined));
  throw one instanceof UserError && isOne ? one : new UserError("unknown-goal", `${quoteWord(name)} has no instances`);
}

/** What a name means; nothing when there is no such task any more, or not yet. */
export function meaningOf(graph: Graph, name: string): readonly NamedInstances[] {
  try {
    return graph.read(name);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
