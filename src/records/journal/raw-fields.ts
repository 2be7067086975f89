import type { JournalEntry } from "./entry.ts";

/** How lines of this type begin, as `format.ts` writes them. */
export function lineStart(type: JournalEntry["type"]): Buffer {
  return Buffer.from(`{"e":"${type}",`);
}

/** How the field of this name begins that is not the first of its line. No text in a line can look like it: its quotes are escaped. */
export function fieldStart(name: string): Buffer {
  return Buffer.from(`,"${name}":`);
}

/** Whether the line begins so. */
export function startsWith(bytes: Buffer, start: number, beginning: Buffer): boolean {
  for (let i = 0; i < beginning.length; i++) if (bytes[start + i] !== beginning[i]) return false;
  return true;
}

/** The number in a field of the line bytes[start, end), without reading the rest of it; NaN when there is none. */
export function numberField(bytes: Buffer, start: number, end: number, field: Buffer): number {
  const at = bytes.indexOf(field, start);
  if (at < 0 || at >= end) return Number.NaN;
  return plainNumber(bytes, at + field.length, end);
}

const MINUS = 0x2d;
const POINT = 0x2e;

/** A number without an exponent; NaN for anything else. Exact as far as fifteen digits go. */
function plainNumber(bytes: Buffer, from: number, end: number): number {
  const negative = bytes[from] === MINUS;
  let digits = 0;
  let scale = 0;
  let at = negative ? from + 1 : from;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === POINT && scale === 0) scale = 1;
    else if (byte >= 0x30 && byte <= 0x39) {
      // More digits than a double holds say nothing more.
      if (digits > 1e15 && scale > 0) continue;
      digits = digits * 10 + byte - 0x30;
      scale *= 10;
    } else break;
  }
  const isWhole = at > from && (bytes[at] === 0x2c || bytes[at] === 0x7d);
  if (!isWhole) return Number.NaN;
  const value = scale === 0 ? digits : digits / scale;
  return negative ? 0 - value : value;
}
