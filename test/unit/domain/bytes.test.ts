import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { decodeBytes, encodeText, hasEscapedBytes, joinText } from "../../../src/domain/bytes.ts";

const Table = v.array(v.object({ bytes: v.string(), text: v.string() }));

/** What Python 3.11 makes of bytes (in hexadecimal here) with the error handler "surrogateescape". */
const python = v.parse(
  Table,
  JSON.parse(readFileSync(new URL("surrogateescape-python-3.11.json", import.meta.url), "utf8")),
);

/** First bytes of sequences of every length, bytes that follow, and bytes that stand nowhere in UTF-8. */
const NOTABLE = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff];
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.array(fc.constantFrom(...NOTABLE), { maxLength: 32 }).map((list) => Uint8Array.from(list)),
);

test("the text of any bytes stands for those bytes again", () => {
  fc.assert(
    fc.property(bytes, (given) => {
      expect(encodeText(decodeBytes(given))).toEqual(Buffer.from(given));
    }),
    { numRuns: 2000 },
  );
});

test("the text of bytes is the one that Python gives with surrogateescape", () => {
  const ours = python.map((row) => ({ bytes: row.bytes, text: decodeBytes(Buffer.from(row.bytes, "hex")) }));
  expect(ours).toEqual(python);
});

test("every single byte that is no ASCII has a surrogate of its own", () => {
  const all = Array.from({ length: 128 }, (_, i) => i + 128);
  expect(all.map((byte) => decodeBytes(Uint8Array.of(byte)).charCodeAt(0))).toEqual(all.map((byte) => 0xdc00 + byte));
});

test("well-formed text comes back unchanged from its bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      expect(decodeBytes(encodeText(text))).toBe(text);
      expect(hasEscapedBytes(text)).toBe(false);
    }),
  );
});

test("a part of a larger buffer is decoded as that part alone", () => {
  const whole = Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0x62]);
  expect(decodeBytes(whole.subarray(1, 4))).toBe("\uDCFFé");
});

describe("text with real surrogate pairs", () => {
  test("passes, also next to escaped bytes", () => {
    const given = Buffer.concat([Buffer.from("😀"), Buffer.of(0xff), Buffer.from("😀"), Buffer.of(0xf0, 0x9f)]);
    expect(decodeBytes(given)).toBe("😀\uDCFF😀\uDCF0\uDC9F");
    expect(encodeText(decodeBytes(given))).toEqual(given);
  });

  test("is not taken for escaped bytes, although its second half may look like one", () => {
    const text = "\u{10480}";
    expect(text.charCodeAt(1)).toBe(0xdc80);
    expect(hasEscapedBytes(text)).toBe(false);
    expect(encodeText(text)).toEqual(Buffer.from(text, "utf8"));
  });
});

test("escaped bytes pass through JSON", () => {
  fc.assert(
    fc.property(bytes, (given) => {
      const carried: unknown = JSON.parse(JSON.stringify(decodeBytes(given)));
      expect(carried).toBe(decodeBytes(given));
    }),
  );
});

describe("putting texts together", () => {
  test("decodes sequences that were cut between the parts", () => {
    expect(joinText("caf\uDCC3", "\uDCA9!")).toBe("café!");
    expect(joinText("\uDCF0\uDC9F", "\uDC98", "\uDC80")).toBe("😀");
  });

  test("gives the text of the bytes put together, wherever they are cut", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(), (given, one, other) => {
        const [first = 0, second = 0] = [one % (given.length + 1), other % (given.length + 1)].toSorted(
          (a, b) => a - b,
        );
        const parts = [given.subarray(0, first), given.subarray(first, second), given.subarray(second)];
        expect(joinText(...parts.map((part) => decodeBytes(part)))).toBe(decodeBytes(given));
      }),
      { numRuns: 1000 },
    );
  });
});
