import { closeSync, fstatSync, readSync, statSync } from "node:fs";
import { type LineChunk, LONGEST_RECORD } from "../ledger/read-lines.ts";

/** Bytes read at once: a few thousand lines, after which somebody looks at the clock. */
export const PIECE = 256 << 10;
/** Bytes before the place up to which the file has been read by which it is known again. */
const ANCHOR = 256;

/** Reads a file of lines to which others append, as far as it has got, and knows when it is not the same any more. */
export class GrowingFile {
  readonly #path: string;
  /** The open file. */
  readonly fd: number;
  readonly #inode: string;
  /** Whole lines have been read up to here, in bytes. */
  #offset = 0;
  #buffer: Buffer | undefined;
  /** The last bytes before that place. */
  #anchor: Buffer = Buffer.alloc(0);

  constructor(path: string, fd: number) {
    this.#path = path;
    this.fd = fd;
    this.#inode = inodeOf(fstatSync(fd));
  }

  get offset(): number {
    return this.#offset;
  }

  /** Bytes of the file now. */
  get size(): number {
    return fstatSync(this.fd).size;
  }

  /** When it was last written, Unix time in seconds. */
  get written(): number {
    return fstatSync(this.fd).mtimeMs / 1000;
  }

  /**
   * Whether it still begins with what was read, and goes by its name. A file that nobody finds under its name any more counts as the
   * same: its writer may go on.
   */
  get isSame(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found !== undefined && inodeOf(found) !== this.#inode) return false;
    const { length } = this.#anchor;
    return this.#anchor.equals(this.#bytesAt(this.#offset - length, length));
  }

  /** The lines that come next, with their newlines, valid until the next call; undefined where no other line is whole. */
  next(): LineChunk | undefined {
    for (let wanted = PIECE; ; wanted *= 2) {
      if (this.#buffer === undefined || this.#buffer.length < wanted) this.#buffer = Buffer.allocUnsafeSlow(wanted);
      const count = readSync(this.fd, this.#buffer, 0, wanted, this.#offset);
      const bytes = this.#buffer.subarray(0, count);
      let end = bytes.lastIndexOf(0x0a) + 1;
      if (end === 0 && count < wanted) return undefined;
      // A longer line than any record comes in pieces.
      if (end === 0 && wanted >= LONGEST_RECORD) end = count;
      if (end === 0) continue;
      const offset = this.#offset;
      this.#offset += end;
      return { bytes: bytes.subarray(0, end), offset };
    }
  }

  /** What has been read is to be known again. The memory for reading is given back. */
  rest(): void {
    const length = Math.min(ANCHOR, this.#offset);
    this.#anchor = this.#bytesAt(this.#offset - length, length);
    this.#buffer = undefined;
  }

  /** Begins once more at the beginning. */
  rewind(): void {
    this.#offset = 0;
    this.#anchor = Buffer.alloc(0);
  }

  /** The whole line that begins there, with its newline; undefined where none does. */
  lineAt(offset: number): LineChunk | undefined {
    for (let wanted = 4096; ; wanted *= 8) {
      const bytes = this.#bytesAt(offset, wanted);
      const end = bytes.indexOf(0x0a) + 1;
      if (end > 0) return { bytes: bytes.subarray(0, end), offset };
      if (bytes.length < wanted || wanted > LONGEST_RECORD) return undefined;
    }
  }

  /** What stands behind the last newline. */
  tail(): LineChunk {
    const length = Math.min(LONGEST_RECORD, this.size - this.#offset);
    return { bytes: this.#bytesAt(this.#offset, Math.max(0, length)), offset: this.#offset };
  }

  close(): void {
    closeSync(this.fd);
  }

  #bytesAt(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(this.fd, bytes, 0, length, offset));
  }
}

function inodeOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev} ${ino}`;
}
