import { toJsonSchema } from "@valibot/to-json-schema";
import { DOCUMENT, PARTS } from "./schema.ts";
import { isObject } from "./schema-words.ts";

/** The schema of documents as editors and other programs read it: JSON Schema, draft 07. */
export function publishedSchema(): string {
  const { $schema, $defs = {}, ...schema } = toJsonSchema(DOCUMENT, { typeMode: "input", definitions: PARTS });
  // Parts that are described where they are used are numbered, and their names say only which number.
  const numbered = new Map<string, string>();
  const parts: typeof $defs = {};
  for (const [name, part] of Object.entries($defs)) {
    const number = numberIn(part);
    if (number === undefined) continue;
    numbered.set(number, name);
    parts[name] = $defs[number] ?? part;
  }
  for (const [name, part] of Object.entries($defs)) {
    if (!Object.hasOwn(parts, name) && !numbered.has(name)) parts[name] = part;
  }
  const whole = { $schema, title: "A document of tasks for disbatch", ...schema, $defs: parts };
  const text = JSON.stringify(whole, undefined, 2);
  return `${text.replaceAll(/"#\/\$defs\/([0-9]+)"/g, (ref, number: string) => {
    const name = numbered.get(number);
    return name === undefined ? ref : `"#/$defs/${name}"`;
  })}\n`;
}

/** The number that a part refers to; undefined for one that says something itself. */
function numberIn(part: unknown): string | undefined {
  if (!isObject(part) || !("$ref" in part) || typeof part.$ref !== "string") return undefined;
  return /^#\/\$defs\/([0-9]+)$/.exec(part.$ref)?.[1];
}
