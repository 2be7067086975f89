import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");
const FOLDER = path.join(ROOT, "scripts/build/bun-licences");

const Parts = v.object({
  bun: v.string(),
  texts: v.array(
    v.object({
      licences: v.pipe(v.array(v.string()), v.minLength(1)),
      file: v.optional(v.string()),
      see: v.optional(v.literal("LICENSE")),
      parts: v.record(v.string(), v.array(v.string())),
    }),
  ),
});
const Manifest = v.object({ devDependencies: v.object({ bun: v.string() }) });

const { bun, texts } = v.parse(Parts, JSON.parse(readFileSync(path.join(FOLDER, "parts.json"), "utf8")));

test("the licences of Bun's parts are those of the version that is used: for another one, look at its LICENSE.md again", () => {
  const { devDependencies } = v.parse(Manifest, JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")));
  expect(bun).toBe(devDependencies.bun);
});

test("each text is for some part, and is there", () => {
  const files = texts.map(({ file, see }) => file ?? see);
  const kept = readdirSync(FOLDER).filter((name) => name !== "parts.json");
  expect(files).toHaveLength(kept.length + 1);
  expect(new Set(files)).toEqual(new Set(["LICENSE", ...kept]));
  expect(texts.filter(({ parts }) => Object.keys(parts).length === 0)).toEqual([]);
});
