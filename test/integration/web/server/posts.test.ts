import { expect, test } from "vitest";
import { MOST_BODY_BYTES } from "../../../../src/web/server/limits.ts";
import { ask, BEARER, codeOf, enter, POSTED, say, serving, statusOf, TOKEN } from "../../../support/web-server.ts";

const STOPS = "/api/v1/runs/a/stops";
const JSON_TYPE = { "content-type": "application/json" };

test("a browser posts JSON from our own page", async () => {
  const server = await serving();
  const origin = `http://127.0.0.1:${server.port}`;
  const headers = { ...(await enter(server)), ...JSON_TYPE, origin, "sec-fetch-site": "same-origin" };
  const heard = await ask(server.port, STOPS, { method: "POST", headers, body: '{"task":1}' });
  expect(heard.status).toBe(200);
  expect(JSON.parse(heard.text)).toMatchObject({ method: "POST", body: '{"task":1}' });
});

test("the origin goes with the host that the browser sees, whatever ssh -L makes of the port", async () => {
  const server = await serving();
  const cookie = await enter(server);
  const post = async (host: string, origin: string): Promise<number> =>
    (await ask(server.port, STOPS, { method: "POST", headers: { ...cookie, ...JSON_TYPE, host, origin }, body: "{}" }))
      .status;
  expect(await post("localhost:9000", "http://localhost:9000")).toBe(200);
  expect(await post("[::1]:9000", "http://[::1]:9000")).toBe(200);
  expect(await post("LocalHost:9000", "http://localhost:9000")).toBe(200);
  expect(await post("localhost:9000", "http://localhost:9001")).toBe(403);
  expect(await post("localhost:9000", "http://127.0.0.1:9000")).toBe(403);
  expect(await post("localhost:9000", "https://localhost:9000")).toBe(403);
});

test.each([
  ["another site", { origin: "http://evil.example" }],
  ["a name that begins like ours", { origin: "http://127.0.0.1:PORT.evil.example" }],
  ["a name with ours in it", { origin: "http://evil.example/http://127.0.0.1:PORT" }],
  ["another port of this machine", { origin: "http://127.0.0.1:1" }],
  ["a page in a sandbox", { origin: "null" }],
  ["a page whose browser says so", { origin: "http://127.0.0.1:PORT", "sec-fetch-site": "cross-site" }],
  ["a server of the same machine", { origin: "http://127.0.0.1:PORT", "sec-fetch-site": "same-site" }],
  ["nobody says who", {}],
])("%s posts nothing with our cookie", async (_, told: Record<string, string>) => {
  let asked = 0;
  const server = await serving({ api: () => new Response(String(++asked)) });
  const ours = Object.entries(told).map(([name, value]) => [name, value.replace("PORT", String(server.port))] as const);
  const headers = { ...(await enter(server)), ...JSON_TYPE, ...Object.fromEntries(ours) };
  const heard = await ask(server.port, STOPS, { method: "POST", headers, body: "{}" });
  expect([heard.status, asked]).toEqual([403, 0]);
});

test("a foreign origin posts nothing, even with the token", async () => {
  const { port } = await serving();
  const headers = { ...POSTED, origin: "http://evil.example" };
  expect(codeOf(await ask(port, STOPS, { method: "POST", headers, body: "{}" }))).toBe("foreign-origin");
});

test.each([
  ["a form", "application/x-www-form-urlencoded"],
  ["a form with files", "multipart/form-data; boundary=x"],
  ["a form that looks like JSON", "text/plain"],
  ["nothing that is named", undefined],
  ["JSON among others", "text/plain, application/json"],
  ["a type that begins like JSON", "application/json-patch+json"],
])("%s is no JSON", async (_, type) => {
  const { port } = await serving();
  const headers = { ...BEARER, ...(type === undefined ? {} : { "content-type": type }) };
  const heard = await ask(port, STOPS, { method: "POST", headers, body: '{"a":"="}' });
  expect([heard.status, codeOf(heard)]).toEqual([415, "body-of-other-type"]);
});

