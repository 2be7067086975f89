const NOTHING: Buffer = Buffer.alloc(0);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
/** Digits of the longest number that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;

/** Bytes that stand in a line of JSON between two values. */
export function written(text: string): Buffer {
  return Buffer.from(text);
}

/**
 * Reads a line of JSON from its beginning to its end where it is known what stands in it. What is read is what JSON would have in its
 * place, provided that the line `isWhole` in the end. Values after something unexpected mean nothing.
 */
export class LineScanner {
  #bytes = NOTHING;
  #at = 0;
  #end = 0;
  #isExpected = true;

  /** The next line is bytes[start, end). */
  begin(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#isExpected = true;
  }

  /** Whether everything was as expected, to the end of the line. */
  get isWhole(): boolean {
    return this.#isExpected && this.#at === this.#end;
  }

  /** Goes past these bytes where they come next. @returns whether they did. */
  passes(text: Buffer): boolean {
    const from = this.#at;
    if (from + text.length > this.#end) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[from + i] !== text[i]) return false;
    this.#at = from + text.length;
    return true;
  }

  /** Goes past these bytes, which have to come next. */
  expect(text: Buffer): void {
    if (!this.passes(text)) this.#isExpected = false;
  }

  /** The whole number behind these bytes, of at most fifteen digits. */
  whole(behind = NOTHING): number {
    this.expect(behind);
    const from = this.#sign();
    const value = this.#digits();
    const count = this.#at - from;
    if (count === 0 || count > EXACT_DIGITS || this.#hasLeadingZero(from)) this.#isExpected = false;
    return this.#isNegative(from) ? -value : value;
  }

  /** The number behind these bytes, without an exponent, and below the largest whole one. */
  seconds(behind = NOTHING): number {
    this.expect(behind);
    const from = this.#sign();
    let digits = this.#digits();
    const whole = this.#at - from;
    if (whole === 0 || whole > EXACT_DIGITS || this.#hasLeadingZero(from)) this.#isExpected = false;
    let scale = 1;
    if (this.#bytes[this.#at] === POINT && this.#at < this.#end) {
      const point = this.#at++;
      for (; this.#at < this.#end; this.#at++) {
        const digit = (this.#bytes[this.#at] ?? 0) - ZERO;
        if (!(digit >= 0 && digit <= 9)) break;
        digits = digits * 10 + digit;
        scale *= 10;
      }
      const count = this.#at - point - 1;
      if (count === 0) this.#isExpected = false;
      // Two numbers that are exact have an exact quotient, rounded once; others are left to those who know how.
      if (whole + count > EXACT_DIGITS) {
        digits = Number(this.#bytes.toString("latin1", from, this.#at));
        scale = 1;
      }
    }
    return (this.#isNegative(from) ? -digits : digits) / scale;
  }

  /** The text behind these bytes. */
  text(behind: Buffer): string {
    const from = this.#openText(behind);
    let isEscaped = false;
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        isEscaped = true;
        this.#at++;
      } else if (byte < 0x20) this.#isExpected = false;
    }
    const to = this.#closeText();
    return isEscaped ? this.#unescaped(from, to) : this.#bytes.toString("utf8", from, to);
  }

  /** The text behind these bytes, which has to stand there as it is. */
  plainText(behind: Buffer): string {
    const from = this.#openText(behind);
    for (; this.#at < this.#end; this.#at++) {
      const byte = this.#bytes[this.#at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH || byte < 0x20) this.#isExpected = false;
    }
    return this.#bytes.toString("utf8", from, this.#closeText());
  }

  #openText(behind: Buffer): number {
    this.expect(behind);
    if (this.#bytes[this.#at] === QUOTE) this.#at++;
    else this.#isExpected = false;
    return this.#at;
  }

  /** @returns where the text ends. */
  #closeText(): number {
    if (this.#at >= this.#end) this.#isExpected = false;
    return this.#at++;
  }

  #unescaped(from: number, to: number): string {
    try {
      const text: unknown = JSON.parse(this.#bytes.toString("utf8", from - 1, to + 1));
      if (typeof text === "string") return text;
    } catch {
      // The whole line is none of JSON then.
    }
    this.#isExpected = false;
    return "";
  }

  /** @returns where the digits begin. */
  #sign(): number {
    if (this.#bytes[this.#at] === MINUS) this.#at++;
    return this.#at;
  }

  #isNegative(digits: number): boolean {
    return this.#bytes[digits - 1] === MINUS;
  }

  #hasLeadingZero(digits: number): boolean {
    return this.#bytes[digits] === ZERO && this.#at > digits + 1;
  }

  #digits(): number {
    let value = 0;
    for (; this.#at < this.#end; this.#at++) {
      const digit = (this.#bytes[this.#at] ?? 0) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    return value;
  }
}
