import type { Duplex } from "node:stream";
import { errnoText } from "../domain/system-error.ts";
import { encodeFrame, FrameDecoder, MAX_FRAME } from "./frames.ts";
import type { MessageParser } from "./messages.ts";

export interface ConnectionHandlers<In> {
  message(message: In): void;
  /** Called once. */
  closed(closing: Closing): void;
}

/** Why a connection closed. */
export interface Closing {
  /** Why this side would have no more of it, if it was this side. */
  readonly refusal?: string | undefined;
  /** What happened to it otherwise. */
  readonly failure: string;
}

/** How much the other side is trusted with, in bytes. */
export interface ConnectionLimits {
  /** Longest frame that it may send until it is trusted. */
  readonly maxFrame?: number;
  /** What may be waiting for it when there is more to send; beyond that it is taken for one that does not read. */
  readonly maxPending?: number;
}

/**
 * Twice the longest frame: more than is ever sent ahead to somebody who reads, and little enough that some who do not
 * read do no harm.
 */
const MAX_PENDING = 2 * MAX_FRAME;

/**
 * A channel of messages over any duplex stream. Messages sent in one turn of the event loop leave in one write. Whoever
 * does not read what is sent is hung up on before it costs too much memory.
 */
export class Connection<In, Out> {
  readonly #stream: Duplex;
  readonly #parse: MessageParser<In>;
  readonly #decoder: FrameDecoder;
  readonly #handlers: ConnectionHandlers<In>;
  readonly #maxPending: number;
  #outgoing: Buffer[] = [];
  /** Bytes in `#outgoing`. */
  #held = 0;
  #refusal: string | undefined;
  #failure = "its connection closed";
  #closed = false;

  constructor(
    stream: Duplex,
    parse: MessageParser<In>,
    handlers: ConnectionHandlers<In>,
    { maxFrame = MAX_FRAME, maxPending = MAX_PENDING }: ConnectionLimits = {},
  ) {
    this.#stream = stream;
    this.#parse = parse;
    this.#handlers = handlers;
    this.#decoder = new FrameDecoder(maxFrame);
    this.#maxPending = maxPending;
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("error", (error) => (this.#failure = errnoText(error)));
    stream.on("close", () => this.#noteClosed());
    stream.on("end", () => stream.end());
  }

  /** Bytes that are still to be sent, as far as this process knows; the system holds some more. */
  get pendingBytes(): number {
    return this.#held + this.#stream.writableLength;
  }

  /** From now on the other side may send longer frames, beginning with the next. @param maxFrame bytes of one. */
  trust(maxFrame = MAX_FRAME): void {
    this.#decoder.maxFrame = maxFrame;
  }

  send(message: Out): void {
    if (!this.#closed && !this.#stream.destroyed) this.sendFrame(encodeFrame(JSON.stringify(message)));
  }

  /** Sends what `encodeFrame` has made of a message: once for all who are to have it. */
  sendFrame(frame: Buffer): void {
    if (this.#closed || this.#stream.destroyed) return;
    const pending = this.pendingBytes;
    if (pending > this.#maxPending)
      return this.destroy(`it does not read what it is sent: ${pending} bytes wait for it`);
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push(frame);
    this.#held += frame.length;
  }

  /** Sends what is still to be sent, then closes. */
  close(): void {
    this.#flush();
    this.#stream.end();
  }

  /** Closes at once; the reason is handed to `closed`. */
  destroy(reason?: string): void {
    if (reason !== undefined) this.#refusal ??= reason;
    this.#stream.destroy();
  }

  #flush(): void {
    const frames = this.#outgoing;
    if (frames.length === 0) return;
    this.#outgoing = [];
    this.#held = 0;
    if (this.#stream.writable) this.#stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  /** What comes from outside may be wrong, and closes the connection; what the handlers do with it is our own affair. */
  #receive(chunk: Buffer): void {
    this.#decoder.push(chunk);
    for (;;) {
      const message = this.#next();
      if (message === undefined || this.#closed || this.#stream.destroyed) return;
      this.#handlers.message(message);
    }
  }

  #next(): In | undefined {
    try {
      const text = this.#decoder.next();
      return text === undefined ? undefined : this.#parse(text);
    } catch (error) {
      this.destroy(errnoText(error));
      return undefined;
    }
  }

  #noteClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handlers.closed({ refusal: this.#refusal, failure: this.#failure });
  }
}
