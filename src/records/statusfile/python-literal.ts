/** The inverses of `repr()`: what Python's `ast.literal_eval` makes of a str or bytes literal on one line. */

/**
 * One element of a literal's inside: a run of characters without a backslash, or an escape. A backslash before anything
 * else stands for itself, as it does in Python. The escapes u and U exist in str only, and `\N{...}` is not known.
 */
const ELEMENT = /[^\\]+|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/gu;

const ONE_LETTER: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Runs and escapes alternate, so that no text makes the match backtrack. */
const WHOLE_TEXT = /^(?:'([^'\\\n]*(?:\\[^][^'\\\n]*)*)'|"([^"\\\n]*(?:\\[^][^"\\\n]*)*)")$/u;

/** The text that a Python str literal stands for; undefined when it is no complete literal. */
export function parsePythonText(literal: string): string | undefined {
  const inside = insideOf(literal);
  if (inside === undefined || !inside.includes("\\")) return inside;
  let text = "";
  for (const [element, octal, x, u, long, letter] of inside.matchAll(ELEMENT)) {
    const digits = x ?? u ?? long;
    if (octal !== undefined) text += String.fromCodePoint(Number.parseInt(octal, 8));
    else if (digits !== undefined) {
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) return undefined;
      text += String.fromCodePoint(code);
    } else if (letter === undefined) text += element;
    else if (isBrokenEscape(letter)) return undefined;
    else text += ONE_LETTER[letter] ?? element;
  }
  return text;
}

/** The bytes that a Python bytes literal (`b'...'`) stands for; undefined when it is no complete literal. */
export function parsePythonBytes(literal: string): Buffer | undefined {
  const inside = literal.startsWith("b") ? insideOf(literal.slice(1)) : undefined;
  if (inside === undefined) return undefined;
  let bytes = "";
  for (const [element, octal, x, , , letter] of inside.matchAll(ELEMENT)) {
    if (octal !== undefined) bytes += String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    else if (x !== undefined) bytes += String.fromCharCode(Number.parseInt(x, 16));
    else if (letter === "x") return undefined;
    else bytes += letter === undefined ? element : (ONE_LETTER[letter] ?? element);
  }
  // Python allows ASCII only between the quotes; what stands for other bytes has been an escape.
  return hasNonAscii(inside) ? undefined : Buffer.from(bytes, "latin1");
}

function insideOf(literal: string): string | undefined {
  const match = WHOLE_TEXT.exec(literal);
  return match === null ? undefined : (match[1] ?? match[2]);
}

/** Letters that start an escape: one that is not complete is an error, and does not stand for itself. */
function isBrokenEscape(letter: string): boolean {
  return letter === "x" || letter === "u" || letter === "U" || letter === "N";
}

function hasNonAscii(text: string): boolean {
  return Buffer.byteLength(text, "utf8") !== text.length;
}
