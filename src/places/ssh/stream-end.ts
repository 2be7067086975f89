import { finished, type Readable } from "node:stream";

/** Resolves when nothing more comes out of a stream, because it has been read to its end or is closed. */
export function streamEnd(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    finished(stream, { writable: false }, () => resolve());
  });
}

/**
 * Reads a stream to its end when nobody else does: what nobody wants is not to be waited for. Whoever is just being handed
 * the stream has until the next turn of the event loop to begin.
 */
export function drainUnread(stream: Readable): void {
  setImmediate(() => {
    if (stream.readableFlowing === null && stream.listenerCount("readable") === 0) stream.resume();
  });
}
