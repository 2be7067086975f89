import { placeTerms } from "../../domain/terms/read-terms.ts";
import { mergeTerms, type TaskTerms } from "../../domain/terms/task-terms.ts";
import { findTail, MARK, saysTerms, type Tail, wordsOfTail } from "./terms-tail.ts";

/** Something to be told of terms. */
export interface TermsFinding {
  readonly code: "bad-terms" | "terms-under-suffix" | "tail-not-terms";
  readonly severity: "error" | "warning";
  /** Position in what was read, from 0. */
  readonly at: number;
  readonly message: string;
  readonly hint: string;
}

/** What is known of terms before the first line. */
export interface TermsAbove {
  /** Those of the whole run. */
  readonly run: TaskTerms | undefined;
  /** Those of the last directive. */
  readonly directive: TaskTerms | undefined;
  /** Whether somebody offers a resource of that name. */
  readonly isResource: (name: string) => boolean;
}

/** Tails that are kept with what they mean: many lists have few, and others a new one on each line. */
const MOST_KEPT = 1024;

/** The terms of the lines of one list: those of a line count most, then those of the directive above, then those of the run. */
export class LineTerms {
  readonly #above: TermsAbove;
  #directive: TaskTerms | undefined;
  /** For lines that say nothing themselves. */
  #farther: TaskTerms | undefined;
  /** By tail: what lines have with it. */
  readonly #known = new Map<string, TaskTerms | undefined>();

  constructor(above: TermsAbove) {
    this.#above = above;
    this.#directive = above.directive;
    this.#farther = mergeTerms(above.run, above.directive);
  }

  /** Those of the last directive. */
  get directive(): TaskTerms | undefined {
    return this.#directive;
  }

  /** Those of a line without a tail. */
  get plain(): TaskTerms | undefined {
    return this.#farther;
  }

  /** Reads what stands behind the word of a directive; what is wrong changes nothing. */
  direct(text: string): TermsFinding | undefined {
    const placed = placeTerms(text, this.#above.run, this.#above.isResource);
    if (placed.kind === "mistake") return { ...placed, code: "bad-terms", severity: "error" };
    this.#directive = placed.own;
    this.#farther = placed.merged;
    this.#known.clear();
    return undefined;
  }

  /**
   * Reads a line that may have a tail.
   *
   * @returns its terms, or what is to be told of it. Such a line has those of a line without a tail.
   */
  ofLine(command: string, prefix: string, suffix: string): TaskTerms | TermsFinding | undefined {
    const tail = findTail(command, prefix);
    if (tail === undefined) return this.#farther;
    const known = suffix === "" && !tail.isQuoted ? this.#known.get(tail.text) : undefined;
    if (known !== undefined) return known;
    if (tail.isQuoted || !saysTerms(tail.text)) return partOfCommand(tail);
    if (suffix !== "") return underSuffix(tail);
    const placed = placeTerms(wordsOfTail(tail.text), this.#farther, this.#above.isResource);
    if (placed.kind === "mistake") return { ...placed, at: tail.at + placed.at, code: "bad-terms", severity: "error" };
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(tail.text, placed.merged);
    return placed.merged;
  }
}

/** What is to be told of terms at the end of a directive that can have none. @param word of the directive. */
export function strayTerms(line: string, word: string): TermsFinding | undefined {
  const mark = line.lastIndexOf(MARK);
  const text = line.slice(mark + MARK.length);
  if (!/[ \t]/.test(line.charAt(mark - 1)) || !saysTerms(text)) return undefined;
  const at = mark + MARK.length + text.search(/[^ \t]/);
  const hint = "terms of tasks stand at the end of their lines, or in a line #DISBATCH TERMS";
  return { code: "bad-terms", severity: "error", at, message: `${word} has no terms`, hint };
}

function underSuffix(tail: Tail): TermsFinding {
  return {
    code: "terms-under-suffix",
    severity: "error",
    at: firstWord(tail),
    message: "terms at the end of a line, and a SUFFIX that would be part of this comment",
    hint: "write them in a line #DISBATCH TERMS above",
  };
}

function partOfCommand(tail: Tail): TermsFinding {
  const because = tail.isQuoted ? "it stands in quotes" : "only words KEY=VALUE are terms";
  return {
    code: "tail-not-terms",
    severity: "warning",
    at: tail.at - MARK.length,
    message: `what stands behind #DISBATCH is part of the command: ${because}`,
    hint: "terms stand at the end of a line as in: COMMAND #DISBATCH memory=8G timeout=2h",
  };
}

/** Position of the first word of a tail in its command. */
function firstWord({ at, text }: Tail): number {
  return at + text.search(/[^ \t]/);
}
