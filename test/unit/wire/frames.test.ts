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

/** All frames that are whole with this piece. */
function push(decoder: FrameDecoder, piece: Buffer): string[] {
  const whole: string[] = [];
  decoder.push(piece);
  for (let text = decoder.next(); text !== undefined; text = decoder.next()) whole.push(text);
  return whole;
}

/** How much more memory there is for bytes afterwards, whatever of it can be given back. */
function costOf(work: () => void): number {
  const before = process.memoryUsage().arrayBuffers;
  work();
  return process.memoryUsage().arrayBuffers - before;
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
      expect(pieces.flatMap((piece) => push(decoder, piece))).toEqual(given);
    }),
    { numRuns: 300 },
  );
});

test("any texts come out as they went in, one byte at a time", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 8 }), (given) => {
      const decoder = new FrameDecoder();
      const bytes = Buffer.concat(given.map((text) => encodeFrame(text)));
      expect([...bytes].flatMap((byte) => push(decoder, Buffer.of(byte)))).toEqual(given);
    }),
  );
});

test("a text comes out with its last byte and not before", () => {
  const decoder = new FrameDecoder();
  const frame = encodeFrame("whole");
  expect(push(decoder, frame.subarray(0, -1))).toEqual([]);
  expect(push(decoder, frame.subarray(-1))).toEqual(["whole"]);
});

test("a frame is a length of four bytes, most significant first, and UTF-8", () => {
  expect(encodeFrame("é")).toEqual(Buffer.from([0, 0, 0, 2, 0xc3, 0xa9]));
  expect(encodeFrame("")).toEqual(Buffer.alloc(4));
});

describe("a frame that is too long", () => {
  test("is refused at its announcement", () => {
    expect(() => push(new FrameDecoder(), announcement(MAX_FRAME + 1))).toThrow(RangeError);
    expect(() => push(new FrameDecoder(), announcement(0xffffffff))).toThrow("4294967295");
    expect(push(new FrameDecoder(), announcement(MAX_FRAME))).toEqual([]);
  });

  test("is refused when the announcement comes in pieces, and behind good frames", () => {
    const decoder = new FrameDecoder(10);
    expect(push(decoder, encodeFrame("0123456789"))).toEqual(["0123456789"]);
    const [first, rest] = cut(announcement(11), [3]);
    expect(push(decoder, first ?? Buffer.alloc(0))).toEqual([]);
    expect(() => push(decoder, rest ?? Buffer.alloc(0))).toThrow(RangeError);
  });

  test("is refused again and again, and never gets any further", () => {
    const decoder = new FrameDecoder(10);
    expect(() => push(decoder, announcement(11))).toThrow(RangeError);
    expect(() => push(decoder, encodeFrame("good"))).toThrow(RangeError);
  });

  test("is not sent", () => {
    expect(() => encodeFrame("x".repeat(MAX_FRAME + 1))).toThrow(RangeError);
  });
});

test("a limit that is raised counts for the next frame, even of the same piece", () => {
  const decoder = new FrameDecoder(5);
  decoder.push(Buffer.concat([encodeFrame("hello"), encodeFrame("a long story")]));
  expect(decoder.next()).toBe("hello");
  decoder.maxFrame = MAX_FRAME;
  expect(decoder.next()).toBe("a long story");
  expect(decoder.next()).toBeUndefined();
});

describe("half a frame", () => {
  test("costs nothing of what it announces", () => {
    const decoders: FrameDecoder[] = [];
    const cost = costOf(() => {
      for (let i = 0; i < 8; i++) {
        const decoder = new FrameDecoder();
        push(decoder, announcement(MAX_FRAME));
        push(decoder, Buffer.alloc(1000));
        decoders.push(decoder);
      }
    });
    expect(cost).toBeLessThan(1024 * 1024);
  });

  test("in single bytes costs little more than in one piece", () => {
    const decoder = new FrameDecoder();
    const byte = Buffer.from("x");
    decoder.push(announcement(MAX_FRAME));
    const bytes = 256 * 1024;
    expect(costOf(() => Array.from({ length: bytes }, () => push(decoder, byte)))).toBeLessThan(8 * bytes);
  });
});
