import { appendFileSync, closeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { appendOwnFile } from "../../files/own-file.ts";
import { isLogRecord } from "./engine-output.ts";

/** Characters of a line that people get to see. */
const LINE_WIDTH = 300;
/** Bytes that one start may add to the file; a program that prints without end is not to fill the disk. */
const MOST_KEPT = 16 * 1024 * 1024;
const LEFT_OUT = "\nThe rest is left out: this engine has printed more than 16 MiB.\n";

/** Keeps what a process on another host prints, in a file here that comes into being with the first word. */
export class WrapLog {
  readonly path: string;
  readonly #decoder = new StringDecoder("utf8");
  /** Bytes that the file may still grow by; negative when it has been said that there is more. */
  #room = MOST_KEPT;
  #line = "";
  #lastWords: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  write(chunk: Buffer | string): void {
    if (chunk.length === 0) return;
    this.#append(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    const lines = (this.#line + (typeof chunk === "string" ? chunk : this.#decoder.write(chunk))).split("\n");
    this.#line = (lines.pop() ?? "").slice(0, LINE_WIDTH);
    for (const line of lines) this.#heard(line);
  }

  /** The last line for people that has been written since this was asked before; undefined when there is none. */
  lastWords(): string | undefined {
    this.#heard(this.#line);
    this.#line = "";
    const words = this.#lastWords;
    this.#lastWords = undefined;
    return words;
  }

  #append(bytes: Buffer): void {
    if (this.#room < 0) return;
    const isTooMuch = bytes.length > this.#room;
    try {
      append(this.path, [bytes.subarray(0, this.#room), ...(isTooMuch ? [LEFT_OUT] : [])]);
    } catch {
      // The run goes on without it.
    }
    this.#room = isTooMuch ? -1 : this.#room - bytes.length;
  }

  #heard(line: string): void {
    const words = line.trimEnd().slice(0, LINE_WIDTH);
    if (words !== "" && !isLogRecord(words)) this.#lastWords = words;
  }
}

/** The file is not kept open: a run may have hundreds of them, and hardly any is written to twice. */
function append(path: string, pieces: readonly (Buffer | string)[]): void {
  const fd = appendOwnFile(path);
  try {
    for (const piece of pieces) appendFileSync(fd, piece);
  } finally {
    closeSync(fd);
  }
}
