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
const NOTHING = Buffer.alloc(0);

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
  /** What has not been taken stands between `#from` and `#end`. */
  #bytes: Buffer = NOTHING;
  #from = 0;
  #end = 0;
  /** The bytes are a copy of our own, which may be written to. */
  #owned = false;

  constructor(maxFrame = MAX_FRAME) {
    this.maxFrame = maxFrame;
  }

  /** Takes a piece of what arrives, which must not be changed afterwards. */
  push(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.#from === this.#end) {
      this.#bytes = piece;
      this.#from = 0;
      this.#end = piece.length;
      this.#owned = false;
      return;
    }
    this.#makeRoom(piece.length);
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  /**
   * The next payload, as text; undefined when it has not arrived whole.
   *
   * @throws RangeError when the frame announces more than the limit; nothing after it can be trusted.
   */
  next(): string | undefined {
    const there = this.#end - this.#from - HEADER;
    if (there < 0) return undefined;
    const length = this.#bytes.readUInt32BE(this.#from);
    if (length > this.maxFrame) throw new RangeError(`a frame announces ${length} bytes, over ${this.maxFrame}`);
    if (there < length) return undefined;
    const start = this.#from + HEADER;
    const text = this.#bytes.toString("utf8", start, start + length);
    this.#from = start + length;
    if (this.#from === this.#end) this.#forget();
    return text;
  }

  #forget(): void {
    this.#bytes = NOTHING;
    this.#from = 0;
    this.#end = 0;
  }

  /** Room for so many bytes more, twice as much at each time, so that single bytes cost no more than large pieces. */
  #makeRoom(bytes: number): void {
    if (this.#owned && this.#end + bytes <= this.#bytes.length) return;
    const held = this.#end - this.#from;
    const room = Buffer.allocUnsafe(Math.max(held + bytes, this.#owned ? 2 * held : 0));
    this.#bytes.copy(room, 0, this.#from, this.#end);
    this.#bytes = room;
    this.#from = 0;
    this.#end = held;
    this.#owned = true;
  }
}
