import { finished, type Readable } from "node:stream";

/** Resolves when nothing more comes out of a stream, because it has been read to its end or is closed. */
export function endOf(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    finished(stream, { writable: false }, () => resolve());
  });
}

/** Reads a stream to its end when nobody else does: what nobody wants is not to be waited for. */
export function drainUnread(stream: Readable): void {
  if (stream.readableFlowing === null && stream.listenerCount("readable") === 0) stream.resume();
}
