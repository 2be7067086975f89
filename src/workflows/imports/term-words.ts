import { FIELDS_OF_RETRIES } from "../../domain/terms/fields.ts";
import type { TaskTerms } from "../../domain/terms/task-terms.ts";
import { isTermName } from "../../domain/terms/words.ts";

const INNER = new Map(Object.entries(FIELDS_OF_RETRIES).map(([field, name]): [string, string] => [name, field]));

/** Terms of task lines as words of a document's task. */
export function wordsOfTerms(terms: TaskTerms | undefined): Readonly<Record<string, unknown>> {
  const words: Record<string, unknown> = {};
  const retries: Record<string, unknown> = {};
  const resources: Record<string, string> = {};
  for (const [name, value] of terms?.words ?? []) {
    const inner = INNER.get(name);
    if (!isTermName(name)) resources[name] = value;
    else if (inner === undefined)
      words[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())] = value;
    else retries[inner] = inner === "elsewhere" ? value === "yes" : value;
  }
  const { max, ...others } = retries;
  if (Object.keys(others).length > 0) words["retries"] = retries;
  else if (max !== undefined) words["retries"] = max;
  if (Object.keys(resources).length > 0) words["resources"] = resources;
  return words;
}
