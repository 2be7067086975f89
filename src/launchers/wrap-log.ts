import { appendFileSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

/** Characters of a line that people get to see. */
const LINE_WIDTH = 300;
/** How the records of an engine begin whose log folder is not to be had where it runs. */
const RECORD = '{"level":';

/** Keeps what a process on another host prints, in a file here that comes into being with the first word. */
export class WrapLog {
  readonly path: string;
  readonly #decoder = new StringDecoder("utf8");
  #line = "";
  #lastWords: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  write(chunk: Buffer | string): void {
    if (chunk.length === 0) return;
    try {
      appendFileSync(this.path, chunk);
    } catch {
      // The run goes on without it.
    }
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

  #heard(line: string): void {
    const words = line.trimEnd().slice(0, LINE_WIDTH);
    if (words !== "" && !words.startsWith(RECORD)) this.#lastWords = words;
  }
}
