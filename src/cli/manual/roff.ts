/** Characters that the man page's language takes for something else, or that a terminal would show as another that cannot be pasted. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": String.raw`\e`,
  "-": String.raw`\-`,
  "'": String.raw`\(aq`,
  '"': String.raw`\(dq`,
  "`": String.raw`\(ga`,
  "^": String.raw`\(ha`,
  "~": String.raw`\(ti`,
};

/** Names such as PREFIX and dbUtil, which are not to be hyphenated. */
const NAMES = /\b\w+[A-Z_]\w*/g;

/** Text for a line of a man page, where it is shown as it is. */
export function roff(text: string): string {
  const escaped = text
    .replaceAll(/[\\\-'"`^~]/g, (character) => ESCAPES[character] ?? character)
    .replaceAll(NAMES, String.raw`\%$&`);
  return escaped.startsWith(".") ? String.raw`\&${escaped}` : escaped;
}

/** Text in which backquotes stand around what is typed: that is shown in bold letters. */
export function roffMarked(text: string): string {
  const parts = text.split("`");
  return parts.map((part, i) => (i % 2 === 0 ? roff(part) : String.raw`\fB${roff(part)}\fR`)).join("");
}

/** Arguments of one macro, such as `.It`: none of them is taken for another macro, and none for the end of a sentence. */
export function roffArguments(words: readonly string[]): string {
  return words
    .map((word) => (/^(?:[A-Z][a-z]|[.,:;()[\]?!|])$/.test(word) ? String.raw`\&${roff(word)}` : roff(word)))
    .join(" ");
}
