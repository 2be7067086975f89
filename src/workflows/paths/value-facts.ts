/** Characters that are told apart: the others count as one. */
const TOLD_APART = 128;

/** Whether a value has an empty step, `.` or `..` between its slashes: in a path it may vanish, or lead upwards. */
const NOT_PLAIN = /(?:^|\/)\.{0,2}(?:\/|$)/;

const DIGITS = "0123456789";

/** What is known of all values of an axis, without a look at each. More values may come; what is known gets vaguer then. */
export class ValueFacts {
  readonly #chars = new Uint8Array(TOLD_APART + 1);
  readonly #find: ((value: string) => boolean) | undefined;
  /** Characters of the shortest and of the longest value. */
  shortest = Number.POSITIVE_INFINITY;
  longest = 0;
  /** Values stand in a path as they are. */
  isPlain = true;

  /** @param find tells whether there is a value, for an axis to which none will come. */
  constructor(find?: (value: string) => boolean) {
    this.#find = find;
  }

  /** Whether it is known of every text if it is a value. */
  get isComplete(): boolean {
    return this.#find !== undefined;
  }

  get hasSlash(): boolean {
    return this.hasChar("/");
  }

  /** Whether all values are as long. */
  get isFixed(): boolean {
    return this.shortest === this.longest;
  }

  /** Whether some value may have this character. */
  hasChar(char: string): boolean {
    return this.#chars[Math.min(char.charCodeAt(0), TOLD_APART)] === 1;
  }

  /** Takes note of a value. @returns whether anything is vaguer now. */
  add(value: string): boolean {
    let isVaguer = false;
    for (let i = 0; i < value.length; i++) {
      const char = Math.min(value.charCodeAt(i), TOLD_APART);
      if (this.#chars[char] === 1) continue;
      this.#chars[char] = 1;
      isVaguer = true;
    }
    if (value.length < this.shortest) [this.shortest, isVaguer] = [value.length, true];
    if (value.length > this.longest) [this.longest, isVaguer] = [value.length, true];
    if (this.isPlain && NOT_PLAIN.test(value)) [this.isPlain, isVaguer] = [false, true];
    return isVaguer;
  }

  /** Takes note of whole numbers or days, from one to another, which are not looked at. */
  addRange(first: string, last: string): void {
    for (const text of [first, last, ...(first === last ? [] : [DIGITS])]) {
      for (const char of text) this.#chars[char.charCodeAt(0)] = 1;
    }
    const isThroughZero = first.startsWith("-") !== last.startsWith("-");
    this.shortest = isThroughZero ? 1 : Math.min(first.length, last.length);
    this.longest = Math.max(first.length, last.length);
  }

  /** Whether a text may be a value. */
  mayBe(text: string): boolean {
    if (text.length < this.shortest || text.length > this.longest) return false;
    for (const char of text) if (!this.hasChar(char)) return false;
    return this.#find?.(text) ?? true;
  }
}
