import { readSize } from "./amounts.ts";
import type { RetryRules } from "./retry-rules.ts";
import { isTermName, readCauses, TERM_NAMES, type TermName, wordOf } from "./words.ts";

/** What a task needs for itself while it runs. What is undefined or missing is as for tasks without terms. */
export interface Needs {
  readonly cores: number | undefined;
  /** Bytes. */
  readonly memory: number | undefined;
  readonly gpus: number;
  /** Amounts of resources that the user has named. */
  readonly named: ReadonlyMap<string, number>;
}

/** Terms by their names, each value as records have it. */
export type TermWords = ReadonlyMap<string, string>;

/** Seconds that no retry waits longer than when nobody has said: an hour. */
const RETRY_LIMIT = 3600;

/**
 * What one task needs, how long it may take, where it may run and what is done when it fails. Terms that say the same are nearly
 * always the same object, so that what is worked out of them can be kept by identity. They travel as text, in the words of task files.
 */
export class TaskTerms {
  readonly words: TermWords;
  /** The words of a task file, in one order. */
  readonly text: string;
  readonly needs: Needs;
  /** Whether the task needs anything that a slot does not have anyway. */
  readonly hasNeeds: boolean;
  /** Seconds from the start of the task until it is ended. */
  readonly timeout: number | undefined;
  /** The task is not started where less time is left, in seconds. */
  readonly minTime: number | undefined;
  readonly retry: RetryRules | undefined;
  /** Label of the one context whose engines may run it. */
  readonly context: string | undefined;
  /** Tasks with a higher priority are started first; 0 for those without. */
  readonly priority: number;

  /** @param words in the order of `text`, with values that are known to be good. */
  constructor(words: TermWords, text: string) {
    this.words = words;
    this.text = text;
    this.needs = {
      cores: numberOf(words, "cores"),
      memory: readSize(words.get("memory") ?? ""),
      gpus: numberOf(words, "gpus") ?? 0,
      named: namedIn(words),
    };
    const { cores, memory, gpus, named } = this.needs;
    this.hasNeeds = cores !== undefined || memory !== undefined || gpus > 0 || named.size > 0;
    this.timeout = numberOf(words, "timeout");
    this.minTime = numberOf(words, "min-time");
    this.retry = retryIn(words);
    this.context = words.get("context");
    this.priority = numberOf(words, "priority") ?? 0;
  }

  /** What stands for the terms in a message or a record. */
  toJSON(): string {
    return this.text;
  }
}

/** Terms that are used again and again; those of a list that has others for each task come and go. */
const MOST_INTERNED = 4096;
const interned = new Map<string, TaskTerms>();

/** The terms that these words make, whose values are good; undefined for no words. */
export function termsOf(words: TermWords): TaskTerms | undefined {
  if (words.size === 0) return undefined;
  const text = textOf(words);
  return interned.get(text) ?? intern(text, words);
}

/** The terms that `text` of others says, from a message or a record; undefined when it is not the text of terms. */
export function termsOfText(text: string): TaskTerms | undefined {
  return interned.get(text) ?? readText(text);
}

/** The nearer ones count, word by word. */
export function mergeTerms(farther: TaskTerms | undefined, nearer: TaskTerms | undefined): TaskTerms | undefined {
  if (farther === undefined || nearer === undefined) return nearer ?? farther;
  return termsOf(new Map([...farther.words, ...nearer.words]));
}

function intern(text: string, words: TermWords): TaskTerms {
  if (interned.size >= MOST_INTERNED) interned.clear();
  const terms = new TaskTerms(words, text);
  interned.set(text, terms);
  return terms;
}

function readText(text: string): TaskTerms | undefined {
  const words = new Map<string, string>();
  for (const part of text.split(" ")) {
    const at = part.indexOf("=");
    const name = part.slice(0, at);
    const value = wordOf(name, () => true)?.canonical(part.slice(at + 1));
    if (at < 1 || value === undefined) return undefined;
    words.set(name, value);
  }
  return termsOf(words);
}

function textOf(words: TermWords): string {
  let text = "";
  let left = words.size;
  for (const name of TERM_NAMES) {
    const value = left === 0 ? undefined : words.get(name);
    if (value === undefined) continue;
    left--;
    text += text === "" ? `${name}=${value}` : ` ${name}=${value}`;
  }
  if (left === 0) return text;
  const others = [...words.keys()].filter((name) => !isTermName(name)).toSorted();
  return [...(text === "" ? [] : [text]), ...others.map((name) => `${name}=${words.get(name)}`)].join(" ");
}

function namedIn(words: TermWords): ReadonlyMap<string, number> {
  const named = new Map<string, number>();
  for (const [name, value] of words) if (!isTermName(name)) named.set(name, readSize(value) ?? Number(value));
  return named;
}

function retryIn(words: TermWords): RetryRules | undefined {
  const max = numberOf(words, "retries") ?? 0;
  if (max === 0) return undefined;
  return {
    max,
    on: readCauses(words.get("retry-on") ?? "any") ?? [],
    delay: numberOf(words, "retry-delay") ?? 0,
    backoff: numberOf(words, "retry-backoff") ?? 1,
    limit: numberOf(words, "retry-limit") ?? Math.max(RETRY_LIMIT, numberOf(words, "retry-delay") ?? 0),
    elsewhere: words.get("retry-elsewhere") === "yes",
  };
}

function numberOf(words: TermWords, name: TermName): number | undefined {
  const value = words.get(name);
  return value === undefined ? undefined : Number(value);
}
