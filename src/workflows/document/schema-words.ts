import * as v from "valibot";

/** What is said of a value of another kind. */
export const OBJECT = "must be words with values";
export const LIST = "must be a list";

export const TEXT = v.string("must be text");
/** A value that is text for tasks, however it is written. */
export const SCALAR = v.union([v.string(), v.number(), v.boolean()], "must be text, a number, true or false");
export const YES = v.boolean("must be true or false");

/** A word that may be missing, and what it says. */
export function word<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.optional(v.pipe(schema, v.description(description)));
}

/** What the message of an unknown word begins with; the words that there are follow. */
export const UNKNOWN = "unknown word; known: ";

/** An object that has these words and no others. */
export function strict<const Entries extends v.ObjectEntries>(entries: Entries) {
  return noList(
    v.strictObject(entries, ({ expected }) =>
      expected === "Object" ? OBJECT : expected === "never" ? UNKNOWN + Object.keys(entries).join(" ") : "is missing",
    ),
  );
}

/** An object of any words, with such values. */
export function byName<const Schema extends v.GenericSchema>(schema: Schema) {
  return noList(v.record(v.string(), schema, OBJECT));
}

/** The library takes lists for objects. */
export function noList<const Schema extends v.GenericSchema>(schema: Schema): Schema {
  return {
    ...schema,
    "~run": (dataset, config) => schema["~run"](Array.isArray(dataset.value) ? { value: null } : dataset, config),
  };
}

export function isObject(input: unknown): input is object {
  return typeof input === "object" && input !== null && !Array.isArray(input);
}
