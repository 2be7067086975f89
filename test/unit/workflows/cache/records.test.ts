import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compact, isMostlySuperseded } from "../../../../src/workflows/cache/compact.ts";
import { CacheFile } from "../../../../src/workflows/cache/cache-file.ts";
import { CACHE_HEADER, fileLine, linesOf } from "../../../../src/workflows/cache/lines.ts";
import type { MadeRecord } from "../../../../src/workflows/cache/made-record.ts";
import { CacheRecords } from "../../../../src/workflows/cache/records.ts";
import { namesIn } from "../../../../src/files/look.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";

function record(instance: string, run = 1, inputs: MadeRecord["ingredients"]["inputs"] = {}): MadeRecord {
  const ingredients = { said: { command: "c" }, code: [], inputs };
  const outputs = { o: { path: "o/ä", digest: "0d", stamp: "1@5" } };
  return { type: "made", instance, run, node: "n", start: 1, finish: 2, ingredients, outputs };
}

/** An input of so many files that no line is long enough for it, however it is compressed. */
function manyFiles(count: number): MadeRecord["ingredients"]["inputs"] {
  const files = Array.from({ length: count }, (_, i) => ({ path: `f${i}`, digest: Math.sin(i + 1).toString(16) }));
  return { days: files };
}

function lines(...records: MadeRecord[]): string {
  return [CACHE_HEADER, ...records.flatMap(linesOf)].map((line) => `${line}\n`).join("");
}

function readText(text: string | Buffer): { readonly records: CacheRecords; readonly warnings: string[] } {
  const path = scratchFile("w_cache.jsonl");
  writeFileSync(path, text);
  return readPath(path);
}

function readPath(path: string): { readonly records: CacheRecords; readonly warnings: string[] } {
  const warnings: string[] = [];
  const records = CacheRecords.read(path, ({ message, place }) => warnings.push(`${place?.line}: ${message}`));
  return { records, warnings };
}

test("records come back, the last one of an instance, whatever its name", () => {
  const names = ["a", 'b[day="x y"]', "ü[x=ß]", "back\\slash", "__proto__"];
  const all = names.map((name) => record(name));
  const { records, warnings } = readText(lines(record("a", 7), ...all));
  expect(warnings).toEqual([]);
  expect(names.map((name) => records.find(name))).toEqual(all);
  expect([...records.all()]).toEqual(all);
  expect(records.find("c")).toBeUndefined();
});

test("a file that is not there has no records, and one of another kind or a later version is refused", () => {
  const { records } = readPath(scratchFile("none_cache.jsonl"));
  expect(records.find("a")).toBeUndefined();
  expect(records.size).toBe(0);
  for (const text of [
    "hello\n",
    '{"format":"disbatch-workflow","version":1}\n',
    '{"format":"disbatch-cache","version":2}\n',
  ]) {
    expect(userErrorOf(() => readText(text)).code).toBe("cache-unreadable");
  }
  expect(userErrorOf(() => readText(`${lines(record("a"))}${CACHE_HEADER.replace("1}", "2}")}\n`)).code).toBe(
    "cache-unreadable",
  );
});

test("a torn end passes without a word, and foreign lines are told of once, with the line of the first", () => {
  const whole = lines(record("a"), record("b"));
  const torn = readText(whole.slice(0, -5));
  expect(torn.warnings).toEqual([]);
  expect(torn.records.find("a")).toEqual(record("a"));
  expect(torn.records.find("b")).toBeUndefined();
  const { records, warnings } = readText(`${lines(record("a"))}hello\n{}\n${linesOf(record("b")).join("")}\n`);
  expect(warnings).toEqual([expect.stringMatching(/^3: .*first of 2 lines/)]);
  expect(records.find("b")).toEqual(record("b"));
});

test("two files one behind the other count as both, also when the first one is torn", () => {
  const [first, second] = [lines(record("a"), record("b")), lines(record("b", 2), record("c", 2))];
  const both = readText(first + second);
  expect(both.warnings).toEqual([]);
  expect([...both.records.all()].map(({ instance, run }) => [instance, run])).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 2],
  ]);
  const torn = readText(first.slice(0, -9) + second);
  expect(torn.warnings).toHaveLength(1);
  expect([...torn.records.all()].map(({ instance, run }) => [instance, run])).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 2],
  ]);
});

