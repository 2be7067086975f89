import { similarWord } from "../spelling/similar-word.ts";
import { quoteWord } from "../spelling/quote-word.ts";
import { contradictionIn } from "./contradiction.ts";
import { badValue, OTHER_NAMES } from "./read-terms.ts";
import { mergeTerms, type TaskTerms, termsOf, type TermWords } from "./task-terms.ts";
import { isTermName, ruleFor, TERM_NAMES, type TermName, wordOf } from "./words.ts";

/** How often a task is tried again, and when. */
export interface RetryFields {
  /** Tries after the first that failed. */
  readonly max: number | string;
  /** Exit codes, ranges of them such as `74-84`, `signal`, `timeout`, `memory`; `any` failure where nothing is said. */
  readonly on?: number | string | readonly (number | string)[] | undefined;
  /** Before the first retry: seconds, or a duration such as `10s`. */
  readonly delay?: number | string | undefined;
  /** Each further retry waits so many times as long. */
  readonly backoff?: number | string | undefined;
  /** No retry waits longer: seconds, or a duration. */
  readonly limit?: number | string | undefined;
  /** Whether another host is tried, when there is one. */
  readonly elsewhere?: boolean | undefined;
}

/** Terms of tasks as fields: the words of task files, in camel case. */
export interface TermFields {
  /** Cores that the task needs; fractions, too. */
  readonly cores?: number | string | undefined;
  /** Memory that it needs and may use: a size such as `8G`. */
  readonly memory?: string | undefined;
  readonly gpus?: number | string | undefined;
  /** Amounts of resources that the run or its engines offer, by name. */
  readonly resources?: Readonly<Record<string, number | string>> | undefined;
  /** The task is ended when it takes longer: seconds, or a duration such as `2h`. */
  readonly timeout?: number | string | undefined;
  /** The task is not started where less time is left: seconds, or a duration. */
  readonly minTime?: number | string | undefined;
  /** How often a task that has failed is tried again, or that and when. */
  readonly retries?: number | string | RetryFields | undefined;
  /** So many times as many cores for each further try, such as `x2`. */
  readonly retryCores?: number | string | undefined;
  readonly retryMemory?: number | string | undefined;
  readonly retryTimeout?: number | string | undefined;
  /** Label of the group of hosts where it runs. */
  readonly context?: string | undefined;
  /** Tasks with a higher one are started first. */
  readonly priority?: number | string | undefined;
}

