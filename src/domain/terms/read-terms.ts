import { quoteWord } from "../spelling/quote-word.ts";
import { similarWord } from "../spelling/similar-word.ts";
import { contradictionIn } from "./contradiction.ts";
import { mergeTerms, type TaskTerms, termsOf, type TermWords } from "./task-terms.ts";
import { ruleFor, TERM_NAMES, type TermName, wordOf } from "./words.ts";

/** Why a text is not terms, and where in it. */
export interface TermsMistake {
  readonly kind: "mistake";
  /** Position of the word in the text, from 0. */
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

/** What other programs call some terms. */
export const OTHER_NAMES: Readonly<Record<string, TermName>> = {
  ...{ cpu: "cores", cpus: "cores", ncpus: "cores", core: "cores", threads: "cores", procs: "cores" },
  ...{ mem: "memory", ram: "memory", gpu: "gpus", gres: "gpus" },
  ...{ time: "timeout", walltime: "timeout", limit: "timeout", "time-limit": "timeout" },
  ...{ retry: "retries", "max-retries": "retries", delay: "retry-delay", backoff: "retry-backoff", on: "retry-on" },
  ...{ prio: "priority", label: "context", host: "context" },
};

/** Whether a text looks like terms: one or more words of the form `key=value`, and nothing else. */
export function looksLikeTerms(text: string): boolean {
  return /^[ \t]*(?:[A-Za-z][A-Za-z0-9_-]*=[^ \t]*(?:[ \t]+|$))+$/.test(text);
}

/** The words of a text such as `cores=4 memory=8G`. @param isResource whether somebody offers a resource of that name. */
export function readTerms(text: string, isResource: (name: string) => boolean): TermWords | TermsMistake {
  const words = new Map<string, string>();
  for (let at = nextWord(text, 0); at < text.length; at = nextWord(text, endOfWord(text, at))) {
    const part = text.slice(at, endOfWord(text, at));
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    const word = wordOf(name, isResource);
    if (word === undefined) return { kind: "mistake", at, ...unknownTerm(name) };
    if (equals < 0) {
      return { kind: "mistake", at, message: `${name} has no value`, hint: `write ${name}=VALUE, ${word.must}` };
    }
    const value = part.slice(equals + 1);
    const canonical = word.canonical(value);
    if (canonical === undefined) return { kind: "mistake", at, ...badValue(name, value, ruleFor(word, value)) };
    if (words.has(name)) {
      return { kind: "mistake", at, message: `${name} stands twice`, hint: "leave one of them out" };
    }
    words.set(name, canonical);
  }
  return words;
}

const BLANK = " ".charCodeAt(0);
const TAB = "\t".charCodeAt(0);

/** Position of the next word, or the end of the text. */
function nextWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && (text.charCodeAt(at) === BLANK || text.charCodeAt(at) === TAB)) at++;
  return at;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== BLANK && text.charCodeAt(at) !== TAB) at++;
  return at;
}

/** Terms of a place in the list, with those of farther places. */
export interface PlacedTerms {
  readonly kind: "terms";
  readonly own: TaskTerms | undefined;
  readonly merged: TaskTerms | undefined;
}

/** The terms that a text says, which count more than `farther`. A mistake is also what contradicts itself, or these. */
export function placeTerms(
  text: string,
  farther: TaskTerms | undefined,
  isResource: (name: string) => boolean,
): PlacedTerms | TermsMistake {
  const words = readTerms(text, isResource);
  if ("kind" in words) return words;
  const own = termsOf(words);
  const merged = mergeTerms(farther, own);
  const contradiction = merged === undefined ? undefined : contradictionIn(words, merged.words);
  if (contradiction === undefined) return { kind: "terms", own, merged };
  const { name, message, hint } = contradiction;
  return { kind: "mistake", at: text.search(new RegExp(`(?<![^ \\t])${name}=`)), message, hint };
}

/** What is said of a name that is no term's. */
function unknownTerm(name: string): Pick<TermsMistake, "message" | "hint"> {
  const meant = OTHER_NAMES[name.toLowerCase()] ?? similarTerm(name);
  const all = `the terms are ${TERM_NAMES.join(", ")}, and resources that --resource or --engine-resource names`;
  return {
    message: `unknown term ${quoteWord(name)}`,
    hint: meant === undefined ? all : `did you mean ${meant}?`,
  };
}

/** What is said of a value that means nothing. @param rule what it must be. */
export function badValue(name: string, value: string, rule: string): Pick<TermsMistake, "message" | "hint"> {
  return { message: `${name} cannot be ${quoteWord(value)}`, hint: `it must be ${rule}` };
}

function similarTerm(name: string): string | undefined {
  const plain = name.replaceAll("_", "-");
  return similarWord(
    plain,
    TERM_NAMES.map((known) => known.toUpperCase()),
  )?.toLowerCase();
}
