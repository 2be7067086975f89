import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { makePage } from "../../scripts/build/page.mjs";
import { changeBetween } from "../../src/domain/view-changes.ts";
import type { RunEvents } from "../../src/web/api/answers.ts";
import { answerOf, FixtureProblem, outputOf, runDocument, runList } from "./web-fixture/fake-answers.ts";
import { type FakeRun, fakeRuns, viewOf } from "./web-fixture/fake-runs.ts";

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-ancestors 'none'";

/** A server of the page that answers from runs which never were. */
export interface WebFixture {
  /** Without a slash at its end. */
  readonly url: string;
  readonly runs: readonly FakeRun[];
  /** All that was asked: `GET /api/v1/runs`, and of posts what they said. */
  readonly requests: readonly string[];
  /** Tells what listens to a run how it stands now. */
  tell(id: string): void;
  /** Tells of an event of its own. */
  send<Name extends keyof RunEvents>(id: string, name: Name, data: RunEvents[Name]): void;
  /** Cuts all streams; while `isDown`, nothing is answered. */
  cut(isDown: boolean): void;
  close(): Promise<void>;
}

export interface FixtureOptions {
  /** Ids of runs in `fake-runs.ts`; all of them when missing. */
  readonly runs?: readonly string[] | undefined;
  readonly control?: boolean | undefined;
  /** Milliseconds after which the live runs are a bit further, again and again; without it they stand still. */
  readonly every?: number | undefined;
}

interface Stream {
  readonly run: FakeRun;
  readonly response: ServerResponse;
  told: ReturnType<typeof viewOf>;
}

/** Serves the page that is built of src/page now, on a port of its own of the loopback. */
export async function webFixture({ runs: ids, control = true, every }: FixtureOptions = {}): Promise<WebFixture> {
  const { files } = await makePage();
  const runs = fakeRuns(ids);
  const streams = new Set<Stream>();
  const requests: string[] = [];
  let isDown = false;
  let sequence = 0;

  const emit = (stream: Stream, name: string, data: unknown): void => {
    stream.response.write(`id: 1-${++sequence}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const tell = (id: string): void => {
    for (const stream of streams) {
      if (stream.run.id !== id) continue;
      const view = viewOf(stream.run);
      const change = changeBetween(stream.told, view);
      stream.told = view;
      if (change !== undefined) emit(stream, "delta", change);
      if (view.phase === "ended") emit(stream, "end", { view });
    }
  };
  const open = (run: FakeRun, response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const stream: Stream = { run, response, told: viewOf(run) };
    streams.add(stream);
    response.on("close", () => streams.delete(stream));
    emit(stream, "snapshot", { view: stream.told, link: run.link });
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fixture");
    const body = request.method === "POST" ? await textOf(request) : "";
    requests.push(`${request.method} ${request.url}${body === "" ? "" : ` ${body}`}`);
    if (isDown) {
      response.destroy();
      return;
    }
    if (!pathname.startsWith("/api/")) {
      sendFile(files, pathname, response);
      return;
    }
    const [, , , , id, ...parts] = pathname.split("/");
    const run = runs.find((each) => each.id === id);
    if (id === undefined) return sendJson(response, runList(runs));
    if (run === undefined) throw new FixtureProblem(404, "run-unknown", `there is no run ${id} here`);
    if (parts.length === 0) return sendJson(response, runDocument(run, control));
    if (parts[0] === "events") return open(run, response);
    if (parts[0] === "stops") return sendJson(response, stopped(body, control));
    if (parts[2] === "output") return sendOutput(request, response, parts[3] ?? "stdout");
    sendJson(response, answerOf(run, parts, searchParams));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const { problem } = error instanceof FixtureProblem ? error : new FixtureProblem(500, "bug", String(error));
      sendJson(response, problem, problem.status);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fixture has no port");

  const advance = (): void => {
    for (const run of runs) {
      const { scale } = run;
      if (run.link.state !== "live" || scale.total === 0) continue;
      run.scale = { ...scale, done: Math.min(scale.total, scale.done + Math.ceil(scale.total / 1000)) };
      tell(run.id);
    }
  };
  const timer = every === undefined ? undefined : setInterval(advance, every);

  return {
    url: `http://127.0.0.1:${address.port}`,
    runs,
    requests,
    tell,
    send: (id, name, data) => {
      for (const stream of streams) if (stream.run.id === id) emit(stream, name, data);
    },
    cut: (down) => {
      isDown = down;
      if (down) for (const { response } of streams) response.destroy();
    },
    close: async () => {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Files = Awaited<ReturnType<typeof makePage>>["files"];

function sendFile(files: Files, pathname: string, response: ServerResponse): void {
  const last = pathname.slice(1);
  const file =
    files.find(({ name }) => name === last) ?? files.find(({ name }) => name === "index.html" && !/\.\w+$/.test(last));
  if (file === undefined) {
    response.writeHead(last === "favicon.ico" ? 204 : 404).end();
    return;
  }
  response.writeHead(200, {
    "content-type": file.type,
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.end(gunzipSync(Buffer.from(file.gzip, "base64")));
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  const type = status === 200 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(JSON.stringify(body));
}

function sendOutput({ headers }: IncomingMessage, response: ServerResponse, stream: string): void {
  const bytes = outputOf(stream);
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const type = { "content-type": "text/plain; charset=utf-8" };
  if (first === "" && last === "") {
    response.writeHead(200, type).end(bytes);
    return;
  }
  const from = first === "" ? Math.max(0, bytes.length - Number(last)) : Number(first);
  const to = first === "" || last === "" ? bytes.length : Math.min(bytes.length, Number(last) + 1);
  response
    .writeHead(206, { ...type, "content-range": `bytes ${from}-${to - 1}/${bytes.length}` })
    .end(bytes.subarray(from, to));
}

function stopped(body: string, control: boolean): { readonly done: string } {
  if (!control) throw new FixtureProblem(403, "only-looks", "this server only looks; start it with --web-control");
  return { done: `done as asked: ${body}` };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
