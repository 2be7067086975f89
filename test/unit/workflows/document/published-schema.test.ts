import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { publishedSchema } from "../../../../src/workflows/document/published-schema.ts";

const FILE = "docs/reference/workflow.schema.json";

/** Objects of the schema that list words, with the path to each. */
function* objectsIn(part: unknown, path = ""): Generator<readonly [path: string, words: Record<string, unknown>]> {
  if (typeof part !== "object" || part === null) return;
  for (const [name, inner] of Object.entries<unknown>({ ...part })) {
    if (name === "properties" && typeof inner === "object" && inner !== null) yield [path, { ...inner }];
    yield* objectsIn(inner, `${path}/${name}`);
  }
}

test("the file in the reference is what `disbatch schema` prints, which writes it", () => {
  expect(readFileSync(FILE, "utf8")).toBe(publishedSchema());
});

test("every word says what it is", () => {
  const schema: unknown = JSON.parse(publishedSchema());
  const words = [...objectsIn(schema)].flatMap(([path, properties]) =>
    Object.entries(properties).map(([word, said]) => [`${path}/${word}`, said] as const),
  );
  expect(words.length).toBeGreaterThan(60);
  expect(words.filter(([, said]) => typeof said !== "object" || said === null || !("description" in said))).toEqual([]);
});

test("every part that is referred to is there, by a name that says something", () => {
  const text = publishedSchema();
  const schema: unknown = JSON.parse(text);
  const $defs = typeof schema === "object" && schema !== null && "$defs" in schema ? Object(schema.$defs) : {};
  const names = [...text.matchAll(/"#\/\$defs\/([^"]+)"/g)].map(([, name = ""]) => name);
  expect(names.filter((name) => !Object.hasOwn($defs, name) || /^\d+$/.test(name))).toEqual([]);
  expect(Object.keys($defs).filter((name) => !names.includes(name))).toEqual([]);
});
