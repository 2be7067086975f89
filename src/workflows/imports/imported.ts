import type { Place } from "../../domain/errors.ts";
import type { Path, PlaceOf } from "../document/tree.ts";

/** A document of ours as plain values: what a reader of YAML or JSON would make of its text. */
interface PlainDocument {
  readonly [word: string]: unknown;
  readonly tasks: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What people should know of a choice that was made: a meaning that the foreign document leaves open, or that has no word here. */
export interface Note {
  /** What it is about in our document: a comment before this. No steps for the whole document. */
  readonly path: Path;
  readonly text: string;
  /** What it is about in the foreign document. */
  readonly place: Place;
  /** Nothing was chosen that anybody has to look at: it explains what stands there, and is no warning. */
  readonly explains?: boolean | undefined;
}

/** What has become of a foreign document. */
export interface Imported {
  readonly document: PlainDocument;
  readonly notes: readonly Note[];
  /** Where it stands in the foreign document what has become this of ours. */
  readonly placeOf: PlaceOf;
  /** The name of an instance for one of the foreign kind; others stay what they are. @throws UserError `unknown-goal`. */
  readonly instanceOf?: ((name: string) => string) | undefined;
}
