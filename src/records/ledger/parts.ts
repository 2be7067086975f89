import { deflateSync, inflateSync } from "node:zlib";

/** Characters of compressed text in one line; what is longer takes several lines. */
const PART = 64 << 10;

/** Bytes; no text that was put into lines is larger. */
const LARGEST_TEXT = 512 << 20;

/** A part of a text, for a line of its own. */
export interface TextPart {
  /** Where it stands among those of its text, from 0. */
  readonly part: number;
  /** How many there are. */
  readonly parts: number;
  readonly data: string;
}

/** A long text in parts, compressed. It counts only when all of them are there, one behind the other. */
export function partsOf(text: string): TextPart[] {
  const packed = deflateSync(Buffer.from(text)).toString("base64");
  const parts = Math.max(1, Math.ceil(packed.length / PART));
  return Array.from({ length: parts }, (_, part) => ({
    part,
    parts,
    data: packed.slice(part * PART, (part + 1) * PART),
  }));
}

/** The text whose parts have these data, in order; undefined where they are no such parts. */
export function textOfParts(data: readonly string[]): string | undefined {
  try {
    const packed = Buffer.from(data.join(""), "base64");
    return inflateSync(packed, { maxOutputLength: LARGEST_TEXT }).toString("utf8");
  } catch {
    return undefined;
  }
}