test("without leave nothing is stopped, whoever asks", async () => {
  let asked = 0;
  const server = await serving({ control: false, api: () => new Response(String(++asked)) });
  const origin = `http://127.0.0.1:${server.port}`;
  for (const who of [BEARER, { ...(await enter(server)), origin }]) {
    const heard = await ask(server.port, STOPS, { method: "POST", headers: { ...who, ...JSON_TYPE }, body: "{}" });
    expect([heard.status, codeOf(heard), asked]).toEqual([403, "control-off", 0]);
  }
});

test("nothing is posted to pages and their files", async () => {
  const { port } = await serving();
  for (const path of ["/", "/runs/a", "/page.js"]) {
    const heard = await ask(port, path, { method: "POST", headers: POSTED, body: "{}" });
    expect([path, heard.status, heard.headers.allow]).toEqual([path, 405, "GET, HEAD"]);
  }
});

test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])("%s is no method here", async (method) => {
  const { port } = await serving();
  const heard = await ask(port, "/api/v1/runs", { method, headers: BEARER });
  expect([heard.status, heard.headers.allow]).toEqual([405, "GET, HEAD, POST"]);
  expect(Object.keys(heard.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("CONNECT and unknown methods lead nowhere", async () => {
  const { port } = await serving();
  expect(await say(port, "CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n")).not.toContain(" 200 ");
  expect(statusOf(await say(port, "BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n"))).toBe(400);
});

test("a body has a bound, whether its length is told or not, and the server goes on", async () => {
  const { port } = await serving();
  const whole = await ask(port, STOPS, { method: "POST", headers: POSTED, body: "1".repeat(MOST_BODY_BYTES) });
  expect(whole.status).toBe(200);
  const head = `POST ${STOPS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
  const told = await say(port, `${head}Content-Length: 1000000000000\r\n\r\n{}`);
  expect(statusOf(told)).toBe(413);
  const chunk = `4000\r\n${"1".repeat(0x4000)}\r\n`;
  const untold = await say(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`);
  expect(statusOf(untold)).toBe(413);
  const waiting = await say(port, `${head}Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n`);
  expect([statusOf(waiting), waiting.includes("100 Continue")]).toEqual([413, false]);
  expect((await ask(port, "/healthz", { headers: BEARER })).status).toBe(200);
});

test("whoever waits for leave to send a body has it once the request has been judged, and a stranger never", async () => {
  const { port } = await serving();
  const asks = (authorization: string, path = STOPS): string =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${authorization}Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`;
  const ours = `Authorization: Bearer ${TOKEN}\r\n`;
  for (const [head, status] of [
    [asks(""), 401],
    [asks(`Authorization: Bearer ${"x".repeat(43)}\r\n`), 401],
    [asks(ours, "/nowhere"), 404],
    [asks(ours).replace("POST", "GET"), 200],
  ] as const) {
    const heard = await say(port, head);
    expect([statusOf(heard), heard.includes("100 Continue"), heard.includes("Connection: close")]).toEqual([
      status,
      false,
      true,
    ]);
  }
  const heard = await say(port, asks(`${ours}Connection: close\r\n`) + "{}");
  expect([statusOf(heard), heard.includes("HTTP/1.1 200 OK")]).toEqual([100, true]);
});

test("a body that comes in a GET does not become the next request", async () => {
  const { port } = await serving();
  const hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const heard = await say(
    port,
    `GET /healthz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  );
  expect([...heard.matchAll(/HTTP\/1\.1 [0-9]/g)]).toHaveLength(1);
});

test.each([
  ["both lengths", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["two lengths", "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde"],
  ["a length that is no number", "Content-Length: 4x\r\n\r\nabcd"],
  ["a length below nothing", "Content-Length: -1\r\n\r\nabcd"],
  ["chunks of no size", "Transfer-Encoding: chunked\r\n\r\nzz\r\nabcd\r\n"],
])("%s: such a request is none, and reaches nobody", async (_, tail) => {
  let bodies = 0;
  const { port } = await serving({
    api: async (request) => {
      await request.text();
      return new Response(String(++bodies));
    },
  });
  const head = `POST ${STOPS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n`;
  const heard = await say(port, `${head}${tail}`);
  expect([heard.includes(" 200 "), bodies]).toEqual([false, 0]);
});
