import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { SAFE_HEADERS } from "../../../../src/web/server/headers.ts";
import { ask, BEARER, codeOf, dial, say, serving, statusOf, TOKEN } from "../../../support/web-server.ts";

test("every answer forbids what a page of ours does not do", async () => {
  const { port, ticket } = await serving({
    api: (request) =>
      new Response("x", {
        status: request.url.endsWith("404") ? 404 : 200,
        headers: { "Content-Security-Policy": "default-src *", "X-Frame-Options": "ALLOWALL" },
      }),
  });
  const safe = Object.fromEntries(Object.entries(SAFE_HEADERS).map(([name, value]) => [name.toLowerCase(), value]));
  const heard = [
    await ask(port, "/"),
    await ask(port, ticket()),
    await ask(port, "/", { headers: { host: "evil.example" } }),
    ...(await Promise.all(
      ["/", "/page.js", "/api/v1/runs", "/api/v1/404", "/nowhere", "/.."].map((path) =>
        ask(port, path, { headers: BEARER }),
      ),
    )),
  ];
  for (const { headers } of heard) expect(headers).toMatchObject(safe);
  for (const bytes of [
    "garbage\r\n\r\n",
    `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: evil.example\r\nExpect: something\r\n\r\n",
  ]) {
    const raw = await say(port, bytes);
    for (const [name, value] of Object.entries(SAFE_HEADERS)) expect(raw).toContain(`${name}: ${value}\r\n`);
  }
});

test("the policy lets a page take scripts, styles, pictures and data from here, and nothing else from anywhere", () => {
  const policy = SAFE_HEADERS["Content-Security-Policy"] ?? "";
  expect(policy.split("; ").toSorted()).toEqual([
    "base-uri 'none'",
    "connect-src 'self'",
    "default-src 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "img-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
  ]);
});

test("a file of the page is sent compressed, plain, or not at all where the browser has it", async () => {
  const { port } = await serving();
  const zipped = await ask(port, "/page.js", { headers: { ...BEARER, "accept-encoding": "gzip, br" } });
  expect(zipped.headers).toMatchObject({
    "content-encoding": "gzip",
    "cache-control": "private, no-cache",
    vary: "Accept-Encoding",
  });
  const plain = await ask(port, "/page.js", { headers: BEARER });
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(gunzipSync(zipped.body)).toEqual(plain.body);
  const refused = await ask(port, "/page.js", { headers: { ...BEARER, "accept-encoding": "gzip;q=0" } });
  expect(refused.body).toEqual(plain.body);
  const { etag = "" } = plain.headers;
  for (const known of [etag, `"other", ${etag}`, etag.replace("W/", ""), "*"]) {
    const heard = await ask(port, "/page.js", { headers: { ...BEARER, "if-none-match": known } });
    expect([heard.status, heard.body.length, heard.headers.etag]).toEqual([304, 0, etag]);
  }
  expect((await ask(port, "/page.js", { headers: { ...BEARER, "if-none-match": '"other"' } })).status).toBe(200);
});

test("a browser without a ticket learns no tag of a file", async () => {
  const { port } = await serving();
  expect((await ask(port, "/page.js", { headers: { "if-none-match": "*" } })).status).toBe(401);
});

test("answers of the API are compressed from a kilobyte on, and kept by nobody", async () => {
  const { port } = await serving({
    api: (request) => Response.json("x".repeat(request.url.endsWith("long") ? 5000 : 10)),
  });
  const headers = { ...BEARER, "accept-encoding": "gzip" };
  const long = await ask(port, "/api/v1/long", { headers });
  expect(long.headers).toMatchObject({
    "content-encoding": "gzip",
    "cache-control": "no-store",
    vary: "Accept-Encoding",
  });
  expect(gunzipSync(long.body).length).toBe(5002);
  expect(long.headers["content-length"]).toBe(String(long.body.length));
  const short = await ask(port, "/api/v1/short", { headers });
  expect(short.headers["content-encoding"]).toBeUndefined();
  expect((await ask(port, "/api/v1/long", { headers: BEARER })).body.length).toBe(5002);
});

test("what can be asked for in parts is sent as it is", async () => {
  const { port } = await serving({
    api: () => new Response("x".repeat(5000), { headers: { "Content-Type": "text/plain", "Accept-Ranges": "bytes" } }),
  });
  const answer = await ask(port, "/api/v1/long", { headers: { ...BEARER, "accept-encoding": "gzip" } });
  expect([answer.headers["content-encoding"], answer.body.length]).toEqual([undefined, 5000]);
});

test("events come as they are made, never compressed, and their maker hears that their reader has gone", async () => {
  let tell: (text: string) => void = () => undefined;
  let cancelled = (): void => undefined;
  const gone = new Promise<void>((resolve) => (cancelled = resolve));
  const { port } = await serving({
    api: () =>
      new Response(
        new ReadableStream<Uint8Array>({
          start: (controller) => void (tell = (text) => controller.enqueue(Buffer.from(text))),
          cancel: () => cancelled(),
        }),
        { headers: { "Content-Type": "text/event-stream" } },
      ),
  });
  const socket = await dial(port);
  let heard = "";
  const hears = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => void (heard.includes(text) && (socket.off("data", look), resolve()));
      socket.on("data", look);
      look();
    });
  socket.setEncoding("latin1").on("data", (piece: string) => (heard += piece));
  socket.write(
    `GET /api/v1/e HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nAccept-Encoding: gzip\r\n\r\n`,
  );
  await hears("\r\n\r\n");
  tell("data: 1\n\n");
  await hears("data: 1\n\n");
  tell("data: 2\n\n");
  await hears("data: 2\n\n");
  expect(heard).not.toContain("Content-Encoding");
  socket.destroy();
  await gone;
});

test("HEAD is answered like GET without its body, and a stream that it opens is closed", async () => {
  let cancelled = 0;
  const { port } = await serving({
    api: ({ method, url }) =>
      url.endsWith("events")
        ? new Response(new ReadableStream({ cancel: () => void cancelled++ }), {
            headers: { "Content-Type": "text/event-stream" },
          })
        : Response.json({ method }),
  });
  const [head, get] = [
    await ask(port, "/api/v1/runs", { method: "HEAD", headers: BEARER }),
    await ask(port, "/api/v1/runs", { headers: BEARER }),
  ];
  expect([head.status, head.text]).toEqual([200, ""]);
  expect(head.headers["content-length"]).toBe(get.headers["content-length"]);
  expect(JSON.parse(get.text)).toEqual({ method: "GET" });
  expect((await ask(port, "/api/v1/events", { method: "HEAD", headers: BEARER })).status).toBe(200);
  expect(cancelled).toBe(1);
  expect((await ask(port, "/", { method: "HEAD", headers: BEARER })).text).toBe("");
});

test("an error of the API is told as one of ours, and what it was stays here", async () => {
  const failures: unknown[] = [];
  const { port } = await serving({
    api: () => {
      throw new Error(`secret ${TOKEN}`);
    },
    failed: (error) => void failures.push(error),
  });
  const heard = await ask(port, "/api/v1/runs", { headers: BEARER });
  expect([heard.status, codeOf(heard), heard.text.includes("secret")]).toEqual([500, "internal-error", false]);
  expect(failures).toHaveLength(1);
});

test("half an answer does not look like a whole one", async () => {
  const { port } = await serving({
    api: () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            controller.enqueue(Buffer.from("half"));
            controller.error(new Error("the disk has gone"));
          },
        }),
        { headers: { "Content-Type": "application/octet-stream" } },
      ),
  });
  await expect(ask(port, "/api/v1/runs", { headers: BEARER })).rejects.toThrow("aborted");
});

test("a problem says what is wrong as RFC 9457 has it", async () => {
  const { port } = await serving();
  const heard = await ask(port, "/nowhere", { headers: BEARER });
  expect(JSON.parse(heard.text)).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: "there is nothing of this name here",
    code: "path-unknown",
  });
});

/** What a path leads to for somebody who has been let in: 200 is index.html, or the API. */
test.each([
  ["/", 200],
  ["/runs", 200],
  ["/runs/", 200],
  ["/runs/Tasks-1.b/tasks/17", 200],
  ["/runs/a/tasks?q=../../etc/passwd", 200],
  ["/index.html", 404],
  ["/etc/passwd", 404],
  ["/page.js/", 404],
  ["/PAGE.JS", 404],
  ["/package.json", 404],
  ["/constructor", 404],
  ["/__proto__", 404],
  ["/..", 400],
  ["/../../etc/passwd", 400],
  ["/runs/../../../etc/passwd", 400],
  ["/runs/..", 400],
  ["/runs/.", 400],
  ["/%2e%2e/%2e%2e/etc/passwd", 400],
  ["/runs/%2E%2e/x", 400],
  ["/runs/.%2e/x", 400],
  ["/runs/..%2f..%2fetc", 400],
  ["/runs/%2fetc%2fpasswd", 400],
  ["/runs/%5c..%5cetc", 400],
  ["/runs/..\\..\\etc", 400],
  ["/runs\\a", 400],
  ["//etc/passwd", 400],
  ["//evil.example/", 400],
  ["/runs//a", 400],
  ["/%00", 400],
  ["/page.js%00.html", 400],
  ["/runs/%0d%0aSet-Cookie:%20a=b", 400],
  ["/runs/%1b%5d0;x", 400],
  ["/runs/%c0%ae%c0%ae/x", 400],
  ["/runs/%", 400],
  ["/runs/%zz", 400],
  ["/runs/%u002e", 400],
  ["*", 400],
  ["runs", 400],
  ["file:///etc/passwd", 400],
])("the path %s is answered with %i, and with no file of the disk", async (path, status) => {
  const { port } = await serving();
  const heard = await say(
    port,
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
  );
  expect([statusOf(heard), heard.includes("root:")]).toEqual([status, false]);
});
