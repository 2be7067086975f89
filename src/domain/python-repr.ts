/** Text and bytes as Python literals, exactly as Python's `repr()` writes them. */

/** What `repr()` of a str does not show as itself: categories Cc Cf Cs Co Cn Zl Zp Zs, the blank excepted. */
const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;

const SINGLE = 0x27;
const DOUBLE = 0x22;
const BACKSLASH = 0x5c;

/** Python's `repr()` of a str; a lone surrogate is shown as `\udcXX`, as Python does. */
export function pythonRepr(text: string): string {
  return isPlain(text) ? `'${text}'` : escapeText(text);
}

/** Python's `repr()` of bytes: `b'...'`. */
export function pythonBytesRepr(bytes: Uint8Array): string {
  const quote = bytes.includes(SINGLE) && !bytes.includes(DOUBLE) ? DOUBLE : SINGLE;
  let out = "";
  for (const byte of bytes) {
    const printable = byte >= 0x20 && byte < 0x7f;
    out += shortEscape(byte, quote) ?? (printable ? String.fromCharCode(byte) : hex("x", byte, 2));
  }
  const mark = String.fromCharCode(quote);
  return `b${mark}${out}${mark}`;
}

/** True when the text is its own literal but for the quotes. Nearly every snippet is, so this is kept cheap. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e || unit === SINGLE || unit === BACKSLASH) return false;
  }
  return true;
}

function escapeText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? DOUBLE : SINGLE;
  let out = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    out += shortEscape(code, quote) ?? (code === 0x20 || !NOT_PRINTABLE.test(character) ? character : longEscape(code));
  }
  const mark = String.fromCharCode(quote);
  return `${mark}${out}${mark}`;
}

function shortEscape(code: number, quote: number): string | undefined {
  switch (code) {
    case 0x09:
      return "\\t";
    case 0x0a:
      return "\\n";
    case 0x0d:
      return "\\r";
    case BACKSLASH:
      return "\\\\";
    case quote:
      return `\\${String.fromCharCode(quote)}`;
    default:
      return undefined;
  }
}

function longEscape(code: number): string {
  if (code < 0x100) return hex("x", code, 2);
  return code < 0x10000 ? hex("u", code, 4) : hex("U", code, 8);
}

function hex(letter: string, code: number, digits: number): string {
  return `\\${letter}${code.toString(16).padStart(digits, "0")}`;
}
