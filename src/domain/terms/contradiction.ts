import { mergeTerms, type TaskTerms, termsOf, type TermWords } from "./task-terms.ts";
import type { TermName } from "./words.ts";

/** Terms that are right one by one, and contradict each other. */
export interface Contradiction {
  /** The term that is to be changed. */
  readonly name: TermName;
  readonly message: string;
  readonly hint: string;
}

/** Terms that mean nothing for a task which is not tried again. */
const RULES: readonly TermName[] = [
  ...(["retry-on", "retry-delay", "retry-backoff", "retry-limit", "retry-elsewhere"] as const),
  ...(["retry-cores", "retry-memory", "retry-timeout"] as const),
];

/**
 * The first contradiction that terms of one place bring in.
 *
 * @param own what that place says.
 * @param merged the same with what farther places say.
 * @param shown a term as whoever has given it writes it.
 */
export function contradictionIn(
  own: TermWords,
  merged: TermWords,
  shown: (name: TermName) => string = (name) => name,
): Contradiction | undefined {
  const retries = Number(merged.get("retries") ?? 0);
  const rule = RULES.find((name) => own.has(name));
  if (rule !== undefined && retries === 0) {
    const where = merged.has("retries") ? `${shown("retries")} is 0` : `${shown("retries")} is not given`;
    const hint = `say how many with ${shown("retries")}, or leave ${shown(rule)} out`;
    return { name: rule, message: `${shown(rule)} has no effect, since ${where}`, hint };
  }
  const name = own.has("retry-limit") ? "retry-limit" : "retry-delay";
  const delay = merged.get("retry-delay");
  const limit = merged.get("retry-limit");
  if (!own.has(name) || delay === undefined || limit === undefined || Number(delay) <= Number(limit)) return undefined;
  const message = `${shown("retry-delay")} is ${delay} s, and so above ${shown("retry-limit")}, which is ${limit} s`;
  return { name, message, hint: "make the delay shorter, or the limit longer" };
}

/** Terms of two places as one place says them: where the nearer has no retries, the rules of the farther are left out. */
export function atOnePlace(farther: TaskTerms | undefined, nearer: TaskTerms | undefined): TaskTerms | undefined {
  const merged = mergeTerms(farther, nearer);
  if (merged?.words.get("retries") !== "0") return merged;
  return termsOf(new Map([...merged.words].filter(([name]) => !RULES.some((rule) => rule === name))));
}
