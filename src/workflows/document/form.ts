import { isObject } from "./schema-words.ts";

/** Words whose very value the schema looks at. */
const VALUES_COUNT = new Set(["if", "type", "open", "doneWhen"]);

/** Of the values of an object, the first one of each form. */
export function oneOfEachForm(object: object): object {
  const known = new Set<string>();
  const some: Record<string, unknown> = {};
  for (const name in object) {
    const value: unknown = Reflect.get(object, name);
    const form = formOf(value);
    if (known.has(form)) continue;
    known.add(form);
    some[name] = value;
  }
  return some;
}

/**
 * What kinds of values stand in a value: two of the same form are both good for a schema, or neither is. Documents of many tasks have
 * few forms of them.
 */
function formOf(value: unknown, word = ""): string {
  if (typeof value === "string") return VALUES_COUNT.has(word) ? JSON.stringify(value) : "s";
  if (typeof value === "boolean") return VALUES_COUNT.has(word) ? String(value) : "b";
  if (Array.isArray(value)) return formOfList(value);
  if (!isObject(value)) return typeof value === "number" ? "n" : "0";
  let form = "{";
  for (const name in value) form += `${name.length} ${name}${formOf(Reflect.get(value, name), name)}`;
  return `${form}}`;
}

function formOfList(list: readonly unknown[]): string {
  const forms = new Set<string>();
  for (const item of list) forms.add(formOf(item));
  return `[${[...forms].join("")}]`;
}
