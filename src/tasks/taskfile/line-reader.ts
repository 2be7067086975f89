import { isUtf8 } from "node:buffer";

import { decodeBytes } from "../../domain/bytes.ts";
import { GrowingBuffer } from "./growing-buffer.ts";

/**
 * Longest line in bytes. Linux gives a program no argument longer than 128 KiB, so no such line could be run; the limit
 * is far above that because what is too long for the kernel is the task's own failure, and memory is what counts here.
 */
export const LONGEST_LINE = 16 * 1024 * 1024;

/** How many bytes at the start are searched for a NUL byte, which says that a file is no text. */
export const BINARY_WINDOW = 8192;

const NUL = 0;
const LF = 10;
const CR = 13;

/** What a `LineReader` tells of, in the order of the file. Lines count from 1. */
export interface LineSink {
  /**
   * One line, or one of the pieces into which carriage returns split it.
   *
   * @param offset where the piece starts in its line, in bytes
   */
  line(line: number, text: string, offset: number): void;
  /** A line that cannot be used; `column` counts from 1, in bytes. After `binary-file` nothing more comes. */
  unusable(problem: "nul-byte" | "line-too-long" | "binary-file", line: number, column: number): void;
}

/** Cuts bytes that arrive in chunks of any size into lines. A line is told as soon as its newline has arrived. */
export class LineReader {
  readonly #sink: LineSink;
  /** The line whose newline has not arrived. */
  readonly #started = new GrowingBuffer();
  /** Whether the reader is inside a line that has been reported as too long, whose rest is dropped. */
  #dropping = false;
  #line: number;
  #seen: number;
  #stopped = false;

  /** @param before lines that other readers have told: where there are any, nobody asks any more whether all of it is text. */
  constructor(sink: LineSink, before = 0) {
    this.#sink = sink;
    this.#line = before;
    this.#seen = before === 0 ? 0 : BINARY_WINDOW;
  }

  /** Lines that have been told. */
  get lines(): number {
    return this.#line;
  }

  push(chunk: Uint8Array): void {
    if (this.#stopped) return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const nul = this.#seen < BINARY_WINDOW ? bytes.subarray(0, BINARY_WINDOW - this.#seen).indexOf(NUL) : -1;
    this.#seen += bytes.length;
    if (nul === -1) {
      this.#readLines(bytes);
      return;
    }
    this.#readLines(bytes.subarray(0, nul));
    if (!this.#stopped) this.#sink.unusable("binary-file", this.#line + 1, this.#started.length + 1);
    this.stop();
  }

  /** Takes note that there is no more; the last line needs no newline. */
  end(): void {
    if (this.#started.length > 0) this.#finishStarted();
    this.stop();
  }

  /** Tells nothing more, whatever is pushed. The sink may call this. */
  stop(): void {
    this.#stopped = true;
    this.#started.clear();
  }

  #readLines(bytes: Buffer): void {
    let from = 0;
    if (this.#started.length > 0 || this.#dropping) {
      const newline = bytes.indexOf(LF);
      this.#keep(newline === -1 ? bytes : bytes.subarray(0, newline));
      if (newline === -1) return;
      this.#finishStarted();
      from = newline + 1;
    }
    const end = bytes.lastIndexOf(LF) + 1;
    if (end > from) this.#readWholeLines(bytes.subarray(from, end));
    if (!this.#stopped) this.#keep(bytes.subarray(Math.max(from, end)));
  }

  #readWholeLines(lines: Buffer): void {
    const plain =
      lines.length <= LONGEST_LINE && lines.indexOf(NUL) === -1 && lines.indexOf(CR) === -1 && isUtf8(lines);
    for (let from = 0; from < lines.length && !this.#stopped;) {
      const newline = lines.indexOf(LF, from);
      // Each line becomes a string of its own: slices of one large string would keep all of it alive.
      if (plain) this.#sink.line(++this.#line, lines.toString("utf8", from, newline), 0);
      else this.#readLine(lines.subarray(from, newline));
      from = newline + 1;
    }
  }

  #keep(bytes: Buffer): void {
    if (this.#dropping) return;
    if (this.#started.length + bytes.length <= LONGEST_LINE) {
      this.#started.append(bytes);
      return;
    }
    // Told at once: the newline may never come.
    this.#dropping = true;
    this.#started.clear();
    this.#sink.unusable("line-too-long", this.#line + 1, 1);
  }

  #finishStarted(): void {
    if (this.#dropping) this.#line++;
    else this.#readLine(this.#started.contents());
    this.#dropping = false;
    this.#started.clear();
  }

  #readLine(line: Buffer): void {
    this.#line++;
    const nul = line.indexOf(NUL);
    if (line.length > LONGEST_LINE) this.#sink.unusable("line-too-long", this.#line, 1);
    else if (nul !== -1) this.#sink.unusable("nul-byte", this.#line, nul + 1);
    else this.#readPieces(line);
  }

  /** A carriage return ends a command as a newline does, but does not count as a line. */
  #readPieces(line: Buffer): void {
    for (let from = 0; from <= line.length && !this.#stopped;) {
      const found = line.indexOf(CR, from);
      const to = found === -1 ? line.length : found;
      this.#sink.line(this.#line, decodeBytes(line.subarray(from, to)), from);
      from = to + 1;
    }
  }
}
