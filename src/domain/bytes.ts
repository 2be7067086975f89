/**
 * Bytes as text without loss.
 *
 * Task lines are bytes, and nearly always valid UTF-8. They are kept as strings in which every byte that is not part of
 * valid UTF-8 stands as one lone surrogate U+DC80..U+DCFF (the scheme of Python's PEP 383, "surrogateescape"). JSON
 * carries such strings unharmed, since it escapes lone surrogates.
 */

import { isUtf8 } from "node:buffer";

const ESCAPED = /[\uD800-\uDBFF][\uDC00-\uDFFF]|([\uDC80-\uDCFF])/g;

/** Text for these bytes; `encodeText` gives the same bytes back. */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString("utf8");
  let text = "";
  let from = 0;
  while (from < buffer.length) {
    const length = validPrefix(buffer.subarray(from));
    text += buffer.toString("utf8", from, from + length);
    from += length;
    if (from < buffer.length) text += String.fromCharCode(0xdc00 + buffer.readUInt8(from++));
  }
  return text;
}

/** The bytes that this text stands for. */
export function encodeText(text: string): Buffer {
  if (!hasEscapedBytes(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(ESCAPED)) {
    if (match[1] === undefined) continue;
    parts.push(Buffer.from(text.slice(from, match.index), "utf8"), Buffer.of(match[1].charCodeAt(0) - 0xdc00));
    from = match.index + 1;
  }
  parts.push(Buffer.from(text.slice(from), "utf8"));
  return Buffer.concat(parts);
}

/** True when the text stands for bytes that are not valid UTF-8. */
export function hasEscapedBytes(text: string): boolean {
  return !text.isWellFormed();
}

/** Half of a surrogate pair that stands for no byte. */
const LOST = /[\uD800-\uDC7F\uDD00-\uDFFF]/u;

/** Where the text holds what no bytes stand for; -1 where it does not. */
export function lostAt(text: string): number {
  return hasEscapedBytes(text) ? text.search(LOST) : -1;
}

/** Puts texts together; bytes that become valid UTF-8 only now are decoded now. */
export function joinText(...parts: readonly string[]): string {
  const joined = parts.join("");
  return hasEscapedBytes(joined) ? decodeBytes(encodeText(joined)) : joined;
}

/** Length of the longest prefix that is valid UTF-8, by the well-formed sequences of Unicode's table 3-7. */
function validPrefix(b: Buffer): number {
  let i = 0;
  while (i < b.length) {
    const length = sequenceLength(b, i);
    if (length === 0) break;
    i += length;
  }
  return i;
}

/** Length of the well-formed sequence that starts at i; 0 when there is none. */
function sequenceLength(b: Buffer, i: number): number {
  const first = b[i] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  const second = b[i + 1] ?? 0;
  if (second < lowest || second > highest) return 0;
  for (let k = 2; k < length; k++) {
    const next = b[i + k] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
