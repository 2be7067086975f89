import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parse, parseChunks } from "./parse.ts";

const PIECES = [
  "echo a",
  "\n",
  "\r",
  "\r\n",
  " ",
  "\t",
  "#",
  "#DISBATCH ",
  "\n#DISBATCH PREFIX p",
  "\n#DISBATCH SUFFIX \u00e9",
  "\n#DISBATCH REPEAT 3 start 2",
  "\n#DISBATCH BARRIER CHECK",
  "\n#DISBATCH PERENGINE START s",
  "\n#DISBATCH foo\n",
  "\u{1f600}",
  "\0",
];

/** Task files as bytes: mostly of meaningful pieces, with stray bytes between them. */
const content = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...PIECES).map((piece) => Buffer.from(piece)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes)) },
    ),
    { maxLength: 30 },
  )
  .map((pieces) => Buffer.concat(pieces));

/** The bytes, cut at these places. */
function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return sorted.slice(1).map((to, index) => bytes.subarray(sorted[index], to));
}

describe("the chunks in which a task file arrives", () => {
  it("make no difference wherever they are cut", () => {
    fc.assert(
      fc.property(content, fc.array(fc.nat(), { maxLength: 8 }), fc.boolean(), (bytes, places, lenient) => {
        expect(parseChunks(cut(bytes, places), lenient)).toEqual(parse(bytes, lenient));
      }),
      { numRuns: 1000 },
    );
  });

  it("may be single bytes", () => {
    fc.assert(
      fc.property(content, fc.boolean(), (bytes, lenient) => {
        expect(
          parseChunks(
            [...bytes].map((byte) => Buffer.of(byte)),
            lenient,
          ),
        ).toEqual(parse(bytes, lenient));
      }),
      { numRuns: 300 },
    );
  });

  it("do not change where a file is taken for binary", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8180, max: 8200 }), fc.array(fc.nat(), { maxLength: 4 }), (length, places) => {
        const bytes = Buffer.from(`${"x".repeat(99)}\n`.repeat(83).slice(0, length) + "\0\nafter\n");
        const expected = length < 8192 ? "binary-file" : "nul-byte";
        const entries = parseChunks(cut(bytes, places));
        expect(entries).toEqual(parse(bytes));
        expect(entries.flatMap((entry) => (entry.kind === "problem" ? [entry.diagnostic.code] : []))).toEqual([
          expected,
        ]);
      }),
    );
  });

  it("carry any text through unchanged", () => {
    const line = fc
      .string({ unit: "binary", minLength: 1 })
      .map((text) => `:${text.replaceAll(/[\n\r\0]/g, "")}`)
      .filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const commands = parse(lines.join("\n")).map((entry) => (entry.kind === "command" ? entry.command : entry));
        expect(commands).toEqual(lines);
      }),
    );
  });
});
