import { exactSize, readSize } from "./amounts.ts";
import { type TaskTerms, termsOf } from "./task-terms.ts";
import { CORE_PARTS, MOST_COUNT, MOST_SECONDS } from "./words.ts";

/** What grows from try to try, with the word that says by how much. What a word can say is the limit. */
const GROWING = [
  [
    "cores",
    "retry-cores",
    (value: string, by: number) =>
      String(Math.min(MOST_COUNT, Math.round(Number(value) * by * CORE_PARTS) / CORE_PARTS)),
  ],
  [
    "memory",
    "retry-memory",
    (value: string, by: number) =>
      exactSize(Math.min(Number.MAX_SAFE_INTEGER, Math.round((readSize(value) ?? 0) * by))),
  ],
  ["timeout", "retry-timeout", (value: string, by: number) => String(Math.min(MOST_SECONDS, Number(value) * by))],
] as const;

/** The terms of the next try of a task that has failed so many times. */
export function termsOfTry(terms: TaskTerms | undefined, failures: number): TaskTerms | undefined {
  if (terms === undefined || failures === 0 || !GROWING.some(([, factor]) => terms.words.has(factor))) return terms;
  const words = new Map(terms.words);
  for (const [name, factor, times] of GROWING) {
    const value = words.get(name);
    const by = words.get(factor);
    if (value !== undefined && by !== undefined) words.set(name, times(value, Number(by.slice(1)) ** failures));
  }
  return termsOf(words);
}
