import { readSync } from "node:fs";

const BLOCK_BYTES = 256 << 10;

/** Lines of neighbouring ids stand near each other: 4 MiB serve nearly every read, also with ten thousand slots. */
const BLOCKS_KEPT = 16;

interface Block {
  readonly fd: number;
  readonly offset: number;
  readonly bytes: Buffer;
}

/** Reads small pieces of files that do not change where they are read, through the blocks last used. */
export class BlockReader {
  /** Blocks in memory, the one last used first. */
  readonly #blocks: Block[] = [];

  /** The bytes at this place, fewer when the file ends before. Valid until the next call. */
  read(fd: number, offset: number, length: number): Buffer {
    const inBlock = offset % BLOCK_BYTES;
    if (inBlock + length > BLOCK_BYTES) return readAt(fd, offset, Buffer.allocUnsafe(length));
    return this.#block(fd, offset - inBlock).bytes.subarray(inBlock, inBlock + length);
  }

  #block(fd: number, offset: number): Block {
    const [latest] = this.#blocks;
    if (latest !== undefined && latest.fd === fd && latest.offset === offset) return latest;
    const at = this.#blocks.findIndex((block) => block.fd === fd && block.offset === offset);
    const block = (at < 0 ? undefined : this.#blocks.splice(at, 1)[0]) ?? this.#load(fd, offset);
    this.#blocks.unshift(block);
    return block;
  }

  /** Reads a block, into the memory of the one that was not used for longest once there are enough. */
  #load(fd: number, offset: number): Block {
    const dropped = this.#blocks.length < BLOCKS_KEPT ? undefined : this.#blocks.pop();
    const memory = dropped === undefined ? new ArrayBuffer(BLOCK_BYTES) : dropped.bytes.buffer;
    return { fd, offset, bytes: readAt(fd, offset, Buffer.from(memory, 0, BLOCK_BYTES)) };
  }
}

function readAt(fd: number, offset: number, into: Buffer): Buffer {
  let filled = 0;
  while (filled < into.length) {
    const count = readSync(fd, into, filled, into.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return into.subarray(0, filled);
}
