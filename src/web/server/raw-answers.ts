import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Problem } from "../api/answers.ts";
import { SAFE_HEADERS } from "./headers.ts";
import { MOST_HEAD_BYTES } from "./limits.ts";
import { problemText } from "./refusals.ts";

type Told = Pick<Problem, "status" | "code" | "detail">;

/** How long an answer may take to be sent before its connection is broken, in milliseconds. */
const LINGER_MS = 1000;

/** What is wrong with what was no request, by the code that the parser gives it. */
export function problemOfParser(code: string | undefined): Told {
  if (code === "HPE_HEADER_OVERFLOW") {
    const detail = `a request's first line and headers have ${MOST_HEAD_BYTES} bytes at most`;
    return { status: 431, code: "headers-too-large", detail };
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return { status: 408, code: "request-too-slow", detail: "the request has taken too long to come" };
  }
  return { status: 400, code: "bad-request", detail: "this is no request that can be read" };
}

/** Says why on a connection that has no request to be answered, and hangs up. */
export function hangUp(socket: Socket, told: Told): void {
  const body = problemText(told);
  const headers = {
    ...SAFE_HEADERS,
    "Cache-Control": "no-store",
    "Content-Type": "application/problem+json",
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: "close",
    ...(told.status === 503 ? { "Retry-After": "5" } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) {
    socket.end(`HTTP/1.1 ${told.status} ${STATUS_CODES[told.status]}\r\n${lines.join("")}\r\n${body}`);
  }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.once("finish", () => socket.destroy());
}
