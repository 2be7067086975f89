import { ByteQueue } from "../domain/byte-queue.ts";

/**
 * Frames: a length of four bytes, most significant first, and that many bytes of JSON in UTF-8. Knows nothing of
 * sockets; it is fed whatever pieces arrive.
 */

/** Longest payload that is accepted, in bytes. Longer than any line a task file may have, as JSON. */
export const MAX_FRAME = 128 * 1024 * 1024;

/** Longest payload from a caller who has not been let in: enough for whoever says hello, too little to do harm. */
export const MAX_FIRST_FRAME = 64 * 1024;

/** Longest payload from a controller that has been let in: a context of 10,000 nodes with long names. */
export const MAX_CONTROLLER_FRAME = 4 * 1024 * 1024;

const HEADER = 4;

/** The frame that carries this text. @throws RangeError when it is too long. */
export function encodeFrame(text: string): Buffer {
  const length = Buffer.byteLength(text, "utf8");
  if (length > MAX_FRAME) throw new RangeError(`a frame of ${length} bytes is over the limit of ${MAX_FRAME}`);
  const frame = Buffer.allocUnsafe(HEADER + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, HEADER, "utf8");
  return frame;
}

/**
 * Cuts what arrives into payloads again, each when it is asked for. Half a frame costs its last piece, or twice what
 * there is of it, whatever it announces and however small its pieces are.
 */
export class FrameDecoder {
  /** In bytes; good from the next frame on, even if that has arrived already. */
  maxFrame: number;
  readonly #bytes = new ByteQueue();

  constructor(maxFrame = MAX_FRAME) {
    this.maxFrame = maxFrame;
  }

  /** Takes a piece of what arrives, which must not be changed afterwards. */
  push(piece: Buffer): void {
    this.#bytes.push(piece);
  }

  /**
   * The next payload, as text; undefined when it has not arrived whole.
   *
   * @throws RangeError when the frame announces more than the limit; nothing after it can be trusted.
   */
  next(): string | undefined {
    const there = this.#bytes.length - HEADER;
    if (there < 0) return undefined;
    const length = this.#bytes.look(0, HEADER).readUInt32BE();
    if (length > this.maxFrame) throw new RangeError(`a frame announces ${length} bytes, over ${this.maxFrame}`);
    if (there < length) return undefined;
    const text = this.#bytes.look(HEADER, length).toString("utf8");
    this.#bytes.skip(HEADER + length);
    return text;
  }
}
