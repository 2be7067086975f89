import { TERM_NAMES, wordOf } from "./words.ts";
import type { TermWords } from "./task-terms.ts";

/** Why a text is not terms, and where in it. */
export interface TermsMistake {
  readonly kind: "mistake";
  /** Position of the word in the text, from 0. */
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

/** Whether a text looks like terms: one or more words of the form `key=value`, and nothing else. */
export function looksLikeTerms(text: string): boolean {
  return /^[ \t]*(?:[A-Za-z][A-Za-z0-9_-]*=[^ \t]*[ \t]*)+$/.test(text);
}

/** The words of a text such as `cores=4 memory=8G`. @param isResource whether somebody offers a resource of that name. */
export function readTerms(text: string, isResource: (name: string) => boolean): TermWords | TermsMistake {
  const words = new Map<string, string>();
  for (const match of text.matchAll(/[^ \t]+/g)) {
    const [part] = match;
    const { index: at } = match;
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    const word = wordOf(name, isResource);
    if (word === undefined) {
      const hint = `the terms are ${TERM_NAMES.join(", ")}, and resources that --resource or --engine-resource names`;
      return { kind: "mistake", at, message: `unknown term ${JSON.stringify(name)}`, hint };
    }
    const value = word.canonical(part.slice(name.length + 1));
    if (equals < 0 || value === undefined) {
      const message = `${name} cannot be ${JSON.stringify(part.slice(name.length + 1))}`;
      return { kind: "mistake", at, message, hint: `it must be ${word.must}` };
    }
    if (words.has(name)) {
      return { kind: "mistake", at, message: `${name} stands twice`, hint: "leave one of them out" };
    }
    words.set(name, value);
  }
  return words;
}
