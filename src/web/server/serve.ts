import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { bodyOf, requestOf, sendResponse } from "./adapter.ts";
import { compressed } from "./compressed.ts";
import { Connections } from "./connections.ts";
import { cookieFor, cookieName } from "./cookies.ts";
import { type Asked, judge, type Keys, type Verdict } from "./gate.ts";
import { SAFE_HEADERS } from "./headers.ts";
import { LIMITS, MOST_BODY_BYTES, MOST_HEAD_BYTES, type ServerLimits } from "./limits.ts";
import { listenAt } from "./listen.ts";
import { type PageFiles, ServedFiles } from "./served-files.ts";
import { hangUp, problemOfParser } from "./raw-answers.ts";
import { problem, refusalResponse } from "./refusals.ts";
import { CHALLENGE_HEADER, isChallenge, isSame, PROOF_HEADER, proofOf } from "./secrets.ts";
import { Sessions } from "./sessions.ts";
import { Tickets } from "./tickets.ts";
import type { WebAddress } from "./web-address.ts";

export interface ServeOptions {
  readonly address: WebAddress;
  /** Whether something may be posted: what stops tasks, engines and runs. */
  readonly control: boolean;
  /** Lets programs in for as long as it serves: 43 characters of base64url. */
  readonly token: string;
  /** Answers whoever has been let in. */
  readonly api: (request: Request) => Response | Promise<Response>;
  readonly files: PageFiles;
  readonly limits?: Partial<ServerLimits>;
  /** Milliseconds, of a clock that nobody sets. */
  readonly now?: () => number;
  /** Told of what `api` throws, which is a bug. */
  readonly failed?: (error: unknown) => void;
}

/** What has been asked for, in numbers: nothing is logged that lets anybody in. */
interface AccessCounts {
  readonly answered: number;
  /** By the code of the refusal. */
  readonly refused: ReadonlyMap<string, number>;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that got no answer, since there were too many. */
  readonly crowdedOut: number;
}

export interface WebServer {
  /** Undefined for a socket. */
  readonly port: number | undefined;
  /** A path with a fresh ticket in it, which lets one browser in. */
  readonly ticket: () => string;
  readonly counts: () => AccessCounts;
  /** Hangs up on everybody. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the page and the API to whoever has a ticket or the token, on this machine alone.
 *
 * @throws UserError `web-port-in-use`, `web-address-not-here`.
 */
export async function serve(options: ServeOptions): Promise<WebServer> {
  const { address, token, now = () => performance.now() } = options;
  const limits = { ...LIMITS, ...options.limits };
  const [tickets, sessions] = [new Tickets(now), new Sessions(token, Date.now)];
  const connections = new Connections(limits.connections, (socket) => {
    hangUp(socket, { status: 503, code: "too-many-connections", detail: "too many connections are open: try again" });
  });
  const counts = { answered: 0, refused: new Map<string, number>() };
  /** Connections on which an answer is being sent. */
  const busy = new WeakMap<Socket, number>();
  const server = createServer({
    maxHeaderSize: MOST_HEAD_BYTES,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.checkMs,
    // One without is refused as any foreign name is, with the same headers.
    requireHostHeader: false,
  });
  const files = new ServedFiles(options.files);
  let keys: Keys;

  /** @param waits whether the caller waits for leave to send a body. */
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse, waits: boolean): Promise<void> => {
    const { socket } = incoming;
    if (!connections.has(socket)) return void socket.destroy();
    busy.set(socket, (busy.get(socket) ?? 0) + 1);
    for (const [name, value] of Object.entries(SAFE_HEADERS)) outgoing.setHeader(name, value);
    const verdict = judge(askedBy(incoming), keys, { control: options.control, hasFile: (name) => files.has(name) });
    if (verdict.kind === "refused") counts.refused.set(verdict.code, (counts.refused.get(verdict.code) ?? 0) + 1);
    else counts.answered++;
    const isKnown = verdict.kind !== "refused" || verdict.isKnown;
    if (isKnown) connections.letIn(socket);
    const hasBody = incoming.method === "POST" || incoming.headers["transfer-encoding"] !== undefined;
    const takesBody = verdict.kind === "serve" && incoming.method === "POST";
    // A body that nobody takes must not become the next request.
    if (!isKnown || ((hasBody || waits) && !takesBody)) outgoing.setHeader("Connection", "close");
    const isTooLarge = Number(incoming.headers["content-length"] ?? 0) > MOST_BODY_BYTES;
    if (waits && takesBody && !isTooLarge) outgoing.writeContinue();
    const gone = new AbortController();
    outgoing.once("close", () => {
      busy.set(socket, (busy.get(socket) ?? 1) - 1);
      gone.abort();
    });
    const response = await responseTo(verdict, incoming, outgoing, gone.signal);
    if (response === undefined) return;
    const accepted = header(incoming, "accept-encoding");
    const isFile = verdict.kind === "serve" && (verdict.place.kind === "page" || verdict.place.kind === "file");
    await sendResponse(isFile ? response : await compressed(response, accepted), outgoing, limits.stalledMs);
  };

