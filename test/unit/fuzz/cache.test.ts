import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CACHE_HEADER, fileLine, isMadeRecord, linesOf } from "../../../src/workflows/cache/lines.ts";
import type { MadeRecord } from "../../../src/workflows/cache/made-record.ts";
import { CacheRecords } from "../../../src/workflows/cache/records.ts";
import { scratchFile } from "../records/ledger/scratch.ts";
import { fuzz, unlessRefused } from "./fuzz.ts";

function record(instance: string, files: number): MadeRecord {
  const many = Array.from({ length: files }, (_, i) => ({ path: `f${i}`, digest: Math.sin(i + 1).toString(16) }));
  const ingredients = { said: { command: "c" }, code: [], inputs: { days: many } };
  const outputs = { o: { path: "o", digest: "0d", stamp: "1@5" } };
  return { type: "made", instance, run: 1, node: "n", start: 1, finish: 2, ingredients, outputs };
}

const records = [record("a", 1), record("b[day=1]", 0), record("ü", 2), record("large", 3000)];
const cache = Buffer.from(
  [CACHE_HEADER, ...records.flatMap(linesOf), fileLine("f0", "1@2", "0f")].map((line) => `${line}\n`).join(""),
);
const words = [
  '"type":"made"',
  '"instance":"a"',
  '"part":0',
  '"parts":-1',
  "{}",
  "null",
  `${CACHE_HEADER}\n`,
  '"__proto__":{}',
];

test("whatever a cache has become, it is refused or read, and what is found is a record of that name", async () => {
  const path = scratchFile("w_cache.jsonl");
  await fuzz({ inputs: [cache, cache.subarray(0, 700)], words, rounds: 600 }, async (input) => {
    writeFileSync(path, input);
    const read = await unlessRefused(["cache-unreadable"], () => CacheRecords.read(path, () => undefined));
    if (read === undefined) return;
    for (const found of read.all()) {
      expect(isMadeRecord(found)).toBe(true);
      expect(read.find(found.instance)).toEqual(found);
    }
    read.contentsOf("f0");
    read.close();
  });
});
