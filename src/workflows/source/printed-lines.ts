import { LONGEST_VALUE, numberOf, TYPE_RULES, whyNoValue } from "../document/axis-values.ts";
import type { AxisType } from "../document/workflow.ts";

const NEWLINE = 10;

/** What has come of bytes: values of lines that are complete, and what is wrong with the line behind them. */
export interface Lines {
  /** Each once, where many have come together. */
  readonly values: readonly string[];
  /** Bytes of all lines that were taken, from the first one on. */
  readonly offset: number;
  /** What is wrong, with the number of the line; nothing is taken after that. */
  readonly mistake: string | undefined;
}

/** Makes values of the bytes that an attempt prints, in whatever pieces they come: each line is one. */
export class PrintedLines {
  readonly #type: AxisType;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The line that is not complete. */
  #half: Uint8Array[] = [];
  #halfLength = 0;
  #lines = 0;
  #offset: number;
  /** Lines can be counted for people. */
  readonly #isWhole: boolean;

  /**
   * @param offset of the first byte that comes.
   * @param type of the values.
   */
  constructor(offset: number, type: AxisType) {
    this.#offset = offset;
    this.#isWhole = offset === 0;
    this.#type = type;
  }

  push(bytes: Uint8Array): Lines {
    return this.#pushAll(bytes) ?? this.#pushEach(bytes);
  }

  /** All lines at once; undefined when there is a mistake in one, or none is complete. */
  #pushAll(bytes: Uint8Array): Lines | undefined {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0 || bytes.length - end > LONGEST_VALUE) return undefined;
    const whole =
      this.#halfLength === 0 ? bytes.subarray(0, end) : Buffer.concat([...this.#half, bytes.subarray(0, end)]);
    const lines = this.#textOf(whole)?.slice(0, -1).split("\n");
    if (lines === undefined) return undefined;
    const values = [...new Set(lines)];
    if (values.some((value) => whyNotOf(this.#type, value) !== undefined)) return undefined;
    this.#lines += lines.length;
    this.#offset += whole.length;
    this.#halfLength = bytes.length - end;
    this.#half = this.#halfLength === 0 ? [] : [bytes.slice(end)];
    return { values, offset: this.#offset, mistake: undefined };
  }

  #pushEach(bytes: Uint8Array): Lines {
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
      length > LONGEST_VALUE ? `a value of more than ${LONGEST_VALUE} bytes` : whyNotOf(this.#type, value);
    if (mistake !== undefined || value === undefined)
      return `${this.#isWhole ? `line ${this.#lines}` : "a line"} is ${mistake}`;
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

/** Why a text cannot be a value of this type; undefined when it can. */
function whyNotOf(type: AxisType, text: string | undefined): string | undefined {
  if (text === undefined) return "no UTF-8";
  const why = whyNoValue(text);
  if (why !== undefined || type === "string" || numberOf(type, text) !== undefined) return why;
  return `not ${TYPE_RULES[type]}`;
}
