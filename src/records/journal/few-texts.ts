import { hashOf } from "../statusfile/hash.ts";

/** Texts that are remembered, a power of two. */
const PLACES = 1024;
/** A longer text than so many bytes is made anew each time. */
const LONGEST = 64;

interface Remembered {
  readonly bytes: Buffer;
  readonly text: string;
}

/** Makes texts of bytes where there are few different ones, as names of nodes: each is made once, or nearly so. */
export class FewTexts {
  /** By hash; of two that share a place the latest. */
  readonly #places: (Remembered | undefined)[] = [];

  /** What bytes[from, to) say, in UTF-8. */
  text(bytes: Buffer, from: number, to: number): string {
    if (to - from > LONGEST) return bytes.toString("utf8", from, to);
    const place = hashOf(bytes, from, to) & (PLACES - 1);
    const known = this.#places[place];
    if (known !== undefined && isSame(known.bytes, bytes, from, to)) return known.text;
    const text = bytes.toString("utf8", from, to);
    this.#places[place] = { bytes: Buffer.from(bytes.subarray(from, to)), text };
    return text;
  }
}

function isSame(known: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}
