import type { FewTexts } from "./few-texts.ts";

const NOTHING: Buffer = Buffer.alloc(0);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
/** Digits of the longest number that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS }, (_, power) => 10 ** power);

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
    const bytes = this.#bytes;
    const from = this.#at;
    const { length } = text;
    if (from + length > this.#end) return false;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== text[i]) return false;
    this.#at = from + length;
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
    if (this.#at >= this.#end || this.#bytes[this.#at] !== POINT) return this.#isNegative(from) ? -digits : digits;
    const point = this.#at++;
    digits = this.#digits(digits);
    const count = this.#at - point - 1;
    if (count === 0) this.#isExpected = false;
    let scale = POWERS[count] ?? 1;
    // Two numbers that are exact have an exact quotient, rounded once; others are left to those who know how.
    if (whole + count > EXACT_DIGITS) {
      digits = Number(this.#bytes.toString("latin1", from, this.#at));
      scale = 1;
    }
    return (this.#isNegative(from) ? -digits : digits) / scale;
  }

  /** The text behind these bytes. */
  text(behind: Buffer): string {
    const from = this.#openText(behind);
    const [bytes, end] = [this.#bytes, this.#end];
    let isEscaped = false;
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        isEscaped = true;
        at++;
      } else if (byte < 0x20) this.#isExpected = false;
    }
    this.#closeText(at);
    return isEscaped ? this.#unescaped(from, at) : bytes.toString("utf8", from, at);
  }

  /**
   * The text behind these bytes, which has to stand there as it is.
   *
   * @param known makes texts that are among few.
   */
  plainText(behind: Buffer, known: FewTexts): string {
    const from = this.#openText(behind);
    const [bytes, end] = [this.#bytes, this.#end];
    let at = from;
    for (; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH || byte < 0x20) this.#isExpected = false;
    }
    this.#closeText(at);
    return known.text(bytes, from, at);
  }

  #openText(behind: Buffer): number {
    this.expect(behind);
    if (this.#bytes[this.#at] === QUOTE) this.#at++;
    else this.#isExpected = false;
    return this.#at;
  }

  /** The text has ended there. */
  #closeText(at: number): void {
    if (at >= this.#end) this.#isExpected = false;
    this.#at = at + 1;
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

  /** Goes past digits. @param before the number that they follow. */
  #digits(before = 0): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let value = before;
    let at = this.#at;
    for (; at < end; at++) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    this.#at = at;
    return value;
  }
}
