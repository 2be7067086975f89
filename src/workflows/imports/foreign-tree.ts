import type { Mistakes } from "../document/mistakes.ts";
import { isObject } from "../document/schema-words.ts";
import type { Path, Tree } from "../document/tree.ts";
import type { Note } from "./imported.ts";

/** A value of a foreign document, and where it stands there. */
export interface Placed {
  readonly value: unknown;
  readonly path: Path;
}

/** A foreign document while it is read: what is wrong with it, and what has to be chosen. */
export class ForeignTree {
  readonly tree: Tree;
  readonly mistakes: Mistakes;
  readonly notes: Note[] = [];

  constructor(tree: Tree, mistakes: Mistakes) {
    this.tree = tree;
    this.mistakes = mistakes;
  }

  refuse(path: Path, message: string, hint?: string, what: "key" | "value" = "value"): void {
    this.mistakes.at(this.tree, path, { message, hint }, what);
  }

  /** @param about in our document. @param path in the foreign one. */
  note(about: Path, path: Path, text: string): void {
    this.notes.push({ path: about, text, place: this.tree.placeOf(path, "key") });
  }

  /** A comment for whoever reads our document, and no warning. */
  explain(about: Path, path: Path, text: string): void {
    this.notes.push({ path: about, text, place: this.tree.placeOf(path, "key"), explains: true });
  }

  /** Entries of an object, by name; none, with a mistake, for what is no object. */
  object({ value, path }: Placed): readonly (readonly [name: string, value: Placed])[] {
    if (value === undefined) return [];
    if (isObject(value)) {
      return Object.entries(value).map(([name, inner]) => [name, { value: inner, path: [...path, name] }]);
    }
    this.refuse(path, "must be an object");
    return [];
  }

  /** A text; a number or a truth value counts as what it is written as. Undefined, with a mistake, for what is none. */
  text({ value, path }: Placed): string | undefined {
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
    this.refuse(path, "must be text");
    return undefined;
  }

  /** Texts of a list. Undefined, with a mistake, for what is no such list. */
  texts({ value, path }: Placed): readonly string[] | undefined {
    if (!Array.isArray(value)) {
      this.refuse(path, "must be a list");
      return undefined;
    }
    const texts = value.map((one: unknown, i) => this.text({ value: one, path: [...path, i] }));
    return texts.flatMap((text) => text ?? []).length === texts.length ? texts.map(String) : undefined;
  }

  /** A whole number, which may be written as text. Undefined, with a mistake, for what is none. */
  whole({ value, path }: Placed): number | undefined {
    const number = typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    this.refuse(path, "must be a whole number, 0 or more");
    return undefined;
  }

  truth({ value, path }: Placed): boolean {
    if (typeof value !== "boolean") this.refuse(path, "must be true or false");
    return value === true;
  }
}
