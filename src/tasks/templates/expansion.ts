import type { Column, Dimension } from "./dimensions.ts";
import { partOf } from "./path-parts.ts";
import { quoteValue } from "./quote.ts";
import type { Piece } from "./template.ts";

/** A piece with its text in the command that is made now. */
interface Slot {
  text: string;
  /** The text changes when this dimension moves on, or one before it. */
  readonly lastDimension: number;
  readonly make: () => string;
}

/** A redirection: a number before it would be a descriptor. */
const REDIRECTION = /^[<>]/;

/** The commands of a template, one after another: all combinations of the dimensions, of which the last moves on first. */
export class Expansion {
  readonly #dimensions: readonly Dimension[];
  readonly #slots: readonly Slot[];
  /** Where each dimension stands. */
  readonly #at: number[];
  /** The number of the command that is made next, from 1. */
  #number = 1;
  #isOver: boolean;

  constructor(pieces: readonly Piece[], dimensions: readonly Dimension[]) {
    this.#dimensions = dimensions;
    this.#at = dimensions.map(() => 0);
    this.#isOver = dimensions.some(({ length }) => length === 0);
    const places = dimensions.flatMap(({ columns }, dimension) => columns.map((column) => ({ column, dimension })));
    this.#slots = pieces.map((piece, i) => this.#slot(piece, pieces[i + 1], places));
    if (!this.#isOver) this.#fill(0);
  }

  /** The next command; undefined when there are no more. */
  next(): string | undefined {
    if (this.#isOver) return undefined;
    let command = "";
    for (const { text } of this.#slots) command += text;
    this.#moveOn();
    return command;
  }

  #moveOn(): void {
    this.#number++;
    let moved = this.#dimensions.length - 1;
    for (; moved >= 0; moved--) {
      const next = (this.#at[moved] ?? 0) + 1;
      this.#at[moved] = next;
      if (next < (this.#dimensions[moved]?.length ?? 0)) break;
      this.#at[moved] = 0;
    }
    this.#isOver = moved < 0;
    if (!this.#isOver) this.#fill(moved);
  }

  /** @param from the first dimension that has moved on; all behind it have begun anew. */
  #fill(from: number): void {
    for (const slot of this.#slots) if (slot.lastDimension >= from) slot.text = slot.make();
  }

  #slot(
    piece: Piece,
    next: Piece | undefined,
    places: ReadonlyArray<{ readonly column: Column; readonly dimension: number }>,
  ): Slot {
    const isBeforeRedirection = next?.kind === "text" && REDIRECTION.test(next.text);
    if (piece.kind === "text") return { text: piece.text, lastDimension: -1, make: () => piece.text };
    if (piece.kind === "number") {
      const make = (): string => (isBeforeRedirection ? quoteValue(String(this.#number), true) : String(this.#number));
      return { text: "", lastDimension: this.#dimensions.length, make };
    }
    const { part, isRaw } = piece;
    const own = piece.columns.map((column) => places[column]).filter((place) => place !== undefined);
    const textOf = (value: string): string => (isRaw ? value : quoteValue(value, isBeforeRedirection));
    const make = (): string =>
      own.map(({ column, dimension }) => textOf(partOf(column.values.at(this.#at[dimension] ?? 0), part))).join(" ");
    return { text: "", lastDimension: Math.max(...own.map(({ dimension }) => dimension)), make };
  }
}
