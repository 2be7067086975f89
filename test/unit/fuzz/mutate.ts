import { Random } from "../../simulation/world/random.ts";

/** Most bytes that an input may grow to. */
const LONGEST = 32 * 1024;
/** Most changes to one input: few, so that most of it still makes sense. */
const MOST_CHANGES = 4;
/** Bytes that mean something to somebody. */
const TELLING = [0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x23, 0x27, 0x2d, 0x5c, 0x7f, 0x80, 0xc3, 0xed, 0xff];
/** Numbers at the edges of what a number can be, as text. */
const NUMBERS = ["-1", "-0", "0.5", "1e999", "2147483648", "4294967296", "9007199254740993", "9".repeat(400)];

type Change = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

/** Every way in which one thing can be wrong with some bytes. */
const CHANGES: readonly Change[] = [flip, overwrite, cut, truncate, insert, repeat, move, splice];

/**
 * One of these inputs with a few things wrong with it; the same for the same seed.
 *
 * @param inputs right ones; parts of one find their way into others.
 * @param words what to put in, besides bytes and numbers that are always good for a surprise.
 */
export function mutated(inputs: readonly Buffer[], words: readonly string[], seed: number): Buffer {
  const random = new Random(seed);
  const others = [...inputs, ...[...words, ...NUMBERS].map((word) => Buffer.from(word))];
  let bytes = random.oneOf(inputs) ?? Buffer.alloc(0);
  for (let left = random.whole(1, MOST_CHANGES); left > 0; left--) {
    bytes = (random.oneOf(CHANGES) ?? flip)(bytes, random, others).subarray(0, LONGEST);
  }
  return bytes;
}

/** Most pieces, or nearly, that an input is cut into. */
const MOST_PIECES = 1000;

/** The bytes in pieces of any size, some of them empty. */
export function inPieces(bytes: Buffer, seed: number): readonly Buffer[] {
  const random = new Random(seed);
  const longest = Math.max(random.oneOf([1, 3, 100, LONGEST]) ?? 1, bytes.length / MOST_PIECES);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = random.whole(0, Math.ceil(longest));
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

function flip(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const at = random.whole(0, bytes.length - 1);
  if (at >= 0 && at < bytes.length) changed.writeUInt8(changed.readUInt8(at) ^ (1 << random.whole(0, 7)), at);
  return changed;
}

function overwrite(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const [from, to] = range(bytes, random, 8);
  return changed.fill(random.oneOf(TELLING) ?? 0, from, to);
}

function cut(bytes: Buffer, random: Random): Buffer {
  const [from, to] = range(bytes, random, 200);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.whole(0, bytes.length));
}

function insert(bytes: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  const at = random.whole(0, bytes.length);
  const telling = Buffer.of(random.oneOf(TELLING) ?? 0);
  const piece = random.chance(0.3) ? telling : (random.oneOf(others) ?? telling);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}

function repeat(bytes: Buffer, random: Random): Buffer {
  const [from, to] = range(bytes, random, 20);
  const times = Math.floor(random.spread(2, 2000));
  const piece = bytes.subarray(from, to);
  return Buffer.concat([bytes.subarray(0, from), ...Array.from({ length: times }, () => piece), bytes.subarray(to)]);
}

function move(bytes: Buffer, random: Random): Buffer {
  const [from, to] = range(bytes, random, 200);
  const rest = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  const at = random.whole(0, rest.length);
  return Buffer.concat([rest.subarray(0, at), bytes.subarray(from, to), rest.subarray(at)]);
}

function splice(bytes: Buffer, random: Random, others: readonly Buffer[]): Buffer {
  const other = random.oneOf(others) ?? bytes;
  const at = random.whole(0, bytes.length);
  return Buffer.concat([bytes.subarray(0, at), other.subarray(random.whole(0, other.length))]);
}

/** Where a piece of at most so many bytes begins and ends. */
function range(bytes: Buffer, random: Random, longest: number): readonly [from: number, to: number] {
  const from = random.whole(0, bytes.length);
  return [from, Math.min(bytes.length, from + random.whole(1, longest))];
}
