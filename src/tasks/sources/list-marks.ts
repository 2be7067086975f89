import { decodeBytes } from "../../domain/bytes.ts";

/**
 * The comments that a list keeps among its lines about itself. A submitted line that looks like one of them is kept with one blank
 * more before it, so that it is none, and is still a comment.
 */
const MARK = "# disbatch: ";
/** Kept behind the last line of a list that has been ended. */
export const END_OF_LIST = `${MARK}no more tasks`;
/** Kept behind that when somebody goes on with the list. */
export const LIST_GOES_ON = `${MARK}more tasks may follow`;

/** A line like a mark, with any number of blanks before it, each with its newline. */
const LIKE_MARKS = /(?<![^\n])(?= *# disbatch: (?:no more tasks|more tasks may follow)\n)/g;
const LIKE_MARK = /^ +# disbatch: (?:no more tasks|more tasks may follow)$/;
const NEWLINE = "\n".charCodeAt(0);

/** Lines as they are kept. @param lines as they were submitted, each with its newline. */
export function unmarked(lines: string): string {
  return lines.includes(MARK) ? lines.replace(LIKE_MARKS, " ") : lines;
}

/** The lines as they were submitted, among those that were kept. @param kept whole lines. */
export function submittedAmong(kept: Uint8Array): readonly string[] {
  const lines = decodeBytes(kept).split("\n").slice(0, -1);
  const submitted = lines.filter((line) => line !== END_OF_LIST && line !== LIST_GOES_ON);
  return submitted.map((line) => (LIKE_MARK.test(line) ? line.slice(1) : line));
}

/** Whether the lines that were kept of a list say that it has been ended. */
export function saysListEnded(kept: Uint8Array): boolean {
  const mark = Buffer.from(`${END_OF_LIST}\n`);
  const at = kept.length - mark.length;
  return at >= 0 && mark.equals(kept.subarray(at)) && (at === 0 || kept[at - 1] === NEWLINE);
}
