import * as v from "valibot";
import type { TermFields } from "../../domain/terms/fields.ts";
import { byName, isObject, LIST, strict, TEXT, word, YES } from "./schema-words.ts";

const AMOUNT = v.union([v.string(), v.number()], "must be a number or text");

const RETRY_FIELDS = strict({
  max: v.pipe(AMOUNT, v.description("Tries after the first that failed.")),
  on: word(
    v.union(
      [v.string(), v.number(), v.array(v.union([v.string(), v.number()]), LIST)],
      "must be a cause or a list of them",
    ),
    "Exit codes, ranges of them such as 74-84, signal, timeout, memory; any failure where nothing is said.",
  ),
  delay: word(AMOUNT, "Before the first retry: seconds, or a duration such as 10s."),
  backoff: word(AMOUNT, "Each further retry waits so many times as long."),
  limit: word(AMOUNT, "No retry waits longer: seconds, or a duration."),
  elsewhere: word(YES, "Another host is tried, when there is one."),
});

/** How often a task is tried again, or that and when. */
export const RETRIES = v.lazy((input) => {
  if (input === undefined) return v.union([AMOUNT, RETRY_FIELDS]);
  return isObject(input) ? RETRY_FIELDS : AMOUNT;
});

/** Terms of a task, in the words of task files. What values they may have, `domain/terms` says. */
export const TERMS = {
  cores: word(AMOUNT, "Cores that the task needs; fractions, too."),
  memory: word(AMOUNT, "Memory that it needs and may use: a size such as 8G."),
  gpus: word(AMOUNT, "GPUs that it needs for itself."),
  resources: word(byName(AMOUNT), "Amounts of resources that the run or its engines offer, by name."),
  timeout: word(AMOUNT, "The task is ended when it takes longer: seconds, or a duration such as 2h."),
  minTime: word(AMOUNT, "The task is not started where less time is left: seconds, or a duration."),
  retries: word(RETRIES, "How often a task that has failed is tried again, or that and when."),
  retryCores: word(AMOUNT, "So many times as many cores for each further try, such as x2."),
  retryMemory: word(AMOUNT, "So many times as much memory for each further try, such as x2."),
  retryTimeout: word(AMOUNT, "So many times as much time for each further try, such as x2."),
  context: word(TEXT, "Label of the group of hosts where it runs."),
  priority: word(AMOUNT, "Tasks with a higher one are started first."),
} satisfies Record<keyof TermFields, unknown>;
