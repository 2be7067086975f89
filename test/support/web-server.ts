import http from "node:http";
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { newSecret } from "../../src/web/server/secrets.ts";
import { serve, type ServeOptions, type WebServer } from "../../src/web/server/serve.ts";
import { PATIENCE } from "./until.ts";

/** The lasting token of servers in tests. */
export const TOKEN = newSecret();
export const BEARER = { authorization: `Bearer ${TOKEN}` };
/** What goes with all that is posted by a program. */
export const POSTED = { ...BEARER, "content-type": "application/json" };

const PAGE_FILES: ServeOptions["files"] = [
  file("index.html", "text/html; charset=utf-8", "<!doctype html><title>the page</title>"),
  file("page.js", "text/javascript; charset=utf-8", `// ${"script ".repeat(1000)}`),
];

/** A server whose API tells what it was asked; it ends with the test. */
export async function serving(options: Partial<ServeOptions> = {}): Promise<WebServer & { readonly port: number }> {
  const server = await serve({
    address: { kind: "tcp", host: "127.0.0.1", port: 0 },
    control: true,
    token: TOKEN,
    api: echo,
    files: PAGE_FILES,
    ...options,
  });
  onTestFinished(() => server.close());
  return { ...server, port: server.port ?? 0 };
}

/** Answers with what has been asked, as the API sees it. */
async function echo(request: Request): Promise<Response> {
  const { method, url, headers } = request;
  return Response.json({ method, url, headers: Object.fromEntries(headers), body: await request.text() });
}

export interface Heard {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly socketPath?: string;
}

/** Asks once, on a connection of its own. */
export function ask(port: number, path: string, options: AskOptions = {}): Promise<Heard> {
  const { method = "GET", headers = {}, body, socketPath } = options;
  const where = socketPath === undefined ? { host: "127.0.0.1", port } : { socketPath };
  return new Promise((resolve, reject) => {
    const asked = http.request({ ...where, path, method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece)).once("error", reject);
      response.once("end", () => {
        const whole = Buffer.concat(pieces);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, text: whole.toString() });
      });
    });
    asked.once("error", reject).end(body);
  });
}

/** Code of a problem. */
export function codeOf({ headers, text }: Heard): string {
  if (headers["content-type"] !== "application/problem+json") throw new Error(`no problem: ${text}`);
  return textIn(text, "code");
}

/** A field of a JSON object that has to be a text. */
export function textIn(text: string, name: string): string {
  const object: unknown = JSON.parse(text);
  const value = new Map(Object.entries(object ?? {})).get(name) as unknown;
  if (typeof value !== "string") throw new Error(`no ${name}: ${text}`);
  return value;
}

/** Says some bytes on a connection, and hears all that comes until the other side hangs up. */
export function say(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let heard = "";
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the server does not hang up; it said: ${heard.slice(0, 300)}`));
    }, PATIENCE);
    socket.setEncoding("latin1").on("data", (piece: string) => (heard += piece));
    // A reset is a way to hang up.
    socket
      .on("error", () => undefined)
      .once("close", () => {
        clearTimeout(timer);
        resolve(heard);
      });
  });
}

/** The status of the first answer in what was heard; 0 where there is none. */
export function statusOf(heard: string): number {
  return Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(heard)?.[1] ?? 0);
}

/** Opens a connection. It ends with the test. */
export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket));
    onTestFinished(() => void socket.destroy());
    socket.once("error", reject).on("error", () => undefined);
  });
}

/** A browser that has shown a ticket: its `Cookie` header. */
export async function enter(server: WebServer & { readonly port: number }): Promise<{ readonly cookie: string }> {
  const { headers } = await ask(server.port, server.ticket());
  const [set = ""] = headers["set-cookie"] ?? [];
  return { cookie: set.split(";")[0] ?? "" };
}

function file(name: string, type: string, text: string): ServeOptions["files"][number] {
  return { name, type, tag: `tag-of-${name}`, gzip: gzipSync(text).toString("base64") };
}