  const responseTo = async (
    verdict: Verdict,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    signal: AbortSignal,
  ): Promise<Response | undefined> => {
    if (verdict.kind === "refused") {
      const response = refusalResponse(verdict);
      const challenge = header(incoming, CHALLENGE_HEADER);
      if (verdict.status === 401 && challenge !== undefined && isChallenge(challenge)) {
        response.headers.set(PROOF_HEADER, proofOf(token, challenge));
      }
      return response;
    }
    if (verdict.kind === "enter") {
      const headers = new Headers({ Location: verdict.path, "Cache-Control": "no-store" });
      if (verdict.isNew) headers.set("Set-Cookie", cookieFor(keys.cookie, sessions.open()));
      return new Response(null, { status: 303, headers });
    }
    const { place } = verdict;
    if (place.kind === "page" || place.kind === "file") {
      const name = place.kind === "page" ? "index.html" : place.name;
      const file = files.answer(name, header(incoming, "accept-encoding"), header(incoming, "if-none-match"));
      return file ?? problem({ status: 404, code: "path-unknown", detail: "this program was built without its page" });
    }
    let body: Buffer<ArrayBuffer> | undefined;
    if (incoming.method === "POST") {
      try {
        body = await bodyOf(incoming);
      } catch {
        outgoing.destroy();
        return undefined;
      }
      if (body === undefined) {
        outgoing.setHeader("Connection", "close");
        return problem({ status: 413, code: "body-too-long", detail: `at most ${MOST_BODY_BYTES} bytes are posted` });
      }
    }
    if (place.kind === "tickets") {
      const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
      return new Response(`${JSON.stringify({ path: freshPath() })}\n`, { status: 201, headers });
    }
    try {
      const response = await options.api(requestOf(incoming, body, signal));
      if (!response.headers.has("Cache-Control")) response.headers.set("Cache-Control", "no-store");
      for (const name of Object.keys(SAFE_HEADERS)) response.headers.delete(name);
      return response;
    } catch (error) {
      if (signal.aborted) return undefined;
      options.failed?.(error);
      return problem({ status: 500, code: "internal-error", detail: "this is an error of disbatch itself" });
    }
  };

  const freshPath = (): string => `/?ticket=${tickets.make()}`;

  server.on("connection", (socket) => connections.add(socket));
  const begin = (incoming: IncomingMessage, outgoing: ServerResponse, waits: boolean): void => {
    answer(incoming, outgoing, waits).catch((error: unknown) => {
      outgoing.destroy();
      options.failed?.(error);
    });
  };
  server.on("request", (incoming, outgoing) => begin(incoming, outgoing, false));
  // Whoever waits for leave to send a body has it only after the request has been judged.
  server.on("checkContinue", (incoming: IncomingMessage, outgoing: ServerResponse) => begin(incoming, outgoing, true));
  // There is no such expectation here; by itself the server would answer without a look at Host.
  server.on("checkExpectation", (incoming: IncomingMessage, outgoing: ServerResponse) =>
    begin(incoming, outgoing, false),
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const told = problemOfParser(error.code);
    counts.refused.set(told.code, (counts.refused.get(told.code) ?? 0) + 1);
    // Two answers must not become one.
    if ((busy.get(socket) ?? 0) > 0 || !socket.writable) socket.destroy();
    else hangUp(socket, told);
  });
  const port = await listenAt(server, address);
  keys = {
    isToken: (text) => isSame(text, token),
    isSession: (text) => sessions.has(text),
    takeTicket: (text) => tickets.take(text),
    cookie: cookieName(address.kind === "unix" ? address.path : (port ?? address.port)),
  };
  // The system says so when it has no descriptors left. Whoever calls then tries again.
  server.on("error", () => undefined);
  return {
    port,
    ticket: freshPath,
    counts: () => ({
      answered: counts.answered,
      refused: new Map(counts.refused),
      open: connections.size,
      crowdedOut: connections.refused,
    }),
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      connections.closeAll();
      await closed;
    },
  };
}

function askedBy(incoming: IncomingMessage): Asked {
  const { rawHeaders } = incoming;
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === "host");
  return {
    method: incoming.method ?? "",
    target: incoming.url ?? "",
    hosts,
    header: (name) => header(incoming, name),
  };
}

function header(incoming: IncomingMessage, name: string): string | undefined {
  const value = incoming.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
