import { closeSync, constants, openSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { mendTail, type TornLine } from "../../../../src/records/ledger/mend-tail.ts";
import { scratchFile } from "./scratch.ts";

/** What is left of a file of this content, and what was cut off. */
function mend(
  content: string | Buffer,
  isWhole?: (line: string) => boolean,
): { left: string; torn: TornLine | undefined } {
  const path = scratchFile("records");
  writeFileSync(path, content);
  const fd = openSync(path, constants.O_RDWR | constants.O_APPEND);
  const torn = mendTail(fd, isWhole);
  closeSync(fd);
  return { left: readFileSync(path, "utf8"), torn };
}

describe("a torn last line", () => {
  test("is cut off, wherever it was cut, and nothing else is", () => {
    expect(mend("one\ntwo\nthr")).toEqual({ left: "one\ntwo\n", torn: { bytes: 3, text: "thr" } });
    expect(mend("one\n")).toEqual({ left: "one\n" });
    expect(mend("on")).toEqual({ left: "", torn: { bytes: 2, text: "on" } });
    expect(mend("")).toEqual({ left: "" });
  });

  test("is told to the byte", () => {
    expect(mend(Buffer.from("one\nz\u00f6\xff", "latin1")).torn).toEqual({ bytes: 3, text: "z\udcf6\udcff" });
  });

  test("may be longer than what is read at once, and than what is told", () => {
    const long = "x".repeat(300_000);
    expect(mend(`one\n${long}`)).toEqual({ left: "one\n", torn: { bytes: 300_000, text: long.slice(0, 262_144) } });
    expect(mend(long).left).toBe("");
  });

  test("may be the zeros that a crash leaves where nothing had been written yet", () => {
    expect(mend(`one\n${"\0".repeat(70_000)}`)).toMatchObject({ left: "one\n", torn: { bytes: 70_000 } });
  });

  test("gets its newline when it is known that nothing else is missing", () => {
    const asked: string[] = [];
    const isWhole = (line: string): boolean => asked.push(line) > 0;
    expect(mend("one\ntwö", isWhole)).toEqual({ left: "one\ntwö\n" });
    expect(mend("one\n", isWhole)).toEqual({ left: "one\n" });
    expect(asked).toEqual(["twö"]);
  });
});
