/**
 * Between node:http and the `Request` and `Response` of the API. It is our own, not @hono/node-server: that one answers to any
 * Host, waits for ever for a reader who has stopped reading, and replaces the global classes.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { MOST_BODY_BYTES } from "./limits.ts";

/** Bytes that are written at once, so that a slow reader is seen to go on. */
const PIECE = 64 * 1024;

/** Headers that speak of the connection, not of what is asked for. */
const OF_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "expect", "te", "trailer"]);

/**
 * The same request for the API. Nothing in it lets anybody in anywhere: secrets stay here.
 *
 * @param signal tells that nobody waits for the answer any more.
 */
export function requestOf(
  incoming: IncomingMessage,
  body: Buffer<ArrayBuffer> | undefined,
  signal: AbortSignal,
): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value === undefined || OF_CONNECTION.has(name) || name === "cookie" || name === "authorization") continue;
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one);
  }
  // What answers to HEAD answers to GET, and its body is not sent.
  const method = incoming.method === "POST" ? "POST" : "GET";
  const url = `http://${incoming.headers.host ?? "localhost"}${incoming.url ?? "/"}`;
  return new Request(url, { method, headers, signal, ...(body === undefined ? {} : { body }) });
}

/** All that was posted; undefined when it is more than is taken. @throws Error when the caller goes away before its end. */
export async function bodyOf(incoming: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  if (Number(incoming.headers["content-length"] ?? 0) > MOST_BODY_BYTES) return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * Sends an answer as fast as its reader takes it, and no faster: what is not taken is not asked for. A reader who takes nothing
 * for too long is hung up on.
 *
 * @param stalledMs how long that is.
 */
export async function sendResponse(response: Response, to: ServerResponse, stalledMs: number): Promise<void> {
  for (const [name, value] of response.headers) to.setHeader(name, value);
  to.statusCode = response.status;
  const { body } = response;
  if (body === null || to.req.method === "HEAD") {
    await body?.cancel();
    return await finish(to, stalledMs);
  }
  const reader = body.getReader();
  const gone = (): void => void reader.cancel().catch(() => undefined);
  to.once("close", gone);
  try {
    // Who reads events has to know at once that they come.
    if (!to.hasHeader("Content-Length")) to.flushHeaders();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || to.destroyed) break;
      for (let at = 0; at < value.length && !to.destroyed; at += PIECE) {
        if (!to.write(value.subarray(at, at + PIECE))) await taken(to, "drain", stalledMs);
      }
    }
  } catch {
    // The half of an answer must not look like a whole one.
    to.destroy();
  } finally {
    to.off("close", gone);
  }
  if (to.destroyed) return gone();
  await finish(to, stalledMs);
}

/** Ends an answer, and waits until its reader has it. */
async function finish(to: ServerResponse, stalledMs: number): Promise<void> {
  const finished = taken(to, "finish", stalledMs);
  to.end();
  await finished;
}

/** Waits for an event of an answer, or for its end; ends it after too long a time. */
function taken(to: ServerResponse, event: "drain" | "finish", stalledMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (to.destroyed) return resolve();
    const timer = setTimeout(() => to.socket?.destroy(), stalledMs).unref();
    const done = (): void => {
      clearTimeout(timer);
      to.off(event, done).off("close", done);
      resolve();
    };
    to.once(event, done).once("close", done);
  });
}
