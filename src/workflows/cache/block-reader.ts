import { readSync } from "node:fs";

/** Bytes that are read at a time as long as each text stands soon behind the last one; and otherwise. */
const [MANY, FEW] = [256 << 10, 4 << 10] as const;

/** Reads texts from an open file, most of which are asked for in about the order in which they stand there. */
export class BlockReader {
  readonly #fd: number;
  #buffer = Buffer.allocUnsafeSlow(MANY);
  #filled = 0;
  #at = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The text of these bytes; shorter where the file has become shorter. */
  textAt(offset: number, length: number): string {
    const from = offset - this.#at;
    if (from >= 0 && from + length <= this.#filled) return this.#buffer.toString("utf8", from, from + length);
    this.#read(offset, Math.max(length, from >= 0 && from <= MANY ? MANY : FEW));
    return this.#buffer.toString("utf8", 0, Math.min(length, this.#filled));
  }

  #read(offset: number, length: number): void {
    if (this.#buffer.length < length) this.#buffer = Buffer.allocUnsafeSlow(length);
    this.#at = offset;
    this.#filled = 0;
    while (this.#filled < length) {
      const got = readSync(this.#fd, this.#buffer, this.#filled, length - this.#filled, offset + this.#filled);
      if (got === 0) return;
      this.#filled += got;
    }
  }
}
