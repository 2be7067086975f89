import type { Place } from "../../domain/errors.ts";
import type { Lines } from "./lines.ts";

/** Names and positions from the outermost value of a document to the one that is meant. */
export type Path = readonly (string | number)[];

/** Names that every object of the language has: as words of a document they would not be told from those. */
const NATIVE = new Set([...Object.getOwnPropertyNames(Object.prototype), "prototype"]);

/** Whether a document may have a word of this name anywhere. */
export function isUsableKey(key: string): boolean {
  return !NATIVE.has(key);
}

/** Where the entries of an object or a list stand in the text, by name or position. */
export type Entries = Map<string | number, Entry>;

export interface Entry {
  /** Where the name begins; of a list, the value. */
  readonly key: number;
  readonly value: number;
  readonly inside: Entries | undefined;
}

/** Where something stands: the name of the last step of a path, or the value behind it. */
export type PlaceOf = (path: Path, what?: "key" | "value") => Place;

/** The value of a document, and where all that is in it stands. */
export interface Tree {
  readonly file: string;
  readonly value: unknown;
  /** Where the name of the last step stands, or the value behind it. A step that there is not is where the last one before it is. */
  placeOf(path: Path, what?: "key" | "value"): Place;
  /** Where the last name of a path of two stands, which is the `index`th one there. */
  placeOfName(path: readonly [string, string], index: number): Place;
}

/** A tree that was read from one text. */
export class TextTree implements Tree {
  readonly value: unknown;
  readonly #lines: Lines;
  readonly #entries: () => Entries | undefined;
  readonly #names: ReadonlyMap<string, readonly number[]>;
  #found: Entries | undefined;

  /**
   * @param entries are asked for when something has a mistake, which is in few documents.
   * @param names where names within those of the outermost object stand, as far as it is known anyway.
   */
  constructor(
    lines: Lines,
    value: unknown,
    entries: () => Entries | undefined,
    names: ReadonlyMap<string, readonly number[]> = new Map(),
  ) {
    this.#lines = lines;
    this.value = value;
    this.#entries = entries;
    this.#names = names;
  }

  get file(): string {
    return this.#lines.file;
  }

  placeOf(path: Path, what: "key" | "value" = "value"): Place {
    this.#found ??= this.#entries() ?? new Map<string, Entry>();
    let entries: Entries | undefined = this.#found;
    let offset = 0;
    for (const [i, step] of path.entries()) {
      const entry: Entry | undefined = entries?.get(step);
      if (entry === undefined) break;
      offset = what === "key" && i === path.length - 1 ? entry.key : entry.value;
      entries = entry.inside;
    }
    return this.#lines.placeAt(offset);
  }

  placeOfName(path: readonly [string, string], index: number): Place {
    const offset = this.#names.get(path[0])?.[index];
    return offset === undefined ? this.placeOf(path, "key") : this.#lines.placeAt(offset);
  }
}

/** A tree whose text was made of another one: where something stands, that one tells. */
export class TranslatedTree implements Tree {
  readonly file: string;
  readonly value: unknown;
  readonly placeOf: PlaceOf;

  constructor({ file, value }: Tree, placeOf: PlaceOf) {
    this.file = file;
    this.value = value;
    this.placeOf = placeOf;
  }

  placeOfName(path: readonly [string, string]): Place {
    return this.placeOf(path, "key");
  }
}

/** A number as the document has it: one that would be written in another way stays the text that it is, such as 01 or 3.10. */
export function numberOrText(value: number, source: string): number | string {
  return String(value) === source ? value : source;
}
