import type { Place } from "../../domain/errors.ts";

/** Lines of a text, in which positions are places. */
export class Lines {
  readonly file: string;
  readonly #text: string;
  readonly #first: number;
  #starts: number[] | undefined;
  /** The place that was asked for last. */
  #last = { offset: 0, column: 1 };

  /** @param first number of the first line of the text. */
  constructor(file: string, text: string, first = 1) {
    this.file = file;
    this.#text = text;
    this.#first = first;
  }

  /** @param offset in UTF-16 units, as strings are indexed. */
  placeAt(offset: number): Place {
    this.#starts ??= lineStarts(this.#text);
    const line = lastBefore(this.#starts, offset);
    const start = this.#starts[line] ?? 0;
    // A line may be the whole of a long text, and places are asked for from its beginning to its end.
    const known = this.#last.offset >= start && this.#last.offset <= offset ? this.#last : { offset: start, column: 1 };
    const column = known.column + Buffer.byteLength(this.#text.slice(known.offset, offset));
    this.#last = { offset, column };
    return { file: this.file, line: this.#first + line, column };
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Position of the last of these ascending numbers that is not above `limit`. */
function lastBefore(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
