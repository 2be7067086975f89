import { ByteQueue } from "../domain/byte-queue.ts";
import type { KvsValue } from "./key-values.ts";
import { LENGTH, ownBytes, readLength, WORD } from "./protocol.ts";

/** Cuts what a server sends into the answers that a client has asked for; pure. */
export class AnswerParser {
  readonly #bytes = new ByteQueue();
  readonly #most: number;

  /** @param most bytes of an answer. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the bytes end in the middle of an answer. */
  get isInside(): boolean {
    return this.#bytes.length > 0;
  }

  push(piece: Buffer): void {
    this.#bytes.push(piece);
  }

  /** The answer to a `get` or `view`; undefined when it has not arrived whole. @throws ProtocolError. */
  value(): KvsValue | undefined {
    const bytes = this.#at(WORD, "an answer");
    if (bytes === undefined) return undefined;
    const encoding = this.#bytes.look(0, WORD).toString("latin1");
    this.#bytes.skip(WORD + LENGTH + bytes.length);
    return { encoding, bytes };
  }

  /** The answer to a `dump`, a pickle; undefined when it has not arrived whole. @throws ProtocolError. */
  dump(): Uint8Array | undefined {
    const bytes = this.#at(0, "a dump");
    if (bytes !== undefined) this.#bytes.skip(LENGTH + bytes.length);
    return bytes;
  }

  #at(offset: number, what: string): Uint8Array | undefined {
    if (this.#bytes.length < offset + LENGTH) return undefined;
    const length = readLength(this.#bytes, offset, this.#most, what);
    const from = offset + LENGTH;
    return this.#bytes.length < from + length ? undefined : ownBytes(this.#bytes.look(from, length));
  }
}
