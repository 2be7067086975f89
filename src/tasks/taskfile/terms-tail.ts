import { looksLikeTerms, readTerms } from "../../domain/terms/read-terms.ts";
import { type TaskTerms, termsOf } from "../../domain/terms/task-terms.ts";

/** What begins a tail. */
export const MARK = "#DISBATCH";

/** Characters of bash that end a word, so that a `#` behind one begins a comment. */
const ENDS_WORD = " \t|&;()<>";
const NONE = 0;
const HASH = "#".charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);
const SINGLE = "'".charCodeAt(0);
const DOUBLE = '"'.charCodeAt(0);
/** Stands for the quotes of `$'...'`, too, in which a backslash means something. */
const DOLLAR = "$".charCodeAt(0);

/** What stands behind `#DISBATCH` at the end of a line. */
export interface Tail {
  readonly text: string;
  /** Position of the text in the command, from 0. */
  readonly at: number;
  /** Whether it is part of a word of the command for bash, and no comment. */
  readonly isQuoted: boolean;
}

/** Whether there can be a tail, which costs next to nothing to ask. */
export function mayHaveTail(command: string): boolean {
  return command.includes(MARK);
}

/**
 * The tail of a command, if it has one: what stands behind the first `#DISBATCH` that bash takes for the beginning of a comment, or
 * finds inside of one.
 *
 * @param prefix what stands before the command when bash reads it.
 */
export function findTail(command: string, prefix = ""): Tail | undefined {
  const line = prefix + command;
  let quoted: Tail | undefined;
  let quote = NONE;
  /** Position of the last character that a backslash has taken the meaning of. */
  let escaped = -1;
  for (let at = 0; at < line.length; at++) {
    const character = line.charCodeAt(at);
    if (character === HASH && beginsWord(line, at, escaped)) {
      if (quote === NONE) return tailInComment(line, at, prefix.length) ?? quoted;
      if (line.startsWith(MARK, at)) quoted ??= tailAt(line, at, prefix.length, true);
    } else if (character === BACKSLASH && quote !== SINGLE) {
      escaped = ++at;
    } else if (quote === NONE) {
      if (character === DOUBLE) quote = DOUBLE;
      else if (character === SINGLE) quote = line.charCodeAt(at - 1) === DOLLAR ? DOLLAR : SINGLE;
    } else if (character === (quote === DOLLAR ? SINGLE : quote)) {
      quote = NONE;
    }
  }
  return quoted;
}

/** The command without the terms at its end. */
export function withoutTail(command: string): string {
  const tail = mayHaveTail(command) ? findTail(command) : undefined;
  if (tail === undefined || tail.isQuoted || !saysTerms(tail.text)) return command;
  return command.slice(0, tail.at - MARK.length).trimEnd();
}

/** The terms that a command says at its end, of any resources; undefined where it says none, or what means nothing. */
export function termsOfTail(command: string): TaskTerms | undefined {
  const tail = mayHaveTail(command) ? findTail(command) : undefined;
  if (tail === undefined || tail.isQuoted || !saysTerms(tail.text)) return undefined;
  const words = readTerms(wordsOfTail(tail.text), () => true);
  return "kind" in words ? undefined : termsOf(words);
}

/** The words of a tail that has been put behind other tails count as words of one. */
export function wordsOfTail(text: string): string {
  return text.includes(MARK) ? text.replaceAll(FURTHER, (mark) => " ".repeat(mark.length)) : text;
}

/** A mark as a word of its own. */
const FURTHER = /(?<![^ \t])#DISBATCH(?![^ \t])/g;

/** Whether what stands behind a mark is terms. */
export function saysTerms(text: string): boolean {
  return /^[ \t]/.test(text) && looksLikeTerms(wordsOfTail(text));
}

/** Of a comment that begins there. */
function tailInComment(line: string, comment: number, before: number): Tail | undefined {
  for (let mark = line.indexOf(MARK, Math.max(comment, before)); mark >= 0; mark = line.indexOf(MARK, mark + 1)) {
    if (!beginsWord(line, mark, -1)) continue;
    return tailAt(line, mark, before, false);
  }
  return undefined;
}

/** @param before length of the prefix, which a command may have none of its words in. */
function tailAt(line: string, mark: number, before: number, isQuoted: boolean): Tail | undefined {
  const at = mark + MARK.length;
  return mark < before ? undefined : { text: line.slice(at), at: at - before, isQuoted };
}

/** Whether a `#` begins a word for bash. */
function beginsWord(line: string, at: number, escaped: number): boolean {
  return at === 0 || (escaped !== at - 1 && ENDS_WORD.includes(line.charAt(at - 1)));
}
