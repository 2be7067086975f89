/** Output of a task, read from its end. */

import type { KeptStream } from "../../web/api/answers.ts";

/** Bytes that are read at once. */
const OUTPUT_BYTES = 65_536;

/** A part of a stream, as far as it is kept. */
export interface OutputPart {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where it begins in what is kept. */
  readonly from: number;
  /** All bytes that are kept. */
  readonly total: number;
}

/** The header that asks for the end of a stream. */
export const LAST_BYTES = `bytes=-${OUTPUT_BYTES}`;

/** The header that asks for what comes before this byte. */
export function bytesBefore(from: number): string {
  return `bytes=${Math.max(0, from - OUTPUT_BYTES)}-${from - 1}`;
}

/** Where a part lies, as `Content-Range` tells it; an answer without one is all there is. */
export function placeOfPart(range: string | null, length: number): Pick<OutputPart, "from" | "total"> {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range ?? "") ?? [];
  return from === undefined || total === undefined
    ? { from: 0, total: length }
    : { from: Number(from), total: Number(total) };
}

/** The earlier part and the one behind it as one. Where they do not meet, the stream is another by now: only the earlier counts. */
export function joined(earlier: OutputPart, later: OutputPart): OutputPart {
  if (earlier.from + earlier.bytes.length !== later.from) return earlier;
  const bytes = new Uint8Array(earlier.bytes.length + later.bytes.length);
  bytes.set(earlier.bytes);
  bytes.set(later.bytes, earlier.bytes.length);
  return { bytes, from: earlier.from, total: later.total };
}

/** The text of a part. A character that its beginning cuts is left out. */
export function textOf({ bytes, from }: OutputPart): string {
  let start = 0;
  if (from > 0) while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return new TextDecoder().decode(bytes.subarray(start));
}

/** Colours and styles of terminals. */
// oxlint-disable-next-line no-control-regex
const STYLES = /\u001b\[[0-9;:]*m/g;

/** The text without colours and with plain ends of lines. All else stays. */
export function withoutStyles(text: string): string {
  return text.replaceAll(STYLES, "").replaceAll("\r\n", "\n");
}

/** Which attempt has printed what is kept, where that is not the task's last one. @param last 0 before its first start. */
export function attemptWords({ attempt, isEarlierRun }: KeptStream, last: number): string | undefined {
  if (isEarlierRun) return `Of try ${attempt} in an earlier run.`;
  return attempt < last ? `Of try ${attempt}, not of the last one.` : undefined;
}
