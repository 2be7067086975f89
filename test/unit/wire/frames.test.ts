import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, FrameDecoder, MAX_FRAME } from "../../../src/wire/frames.ts";

const texts = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.constant("é".repeat(3000))), {
  maxLength: 12,
});

/** The same bytes in pieces that end at these places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
}

function announcement(length: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(length);
  return header;
}

test("any texts come out as they went in, wherever their frames are cut", () => {
  fc.assert(
    fc.property(texts, fc.array(fc.nat(), { maxLength: 20 }), (given, places) => {
      const decoder = new FrameDecoder();
      const pieces = cut(Buffer.concat(given.map((text) => encodeFrame(text))), places);
      expect(pieces.flatMap((piece) => decoder.push(piece))).toEqual(given);
    }),
    { numRuns: 300 },
  );
});

test("any texts come out as they went in, one byte at a time", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 8 }), (given) => {
      const decoder = new FrameDecoder();
      const bytes = Buffer.concat(given.map((text) => encodeFrame(text)));
      expect([...bytes].flatMap((byte) => decoder.push(Buffer.of(byte)))).toEqual(given);
    }),
  );
});

test("a text comes out with its last byte and not before", () => {
  const decoder = new FrameDecoder();
  const frame = encodeFrame("whole");
  expect(decoder.push(frame.subarray(0, -1))).toEqual([]);
  expect(decoder.push(frame.subarray(-1))).toEqual(["whole"]);
});

test("a frame is a length of four bytes, most significant first, and UTF-8", () => {
  expect(encodeFrame("é")).toEqual(Buffer.from([0, 0, 0, 2, 0xc3, 0xa9]));
  expect(encodeFrame("")).toEqual(Buffer.alloc(4));
});

describe("a frame that is too long", () => {
  test("is refused at its announcement, before a byte of it is kept", () => {
    expect(() => new FrameDecoder().push(announcement(MAX_FRAME + 1))).toThrow(RangeError);
    expect(() => new FrameDecoder().push(announcement(0xffffffff))).toThrow("4294967295");
    expect(new FrameDecoder().push(announcement(MAX_FRAME))).toEqual([]);
  });

  test("is refused when the announcement comes in pieces, and behind good frames", () => {
    const decoder = new FrameDecoder(10);
    expect(decoder.push(encodeFrame("0123456789"))).toEqual(["0123456789"]);
    const [first, rest] = cut(announcement(11), [3]);
    expect(decoder.push(first ?? Buffer.alloc(0))).toEqual([]);
    expect(() => decoder.push(rest ?? Buffer.alloc(0))).toThrow(RangeError);
  });

  test("is not sent", () => {
    expect(() => encodeFrame("x".repeat(MAX_FRAME + 1))).toThrow(RangeError);
  });
});
