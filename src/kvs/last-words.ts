import type { Socket } from "node:net";

/** Whoever has closed without being read has sent no more than the system keeps for it. */
const MOST_BYTES = 64 * 1024;
/** Milliseconds that a caller has to come to its end. */
const PATIENCE_MS = 1_000;

/**
 * Whether a caller that is turned away had sent anything before it closed its connection. What that is nobody looks at: it is
 * read and dropped. Who has reset the connection, as port scanners do, has given up what it had sent.
 */
export async function hadSentAnything(socket: Socket): Promise<boolean> {
  // Node reads the end of a connection that was reset as that of any other; only writing tells them apart.
  socket.allowHalfOpen = true;
  return (await readsAnything(socket)) && (await isWritable(socket));
}

function readsAnything(socket: Socket): Promise<boolean> {
  if (socket.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    let bytes = 0;
    const answer = (isAnything: boolean): void => {
      clearTimeout(timer);
      resolve(isAnything);
    };
    const timer = setTimeout(() => answer(bytes > 0), PATIENCE_MS);
    socket.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MOST_BYTES) answer(true);
    });
    socket.on("end", () => answer(bytes > 0));
    for (const broken of ["error", "close"]) socket.on(broken, () => answer(false));
    socket.resume();
  });
}

/** Whether the connection takes a byte; one that was reset takes none. */
function isWritable(socket: Socket): Promise<boolean> {
  if (socket.destroyed) return Promise.resolve(false);
  return new Promise((resolve) => {
    socket.on("close", () => resolve(false));
    socket.write("\0", (error) => resolve(error === undefined || error === null));
  });
}
