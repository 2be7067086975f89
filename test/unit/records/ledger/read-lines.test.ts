import { closeSync, openSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readLineChunks } from "../../../../src/records/ledger/read-lines.ts";
import { scratchFile } from "./scratch.ts";

function chunksOf(content: string): Array<{ text: string; offset: number }> {
  const path = scratchFile("lines");
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  try {
    return Array.from(readLineChunks(fd), ({ bytes, offset }) => ({ text: bytes.toString("latin1"), offset }));
  } finally {
    closeSync(fd);
  }
}

test("an empty file has no chunk", () => {
  expect(chunksOf("")).toEqual([]);
});

test("a last line without a newline is a chunk of its own", () => {
  expect(chunksOf("a\nb\nc")).toEqual([
    { text: "a\nb\n", offset: 0 },
    { text: "c", offset: 4 },
  ]);
});

test("many lines come in whole, in order, with the places where they stand", () => {
  const content = Array.from({ length: 100_000 }, (_, i) => `line ${i} ${"x".repeat(i % 97)}\n`).join("");
  const chunks = chunksOf(content);
  expect(chunks.length).toBeGreaterThan(2);
  expect(chunks.every(({ text }) => text.endsWith("\n"))).toBe(true);
  expect(chunks.every(({ text, offset }) => content.startsWith(text, offset))).toBe(true);
  expect(chunks.map(({ text }) => text).join("")).toBe(content);
});

test("a line longer than a chunk comes in one piece", () => {
  const long = "y".repeat(5_000_000);
  const content = `short\n${long}\nlast\n`;
  const chunks = chunksOf(content);
  expect(chunks.map(({ text }) => text).join("") === content).toBe(true);
  expect(chunks.some(({ text }) => text.includes(`${long}\n`))).toBe(true);
});

test("a line without end is handed out in pieces, so that memory stays bounded", () => {
  const chunks = chunksOf("z".repeat(40 << 20));
  expect(chunks.map(({ text }) => text.length)).toEqual([16 << 20, 16 << 20, 8 << 20]);
});
