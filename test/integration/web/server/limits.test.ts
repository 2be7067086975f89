import { expect, test } from "vitest";
import { LONGEST_TARGET, MOST_HEAD_BYTES } from "../../../../src/web/server/limits.ts";
import { until } from "../../../support/until.ts";
import { ask, BEARER, codeOf, dial, say, serving, statusOf, TOKEN } from "../../../support/web-server.ts";

const HASTY = { headMs: 200, requestMs: 300, idleMs: 200, stalledMs: 300, checkMs: 50 };
/** As hasty, but for requests, which may have to wait until the server gets to them. */
const UNHURRIED = { ...HASTY, headMs: 5000, requestMs: 5000 };
const LET_IN = `Host: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n`;

test("huge headers, many headers and long paths are refused, and the server goes on", async () => {
  const { port } = await serving();
  const head = `GET /healthz HTTP/1.1\r\n${LET_IN}`;
  expect(statusOf(await say(port, `${head}X: ${"x".repeat(MOST_HEAD_BYTES)}\r\n\r\n`))).toBe(431);
  expect(statusOf(await say(port, `${head}${"X: y\r\n".repeat(MOST_HEAD_BYTES)}\r\n`))).toBe(431);
  expect(statusOf(await say(port, `${head}${"X".repeat(MOST_HEAD_BYTES)}: 1\r\n\r\n`))).toBe(431);
  expect(statusOf(await say(port, `GET /${"x".repeat(MOST_HEAD_BYTES)} HTTP/1.1\r\n${LET_IN}\r\n`))).toBe(431);
  const fits = await ask(port, `/runs/${"x".repeat(LONGEST_TARGET - 6)}`, { headers: BEARER });
  expect(fits.status).toBe(200);
  const long = await ask(port, `/runs/${"x".repeat(LONGEST_TARGET)}`, { headers: BEARER });
  expect([long.status, codeOf(long)]).toEqual([414, "url-too-long"]);
  expect((await ask(port, "/healthz", { headers: BEARER })).status).toBe(200);
});

test("whoever sends the head of a request too slowly, or nothing at all, is hung up on", async () => {
  const { port } = await serving({ limits: HASTY });
  expect(statusOf(await say(port, ""))).toBe(408);
  const socket = await dial(port);
  let heard = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (heard += piece));
  // A byte now and then keeps nobody in.
  const drip = setInterval(() => socket.write("X"), 20);
  socket.write("GET / HTTP/1.1\r\n");
  await new Promise((resolve) => socket.once("close", resolve));
  clearInterval(drip);
  expect(statusOf(heard)).toBe(408);
});

test("whoever sends a body too slowly is hung up on, though with the token", async () => {
  const { port, counts } = await serving({ limits: HASTY });
  const head = `POST /api/v1/runs/a/stops HTTP/1.1\r\n${LET_IN}Content-Type: application/json\r\nContent-Length: 10\r\n\r\n`;
  expect(await say(port, `${head}{`)).not.toContain(" 200 ");
  await until(
    () => counts().open === 0,
    () => "the connection is closed",
  );
});

test("a connection on which nobody asks for more is closed", async () => {
  const { port } = await serving({ limits: UNHURRIED });
  expect(statusOf(await say(port, `GET /healthz HTTP/1.1\r\n${LET_IN}\r\n`))).toBe(200);
});

test("a reader of events who stops to read is hung up on, and nothing is gathered for it", async () => {
  let made = 0;
  let isCancelled = false;
  const { port } = await serving({
    limits: UNHURRIED,
    api: () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            made++;
            controller.enqueue(Buffer.alloc(64 * 1024, "data: x\n"));
          },
          cancel: () => void (isCancelled = true),
        }),
        { headers: { "Content-Type": "text/event-stream" } },
      ),
  });
  const socket = await dial(port);
  socket.pause();
  socket.write(`GET /api/v1/e HTTP/1.1\r\n${LET_IN}\r\n`);
  await until(
    () => isCancelled,
    () => `the stream is cancelled; ${made} pieces were made`,
  );
  // The kernel has room for a few megabytes; a stream that nobody holds back would have made thousands.
  expect(made).toBeLessThan(400);
});

