import { encodeText } from "../../domain/bytes.ts";
import { ansiCQuote } from "../../domain/shell-words.ts";

/** What means itself to bash, also where a command begins: there a `=` makes an assignment. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/;
/** What would end a line, or would be no text. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
/** Begins words of this program at the end of a line. */
export const MARK = "#DISBATCH";

/**
 * Quotes a value for bash, in one line in which nothing of it can be taken for anything but the value.
 *
 * @param always also where it would mean itself: a number before a `>` would be a descriptor.
 */
export function quoteValue(value: string, always: boolean): string {
  if (!always && PLAIN.test(value)) return value;
  if (UNPRINTABLE.test(value)) return ansiCQuote(encodeText(value)).replaceAll(MARK, String.raw`\043DISBATCH`);
  return `'${value.replaceAll("'", String.raw`'\''`).replaceAll(MARK, "#''DISBATCH")}'`;
}
