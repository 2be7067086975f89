import { closeSync, fstatSync, read } from "node:fs";
import { promisify } from "node:util";
import { LONGEST_RECORD } from "../ledger/read-lines.ts";
import { parseRecord } from "./parse.ts";
import type { StatusRecord } from "./record.ts";

const readAt = promisify(read);

/** Bytes that are read at once. */
const BLOCK = 1 << 20;
/** Nearly every line is within so many bytes of its beginning. */
const FIRST_READ = 4096;
/** Lines that are no further apart than this are read together. */
const NEIGHBOURS = 32 << 10;

/** Whole lines of a file. */
export interface LineBlock {
  readonly bytes: Buffer;
  /** Where they begin in the file, in bytes. */
  readonly offset: number;
}

/**
 * A status file whose lines are read here and there, while a driver may write it. Nothing of it is kept, and others have their turn
 * while the disk is waited for. A file that cannot be read is one without lines.
 */
export class StatusText {
  readonly #open: () => number;
  readonly #block: number;
  #fd: number | undefined;
  /** Reads that are going on: the file stays open for them. */
  #reads = 0;
  #isClosed = false;

  /**
   * @param open opens the file for reading, when it is read for the first time; or the open file.
   * @param block bytes that are read at once where lines are looked for.
   */
  constructor(open: number | (() => number), block = BLOCK) {
    if (typeof open === "number") this.#fd = open;
    this.#open = typeof open === "number" ? () => open : open;
    this.#block = block;
  }

  /** Bytes of the file now. */
  get size(): number {
    try {
      const fd = this.#descriptor();
      return fd === undefined ? 0 : fstatSync(fd).size;
    } catch {
      return 0;
    }
  }

  /** The records whose lines begin at these places, in bytes, by place. Those are missing at which no whole line of a record begins. */
  async records(offsets: readonly number[]): Promise<ReadonlyMap<number, StatusRecord>> {
    const found = new Map<number, StatusRecord>();
    await Promise.all(neighbours(offsets).map((group) => this.#readGroup(group, found)));
    return found;
  }

  /** Whole lines from one place to another, in bytes, in blocks; what is longer than any record is passed over. */
  async *blocks(from: number, to: number): AsyncGenerator<LineBlock, void, void> {
    let offset = from;
    let wanted = this.#block;
    while (offset < to) {
      const bytes = await this.#read(offset, Math.min(wanted, to - offset));
      const end = bytes.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        yield { bytes: bytes.subarray(0, end), offset };
        offset += end;
        wanted = this.#block;
      } else if (bytes.length < wanted || offset + bytes.length >= to) return;
      else if (wanted < LONGEST_RECORD) wanted *= 2;
      else offset += bytes.length;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  /** Closes the file when nobody reads it any more: its number may be another file's by the time that a read begins. */
  #letGo(): void {
    if (!this.#isClosed || this.#reads > 0 || this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  async #readGroup(offsets: readonly number[], found: Map<number, StatusRecord>): Promise<void> {
    const first = offsets[0] ?? 0;
    const bytes = await this.#read(first, (offsets.at(-1) ?? first) - first + FIRST_READ);
    for (const offset of offsets) {
      const from = offset - first;
      const end = bytes.indexOf(0x0a, from);
      const line = end < 0 ? await this.#longLine(offset) : bytes.subarray(from, end);
      const record = line === undefined ? undefined : parseRecord(line);
      if (record !== undefined) found.set(offset, record);
    }
  }

  /** @returns undefined when the line has no end, or none that is near. */
  async #longLine(offset: number): Promise<Buffer | undefined> {
    for (let size = 4 * FIRST_READ; ; size *= 4) {
      const bytes = await this.#read(offset, size);
      const end = bytes.indexOf(0x0a);
      if (end >= 0) return bytes.subarray(0, end);
      if (bytes.length < size || size > LONGEST_RECORD) return undefined;
    }
  }

  async #read(offset: number, size: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(size);
    let filled = 0;
    this.#reads++;
    try {
      while (filled < size && !this.#isClosed) {
        const fd = this.#descriptor();
        if (fd === undefined) break;
        const { bytesRead } = await readAt(fd, bytes, filled, size - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch {
      // What cannot be read is not shown; the run is told by whoever writes the file.
    } finally {
      this.#reads--;
      this.#letGo();
    }
    return bytes.subarray(0, filled);
  }

  #descriptor(): number | undefined {
    if (this.#fd === undefined && !this.#isClosed) this.#fd = this.#open();
    return this.#fd;
  }
}

/** The places in groups that are worth one read each. */
function neighbours(offsets: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const offset of offsets.toSorted((a, b) => a - b)) {
    const group = groups.at(-1);
    const [first = 0, last = 0] = [group?.[0], group?.at(-1)];
    if (group !== undefined && offset - last <= NEIGHBOURS && offset - first <= BLOCK) group.push(offset);
    else groups.push([offset]);
  }
  return groups;
}