test("a reader of a large answer who stops to read is hung up on", async () => {
  const { port, counts } = await serving({
    limits: UNHURRIED,
    api: () =>
      new Response(Buffer.alloc(64 * 1024 * 1024), { headers: { "Content-Type": "application/octet-stream" } }),
  });
  const socket = await dial(port);
  socket.pause();
  socket.write(`GET /api/v1/e HTTP/1.1\r\n${LET_IN}\r\n`);
  await until(
    () => counts().answered === 1,
    () => "the request is there",
  );
  await until(
    () => counts().open === 0,
    () => "the connection is closed",
  );
  expect(socket.bytesRead).toBeLessThan(1024 * 1024);
});

test("a slow reader who goes on gets all of it", async () => {
  const bytes = 8 * 1024 * 1024;
  const { port } = await serving({
    limits: { ...UNHURRIED, stalledMs: 2000 },
    api: () => new Response(Buffer.alloc(bytes, "x"), { headers: { "Content-Type": "application/octet-stream" } }),
  });
  const socket = await dial(port);
  let heard = 0;
  socket.on("data", (piece: Buffer) => {
    heard += piece.length;
    socket.pause();
    // In all, 128 pieces take longer than a reader may stop.
    setTimeout(() => socket.resume(), 20);
  });
  socket.write(`GET /api/v1/e HTTP/1.1\r\n${LET_IN}Connection: close\r\n\r\n`);
  await new Promise((resolve) => socket.once("close", resolve));
  expect(heard).toBeGreaterThan(bytes);
});

test("a thousand strangers push out each other, and nobody who has been let in", async () => {
  const { port, counts } = await serving({ limits: { connections: 100 } });
  const known = await dial(port);
  let heard = "";
  known.setEncoding("latin1").on("data", (piece: string) => (heard += piece));
  const asked = `GET /healthz HTTP/1.1\r\n${LET_IN}\r\n`;
  known.write(asked);
  await until(
    () => heard.includes("/healthz"),
    () => "the first answer",
  );
  const told = { full: 0 };
  for (let i = 0; i < 1000; i++) {
    const socket = await dial(port);
    socket.setEncoding("latin1").once("data", (piece: string) => (told.full += Number(statusOf(piece) === 503)));
  }
  await until(
    () => counts().crowdedOut >= 900,
    () => `${counts().crowdedOut} were pushed out`,
  );
  expect(counts().open).toBeLessThanOrEqual(100);
  await until(
    () => told.full > 0,
    () => "one is told why",
  );
  expect((await ask(port, "/healthz", { headers: BEARER })).status).toBe(200);
  heard = "";
  known.write(asked);
  await until(
    () => heard.includes("/healthz"),
    () => "the answer to who was there before",
  );
});

test("when all places are taken by those who were let in, others are told so", async () => {
  const { port } = await serving({ limits: { connections: 4 } });
  for (let i = 0; i < 4; i++) {
    const socket = await dial(port);
    const answered = new Promise((resolve) => socket.once("data", resolve));
    socket.write(`GET /healthz HTTP/1.1\r\n${LET_IN}\r\n`);
    await answered;
  }
  const heard = await say(port, "");
  expect([statusOf(heard), heard.includes("Retry-After: "), heard.includes("too-many-connections")]).toEqual([
    503,
    true,
    true,
  ]);
});

test("garbage behind a good request takes nothing of its answer away and adds nothing to it", async () => {
  const { port } = await serving();
  const heard = await say(port, `GET /healthz HTTP/1.1\r\n${LET_IN}\r\n\0\0garbage\r\n\r\n`);
  expect([...heard.matchAll(/HTTP\/1\.1 ([0-9]+)/g)].map(([, status]) => status)).not.toContain("500");
  expect((await ask(port, "/healthz", { headers: BEARER })).status).toBe(200);
});

test("closing hangs up on those who listen, and lets the port go", async () => {
  const server = await serving({
    api: () => new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }),
  });
  const heard = say(server.port, `GET /api/v1/e HTTP/1.1\r\n${LET_IN}\r\n`);
  const idle = say(server.port, "");
  await until(
    () => server.counts().answered === 1 && server.counts().open === 2,
    () => "both are there",
  );
  await server.close();
  expect([statusOf(await heard), await idle]).toEqual([200, ""]);
  const next = await serving({ address: { kind: "tcp", host: "127.0.0.1", port: server.port } });
  expect(next.port).toBe(server.port);
});
