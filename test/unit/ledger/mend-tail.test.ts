import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mendTail } from "../../../src/ledger/mend-tail.ts";
import { scratchFile } from "./scratch.ts";

/** What is left of a file of this content. */
function mended(content: string, from = 0, isWhole?: (line: string) => boolean): string {
  const path = scratchFile("records");
  writeFileSync(path, content);
  mendTail(path, from, isWhole);
  return readFileSync(path, "utf8");
}

describe("a torn last line", () => {
  test("is cut off, wherever it was cut, and nothing else is", () => {
    expect(mended("one\ntwo\nthr")).toBe("one\ntwo\n");
    expect(mended("one\n")).toBe("one\n");
    expect(mended("on")).toBe("");
    expect(mended("")).toBe("");
  });

  test("may be longer than what is read at once", () => {
    expect(mended(`one\n${"x".repeat(300_000)}`)).toBe("one\n");
    expect(mended("x".repeat(300_000))).toBe("");
  });

  test("may be the zeros that a crash leaves where nothing had been written yet", () => {
    expect(mended(`one\n${"\0".repeat(70_000)}`)).toBe("one\n");
  });

  test("gets its newline when nothing else is missing", () => {
    const asked: string[] = [];
    const isWhole = (line: string): boolean => asked.push(line) > 0;
    expect(mended("one\ntwö", 0, isWhole)).toBe("one\ntwö\n");
    expect(mended("one\n", 0, isWhole)).toBe("one\n");
    expect(asked).toEqual(["twö"]);
  });

  test("stays when it was there before this run began", () => {
    expect(mended("one\nearlier", 11)).toBe("one\nearlier");
    expect(mended("one\nearlier\nnow", 11)).toBe("one\nearlier\n");
  });
});

test("a file that is not there is the user's to deal with", () => {
  const path = scratchFile("missing");
  expect(() => mendTail(path, 0)).toThrow(
    expect.objectContaining({
      code: "record-unusable",
      message: `cannot mend ${path}: no such file or directory (ENOENT)`,
    }),
  );
});
