import { type LineChunk, readLineChunks } from "./read-lines.ts";

/** The lines of an open file that have any of these bytes in them, in order, without their newlines. Each is valid until the next is asked for. */
export function* linesWith(fd: number, needles: readonly string[]): Generator<Buffer, void, void> {
  const wanted = needles.map((needle) => Buffer.from(needle));
  for (const { bytes } of readLineChunks(fd)) {
    for (const start of startsOf(bytes, wanted)) {
      const newline = bytes.indexOf(0x0a, start);
      yield bytes.subarray(start, newline < 0 ? bytes.length : newline);
    }
  }
}

/** Where the lines begin that have any of these bytes in them. */
function startsOf(bytes: LineChunk["bytes"], needles: readonly Buffer[]): number[] {
  const starts = new Set<number>();
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at >= 0;) {
      starts.add(at === 0 ? 0 : bytes.lastIndexOf(0x0a, at) + 1);
      const newline = bytes.indexOf(0x0a, at);
      at = newline < 0 ? -1 : bytes.indexOf(needle, newline);
    }
  }
  return [...starts].toSorted((a, b) => a - b);
}
