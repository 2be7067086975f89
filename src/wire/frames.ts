/**
 * Frames: a length of four bytes, most significant first, and that many bytes of JSON in UTF-8. Knows nothing of
 * sockets; it is fed whatever pieces arrive.
 */

/** Longest payload that is accepted. Longer than any line a task file may have, as JSON. */
export const MAX_FRAME = 128 * 1024 * 1024;

const HEADER = 4;

/** The frame that carries this text. */
export function encodeFrame(text: string): Buffer {
  const length = Buffer.byteLength(text, "utf8");
  if (length > MAX_FRAME) throw new RangeError(`a frame of ${length} bytes is over the limit of ${MAX_FRAME}`);
  const frame = Buffer.allocUnsafe(HEADER + length);
  frame.writeUInt32BE(length, 0);
  frame.write(text, HEADER, "utf8");
  return frame;
}

/** Cuts what arrives into payloads again. */
export class FrameDecoder {
  readonly #maxFrame: number;
  #parts: Buffer[] = [];
  #buffered = 0;
  /** Bytes that must be there before anything can be taken out. */
  #needed = HEADER;

  constructor(maxFrame = MAX_FRAME) {
    this.#maxFrame = maxFrame;
  }

  /**
   * The payloads that are complete now, as text.
   *
   * @throws RangeError when a frame announces more than the limit; nothing after it can be trusted.
   */
  push(chunk: Buffer): string[] {
    this.#parts.push(chunk);
    this.#buffered += chunk.length;
    const payloads: string[] = [];
    while (this.#buffered >= this.#needed) {
      const [first] = this.#parts;
      const all = first !== undefined && this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
      const taken = this.#takeFrom(all, payloads);
      this.#parts = taken === all.length ? [] : [all.subarray(taken)];
      this.#buffered = all.length - taken;
    }
    return payloads;
  }

  /** Takes every complete frame; returns how many bytes they were. */
  #takeFrom(all: Buffer, payloads: string[]): number {
    let at = 0;
    this.#needed = HEADER;
    while (all.length - at >= HEADER) {
      const length = all.readUInt32BE(at);
      if (length > this.#maxFrame) throw new RangeError(`a frame announces ${length} bytes, over ${this.#maxFrame}`);
      this.#needed = HEADER + length;
      if (all.length - at < this.#needed) break;
      payloads.push(all.toString("utf8", at + HEADER, at + this.#needed));
      at += this.#needed;
      this.#needed = HEADER;
    }
    return at;
  }
}
