import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { whyNoValue } from "../document/axis-values.ts";
import type { ForeignTree, Placed } from "./foreign-tree.ts";
import type { Dialect } from "./daggy-words.ts";

/** A parameter of a Daggy document, of all tasks or of one. */
export interface Parameter {
  /** As the document calls it, without braces. */
  readonly key: string;
  /** The text that stands for its values. */
  readonly literal: string;
  /** Each once. */
  readonly values: readonly string[];
  readonly placed: Placed;
}

/** What a parameter is in our document: an axis, a parameter of ours, or a text that stands where its name stood. */
export interface PlacedParameter extends Parameter {
  readonly kind: "axis" | "param" | "text";
  /** Its name with us. */
  readonly name: string;
  /** Why that is another one; undefined where it is not, or where that was told. */
  readonly whyRenamed?: string | undefined;
}

/** The parameters of a block, in their order. */
export function readParameters(block: Placed, dialect: Dialect, foreign: ForeignTree): readonly Parameter[] {
  return foreign.object(block).map(([name, placed]) => {
    const [, inner] = /^\{\{(.*)\}\}$/s.exec(name) ?? [];
    const key = inner ?? name;
    const literal = dialect === "c" ? `{{${key}}}` : name;
    if (key === "") foreign.refuse(placed.path, "a parameter without a name", undefined, "key");
    return { key, literal, values: valuesOf(placed, foreign), placed };
  });
}

function valuesOf(placed: Placed, foreign: ForeignTree): readonly string[] {
  const isList = Array.isArray(placed.value);
  const found = isList ? foreign.texts(placed) : [foreign.text(placed)].flatMap((text) => text ?? []);
  const values = [...new Set(found)];
  if (found !== undefined && values.length < found.length) {
    const text = `a value of ${quoteWord(String(placed.path.at(-1)))} stands twice, and counts once`;
    foreign.note([], placed.path, text);
  }
  for (const [i, value] of values.length > 1 ? values.entries() : []) {
    const wrong = whyNoValue(value);
    if (wrong !== undefined) foreign.refuse([...placed.path, i], `${wrong} cannot tell instances apart`);
  }
  return values;
}
