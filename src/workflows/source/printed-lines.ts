/** Bytes of a value, at most. */
export const LONGEST_VALUE = 4096;

const NEWLINE = 10;
const CONTROL = /\p{Cc}/u;

/** What has come of bytes: values of lines that are complete, and what is wrong with the line behind them. */
export interface Lines {
  readonly values: readonly string[];
  /** Bytes of all lines that were taken, from the first one on. */
  readonly offset: number;
  /** What is wrong, with the number of the line; nothing is taken after that. */
  readonly mistake: string | undefined;
}

/** Makes values of the bytes that an attempt prints, in whatever pieces they come: each line is one. */
export class PrintedLines {
  readonly #isValue: (text: string) => string | undefined;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The line that is not complete. */
  #half: Uint8Array[] = [];
  #halfLength = 0;
  #lines = 0;
  #offset: number;

  /**
   * @param offset of the first byte that comes.
   * @param isValue what is wrong with a value, if anything.
   */
  constructor(offset: number, isValue: (text: string) => string | undefined) {
    this.#offset = offset;
    this.#isValue = isValue;
  }

  push(bytes: Uint8Array): Lines {
    const values: string[] = [];
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const to = newline < 0 ? bytes.length : newline;
      if (to > from) {
        this.#halfLength += to - from;
        // What is longer is refused, and need not be kept.
        if (this.#halfLength <= LONGEST_VALUE) this.#half.push(bytes.slice(from, to));
      }
      if (newline < 0 && this.#halfLength <= LONGEST_VALUE) break;
      const mistake = this.#take(values, 1);
      if (mistake !== undefined) return { values, offset: this.#offset, mistake };
      from = to + 1;
    }
    return { values, offset: this.#offset, mistake: undefined };
  }

  /** Nothing more comes: half a line is a line. */
  end(): Lines {
    const values: string[] = [];
    const mistake = this.#halfLength === 0 ? undefined : this.#take(values, 0);
    return { values, offset: this.#offset, mistake };
  }

  /** Takes the line that is complete. @param newline bytes of what ends it. @returns what is wrong with it. */
  #take(values: string[], newline: number): string | undefined {
    this.#lines++;
    const length = this.#halfLength;
    const line = this.#half.length === 1 ? this.#half[0] : Buffer.concat(this.#half);
    this.#half = [];
    this.#halfLength = 0;
    const value = length > LONGEST_VALUE ? undefined : this.#textOf(line ?? new Uint8Array());
    const mistake =
      length === 0
        ? "is empty"
        : length > LONGEST_VALUE
          ? `has more than ${LONGEST_VALUE} bytes`
          : value === undefined
            ? "is not UTF-8"
            : CONTROL.test(value)
              ? "has a control character"
              : this.#isValue(value);
    if (mistake !== undefined || value === undefined) return `line ${this.#lines} ${mistake}`;
    this.#offset += length + newline;
    values.push(value);
    return undefined;
  }

  #textOf(line: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(line);
    } catch {
      return undefined;
    }
  }
}
