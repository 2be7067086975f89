/** Control and format characters and lone surrogates: what could move a cursor, hide text, or is no text at all. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
const HAS_UNPRINTABLE = new RegExp(UNPRINTABLE.source, "u");
const ESCAPES: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r", "\u001b": "\\e" };

/** The text with everything a terminal would act on made visible; a byte that is not valid UTF-8 becomes `\xNN`. */
export function printable(text: string): string {
  return HAS_UNPRINTABLE.test(text) ? text.replaceAll(UNPRINTABLE, visible) : text;
}

/** The same for text of several lines, which stay lines. */
export function printableLines(text: string): string {
  return HAS_UNPRINTABLE.test(text) ? text.split("\n").map(printable).join("\n") : text;
}

/** Text as a terminal may have it: lines and tabs stay, all else that it would act on is made visible. */
export function harmless(text: string): string {
  return HAS_UNPRINTABLE.test(text)
    ? text.replaceAll(UNPRINTABLE, (character) => (/[\n\t]/.test(character) ? character : visible(character)))
    : text;
}

function visible(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) return hex("x", code - 0xdc00, 2);
  if (code < 0x100) return hex("x", code, 2);
  return code <= 0xffff ? hex("u", code, 4) : `\\u{${code.toString(16)}}`;
}

function hex(letter: string, code: number, places: number): string {
  return `\\${letter}${code.toString(16).padStart(places, "0")}`;
}