/** What is wrong with fields. */
export interface FieldsMistake {
  readonly kind: "mistake";
  /** Names from the outermost field to the one that is wrong. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** Fields of `retries`, and what each is as a word. */
export const FIELDS_OF_RETRIES: Readonly<Record<string, TermName>> = {
  ...{ max: "retries", on: "retry-on", delay: "retry-delay", backoff: "retry-backoff", limit: "retry-limit" },
  elsewhere: "retry-elsewhere",
};
/** Words that are fields of their own. */
const OF_TASK: Readonly<Record<string, TermName>> = Object.fromEntries(
  TERM_NAMES.filter((name) => name === "retries" || !Object.values(FIELDS_OF_RETRIES).includes(name)).map((name) => [
    name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    name,
  ]),
);

/** A field as it is to be read. */
interface Field {
  readonly path: readonly string[];
  /** Name of the term or resource; undefined for a field that there is not. */
  readonly name: string | undefined;
  readonly value: unknown;
  /** Fields that may stand there. */
  readonly known: readonly string[];
}

/** Words that stand as fields, and the field of each. */
interface ReadFields {
  readonly kind: "words";
  readonly words: TermWords;
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

/**
 * Terms that stand as fields of an object, whoever has written it. Fields that are undefined are left out.
 *
 * @param farther what counts where the fields say nothing; rules of retries may rest on it.
 */
export function termsOfFields(
  fields: object,
  isResource: (name: string) => boolean,
  farther?: TaskTerms,
): { readonly kind: "terms"; readonly terms: TaskTerms | undefined } | FieldsMistake {
  const read = wordsOfFields(fields, isResource);
  if (read.kind === "mistake") return read;
  const { words, paths } = read;
  const terms = termsOf(words);
  const merged = mergeTerms(farther, terms)?.words ?? words;
  const shown = (name: TermName): string => (paths.get(name) ?? [usualField(name)]).join(".");
  const contradiction = contradictionIn(words, merged, shown);
  if (contradiction === undefined) return { kind: "terms", terms };
  const { name, message, hint } = contradiction;
  return { kind: "mistake", path: paths.get(name) ?? [], message, hint };
}

/** The words of such fields, which may contradict each other. */
export function wordsOfFields(fields: object, isResource: (name: string) => boolean): ReadFields | FieldsMistake {
  const words = new Map<string, string>();
  const paths = new Map<string, readonly string[]>();
  for (const { path, name, value, known } of fieldsIn(fields)) {
    const shown = path.join(".");
    const word = name === undefined ? undefined : wordOf(name, isResource);
    if (name === undefined || word === undefined) return { kind: "mistake", path, ...unknownField(shown, path, known) };
    const text = textOf(name, value);
    const canonical = text === undefined ? undefined : word.canonical(text);
    if (canonical === undefined) {
      const given = text ?? JSON.stringify(value) ?? typeof value;
      return { kind: "mistake", path, ...badValue(shown, given, ruleFor(word, text ?? "")) };
    }
    words.set(name, canonical);
    paths.set(name, path);
  }
  return { kind: "words", words, paths };
}

function* fieldsIn(fields: object): Generator<Field, void, void> {
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (key === "resources" && isObject(value)) {
      for (const [name, amount] of Object.entries(value)) {
        yield { path: [key, name], name: isTermName(name) ? undefined : name, value: amount, known: [] };
      }
    } else if (key === "retries" && isObject(value)) {
      for (const [inner, one] of Object.entries(value)) {
        if (one !== undefined) yield fieldOf([key, inner], FIELDS_OF_RETRIES, one);
      }
    } else {
      yield fieldOf([key], OF_TASK, value);
    }
  }
}

function fieldOf(path: readonly string[], names: Readonly<Record<string, TermName>>, value: unknown): Field {
  const key = path.at(-1) ?? "";
  return { path, name: Object.hasOwn(names, key) ? names[key] : undefined, value, known: Object.keys(names) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a task file has it. */
function textOf(name: string, value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return name === "retry-elsewhere" ? (value ? "yes" : "no") : undefined;
  if (Array.isArray(value)) return name === "retry-on" ? value.join(",") : undefined;
  if (typeof value !== "number") return undefined;
  return /^retry-(?:cores|memory|timeout)$/.test(name) ? `x${value}` : String(value);
}

function unknownField(
  shown: string,
  path: readonly string[],
  known: readonly string[],
): Pick<FieldsMistake, "message" | "hint"> {
  const message = `unknown field ${quoteWord(shown)}`;
  if (shown === "resources") return { message: "resources must be amounts by name", hint: "such as license: 2" };
  if (path[0] === "resources") {
    return {
      message: `unknown resource ${quoteWord(path.at(-1) ?? "")}`,
      hint: "neither the run nor its engines offer it",
    };
  }
  const meant = path.length > 1 ? similarField(path, known) : (fieldOfOtherName(shown) ?? similarField(path, known));
  const all = path.length > 1 ? known : [...known, "resources"];
  return { message, hint: meant === undefined ? `the fields are ${all.join(", ")}` : `did you mean ${meant}?` };
}

/** The field of a term that has been called as elsewhere: as other programs call it, or as task files do. */
function fieldOfOtherName(name: string): string | undefined {
  const word = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");
  const term = Object.hasOwn(OTHER_NAMES, word) ? OTHER_NAMES[word] : word;
  const own = Object.keys(OF_TASK).find((field) => OF_TASK[field] === term);
  const inner = Object.keys(FIELDS_OF_RETRIES).find((field) => FIELDS_OF_RETRIES[field] === term);
  return own ?? (inner === undefined ? undefined : `retries.${inner}`);
}

function similarField(path: readonly string[], known: readonly string[]): string | undefined {
  const bySpelling = new Map(known.map((name) => [name.toUpperCase(), name]));
  return bySpelling.get(similarWord((path.at(-1) ?? "").replaceAll(/[-_]/g, ""), [...bySpelling.keys()]) ?? "");
}

/** How a term is called that is no field yet. */
function usualField(name: TermName): string {
  return name === "retries" ? "retries.max" : name;
}
