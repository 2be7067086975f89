const NOTHING = Buffer.alloc(0);

/**
 * Bytes that have arrived and have not been taken. What arrives in one piece is looked at where it is; only half a
 * message is copied, into room that grows by doubling, so that single bytes cost no more than large pieces.
 */
export class ByteQueue {
  #bytes: Buffer = NOTHING;
  #from = 0;
  #end = 0;
  /** The bytes are a copy of our own, which may be written to. */
  #owned = false;

  /** Bytes that have not been taken. */
  get length(): number {
    return this.#end - this.#from;
  }

  /** Bytes of memory that it holds. */
  get held(): number {
    return this.#bytes.length;
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

  /** Bytes from an offset, good until the next `push`. They have to be there. */
  look(offset: number, length: number): Buffer {
    return this.#bytes.subarray(this.#from + offset, this.#from + offset + length);
  }

  /** Drops so many bytes, which have to be there. */
  skip(length: number): void {
    this.#from += length;
    if (this.#from !== this.#end) return;
    this.#bytes = NOTHING;
    this.#from = 0;
    this.#end = 0;
  }

  #makeRoom(bytes: number): void {
    if (this.#owned && this.#end + bytes <= this.#bytes.length) return;
    const held = this.length;
    const room = Buffer.allocUnsafe(Math.max(held + bytes, this.#owned ? 2 * held : 0));
    this.#bytes.copy(room, 0, this.#from, this.#end);
    this.#bytes = room;
    this.#from = 0;
    this.#end = held;
    this.#owned = true;
  }
}