test("members that are not known are passed over", () => {
  const later = JSON.stringify({ ...record("a"), colour: "blue" });
  const { records, warnings } = readText(`${CACHE_HEADER}\n${later}\n`);
  expect(warnings).toEqual([]);
  expect(records.find("a")).toMatchObject(record("a"));
});

test("a record of a hundred thousand files takes several lines, none of them long, and counts when all are there", () => {
  const large = record("all", 1, manyFiles(100_000));
  const text = lines(record("all", 7), large, record("b"));
  const each = text.split("\n");
  expect(each.length).toBeGreaterThan(5);
  expect(Math.max(...each.map((line) => line.length))).toBeLessThan(70_000);
  expect(readText(text).records.find("all")).toEqual(large);
  const cut = [...each.slice(0, 4), ...each.slice(-2)].join("\n");
  const { records } = readText(cut);
  expect(records.find("all")).toEqual(record("all", 7));
  expect(records.find("b")).toEqual(record("b"));
});

test("what is written is there soon, for its user alone; nothing is made as long as there is nothing to write", async () => {
  const path = scratchFile("w_cache.jsonl");
  const file = new CacheFile(path, (message) => expect.unreachable(message));
  expect(existsSync(path)).toBe(false);
  file.write(linesOf(record("a")));
  await file.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  appendFileSync(path, '{"type":"made","inst');
  const next = new CacheFile(path, (message) => expect.unreachable(message));
  next.write(linesOf(record("b")));
  next.write([fileLine("f", "1@2", "0f")]);
  await next.close();
  expect(readFileSync(path, "utf8")).toBe(`${lines(record("a"), record("b"))}${fileLine("f", "1@2", "0f")}\n`);
  expect(readPath(path).records.contentsOf("f")).toMatchObject({ stamp: "1@2", digest: "0f" });
});

test("a file that cannot be written is told of once, and nothing else happens", async () => {
  const path = scratchFile("w_cache.jsonl");
  mkdirSync(path);
  const warnings: string[] = [];
  const file = new CacheFile(path, (message) => void warnings.push(message));
  file.write(linesOf(record("a")));
  file.write(linesOf(record("b")));
  await file.close();
  expect(warnings).toEqual([expect.stringContaining("w_cache.jsonl")]);
});

test("a file that is written anew says the same in fewer lines, with what is known of files in the records", async () => {
  const path = scratchFile("w_cache.jsonl");
  const others = [
    record("x", 1, { i: [{ path: "i", digest: "01" }] }),
    record("y", 1, { i: [{ path: "i", digest: "02" }] }),
  ];
  writeFileSync(path, lines(record("a"), record("a", 2), ...others));
  appendFileSync(
    path,
    `${fileLine("o/ä", "1@9", "0d")}\n${fileLine("i", "2@9", "02")}\n${fileLine("gone", "1@1", "03")}\n`,
  );
  await compact(path);
  const { records, warnings } = readPath(path);
  expect(warnings).toEqual([]);
  expect(records.lines).toBe(1 + 3 + 1);
  expect(records.find("a")).toEqual({ ...record("a", 2), outputs: { o: { path: "o/ä", digest: "0d", stamp: "1@9" } } });
  expect(records.find("x")?.ingredients.inputs["i"]).toEqual([{ path: "i", digest: "01" }]);
  expect(records.find("y")?.ingredients.inputs["i"]).toEqual([{ path: "i", digest: "02", stamp: "2@9" }]);
  expect(records.contentsOf("i")).toMatchObject({ stamp: "2@9", digest: "02" });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(namesIn(path.slice(0, path.lastIndexOf("/")))).toEqual(["w_cache.jsonl"]);
});

test("a file is written anew when most of it counts for nothing, and never while it is small", () => {
  expect(isMostlySuperseded({ lines: 1000, instances: 1 })).toBe(false);
  expect(isMostlySuperseded({ lines: 2001, instances: 1001 })).toBe(false);
  expect(isMostlySuperseded({ lines: 2003, instances: 1001 })).toBe(true);
});
