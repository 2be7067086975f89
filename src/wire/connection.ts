import type { Duplex } from "node:stream";
import { errnoText } from "../domain/system-error.ts";
import { encodeFrame, FrameDecoder } from "./frames.ts";
import type { MessageParser } from "./messages.ts";

export interface ConnectionHandlers<In> {
  message(message: In): void;
  /** Called once. */
  closed(closing: Closing): void;
}

/** Why a connection closed. */
export interface Closing {
  /** Why this side would have no more of it, if it was this side. */
  readonly refusal?: string;
  /** What happened to it otherwise. */
  readonly failure: string;
}

/**
 * A channel of messages over any duplex stream. Messages sent in one turn of the event loop leave in one write.
 */
export class Connection<In, Out> {
  readonly #stream: Duplex;
  readonly #parse: MessageParser<In>;
  readonly #decoder = new FrameDecoder();
  readonly #handlers: ConnectionHandlers<In>;
  #outgoing: Buffer[] = [];
  #refusal: string | undefined;
  #failure = "its connection closed";
  #closed = false;

  constructor(stream: Duplex, parse: MessageParser<In>, handlers: ConnectionHandlers<In>) {
    this.#stream = stream;
    this.#parse = parse;
    this.#handlers = handlers;
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    stream.on("error", (error) => (this.#failure = errnoText(error)));
    stream.on("close", () => this.#noteClosed());
    stream.on("end", () => stream.end());
  }

  send(message: Out): void {
    if (this.#closed) return;
    if (this.#outgoing.length === 0) queueMicrotask(() => this.#flush());
    this.#outgoing.push(encodeFrame(JSON.stringify(message)));
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
    if (this.#stream.writable) this.#stream.write(frames.length === 1 ? frames[0] : Buffer.concat(frames));
  }

  /** What comes from outside may be wrong, and closes the connection; what the handlers do with it is our own affair. */
  #receive(chunk: Buffer): void {
    for (const text of this.#decode(chunk)) {
      const message = this.#check(text);
      if (message === undefined || this.#closed || this.#stream.destroyed) return;
      this.#handlers.message(message);
    }
  }

  #decode(chunk: Buffer): readonly string[] {
    try {
      return this.#decoder.push(chunk);
    } catch (error) {
      this.destroy(errnoText(error));
      return [];
    }
  }

  #check(text: string): In | undefined {
    try {
      return this.#parse(text);
    } catch (error) {
      this.destroy(errnoText(error));
      return undefined;
    }
  }

  #noteClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handlers.closed({
      ...(this.#refusal === undefined ? {} : { refusal: this.#refusal }),
      failure: this.#failure,
    });
  }
}
