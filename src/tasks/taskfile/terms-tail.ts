import { looksLikeTerms } from "../../domain/terms/read-terms.ts";

const MARK = "#DISBATCH";

/** The terms at the end of a line, in a comment that bash passes over. */
export interface TermsTail {
  readonly text: string;
  /** Position of the text in the line, from 0. */
  readonly at: number;
}

/** What follows the last `#DISBATCH` of a command, when that is terms; anything else is part of the command. */
export function findTail(command: string): TermsTail | undefined {
  const mark = command.lastIndexOf(MARK);
  if (mark < 1 || !/[ \t]/.test(command.charAt(mark - 1))) return undefined;
  const at = mark + MARK.length;
  const text = command.slice(at);
  return looksLikeTerms(text) && /^[ \t]/.test(text) ? { text, at } : undefined;
}
