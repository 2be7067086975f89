import { encodeText } from "./bytes.ts";

/** What could move a cursor, hide text, or is no text at all: control and format characters, and bytes that are not UTF-8. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** Quotes words for bash: in one line, which a terminal shows as it is and which can be pasted. */
export function shellWords(words: readonly string[]): string {
  return words.map(quote).join(" ");
}

function quote(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return UNPRINTABLE.test(word) ? ansiCQuote(encodeText(word)) : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Bash's `$'...'` form, plain ASCII, of these bytes. */
export function ansiCQuote(bytes: Buffer): string {
  let quoted = "";
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
    quoted += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `$'${quoted}'`;
}
