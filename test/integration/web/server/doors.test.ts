import { expect, test } from "vitest";
import { MOST_TICKETS, TICKET_LIFE_MS } from "../../../../src/web/server/tickets.ts";
import { newSecret, proofOf } from "../../../../src/web/server/secrets.ts";
import {
  ask,
  BEARER,
  codeOf,
  dial,
  enter,
  POSTED,
  say,
  serving,
  statusOf,
  textIn,
  TOKEN,
} from "../../../support/web-server.ts";

const PROTECTED = ["/api/v1/runs", "/metrics", "/healthz", "/openapi.json", "/page.js", "/nowhere"];
const PAGES = ["/", "/runs/Tasks-1/tasks?state=failed", "/runs/my.run"];

test("nothing is given to somebody without a token, not even whether it is there", async () => {
  const { port } = await serving();
  for (const path of PROTECTED) {
    const heard = await ask(port, path);
    expect([path, heard.status, codeOf(heard)]).toEqual([path, 401, "not-let-in"]);
    expect(heard.headers["www-authenticate"]).toBe("Bearer");
  }
  for (const path of PAGES) {
    const heard = await ask(port, path);
    expect([heard.status, heard.headers["content-type"]]).toEqual([401, "text/html; charset=utf-8"]);
    expect(heard.text).toContain("disbatch web --url PREFIX");
    expect(heard.text).not.toContain("the page");
  }
});

test.each([
  ["another token", { authorization: `Bearer ${"A".repeat(43)}` }],
  ["the token and something", { authorization: `Bearer ${TOKEN}x` }],
  ["the beginning of the token", { authorization: `Bearer ${TOKEN.slice(0, 42)}` }],
  ["nothing behind Bearer", { authorization: "Bearer " }],
  ["the token as a password", { authorization: `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}` }],
  ["two tokens", { authorization: `Bearer ${TOKEN}, Bearer ${TOKEN}` }],
  ["a token of 64 KiB in letters", { authorization: `Bearer ${"A".repeat(8000)}` }],
])("%s lets nobody in", async (_, headers) => {
  const { port } = await serving();
  expect((await ask(port, "/api/v1/runs", { headers })).status).toBe(401);
});

test("the lasting token counts in no URL and no cookie", async () => {
  const { port } = await serving();
  for (const path of [
    `/?ticket=${TOKEN}`,
    `/?token=${TOKEN}`,
    `/api/v1/runs?token=${TOKEN}`,
    `/metrics?access_token=${TOKEN}`,
  ]) {
    expect([path, (await ask(port, path)).status]).toEqual([path, 401]);
  }
  expect((await ask(port, "/", { headers: { cookie: `disbatch_${port}=${TOKEN}` } })).status).toBe(401);
});

test("a program with the token is let in everywhere", async () => {
  const { port } = await serving();
  for (const path of ["/", "/page.js", "/api/v1/runs", "/metrics", "/healthz"]) {
    expect([path, (await ask(port, path, { headers: BEARER })).status]).toEqual([path, 200]);
  }
  expect((await ask(port, "/healthz", { headers: { authorization: `bearer  ${TOKEN}` } })).status).toBe(200);
});

test("a wrong token is not made good by a cookie", async () => {
  const server = await serving();
  const cookie = await enter(server);
  const headers = { ...cookie, authorization: "Bearer no" };
  expect((await ask(server.port, "/healthz", { headers })).status).toBe(401);
});

test("a ticket lets one browser in, once, and stands in no URL after that", async () => {
  const server = await serving();
  const path = server.ticket();
  const first = await ask(server.port, path);
  expect([first.status, first.headers.location]).toEqual([303, "/"]);
  const [cookie = ""] = first.headers["set-cookie"] ?? [];
  const secret = "[0-9a-z]{1,12}[.][A-Za-z0-9_-]{43}[.][A-Za-z0-9_-]{43}";
  expect(cookie).toMatch(new RegExp(`^disbatch_${server.port}=${secret}; Path=/; HttpOnly; SameSite=Strict$`));
  expect(cookie).not.toContain(path.split("=")[1]);
  expect(first.headers["referrer-policy"]).toBe("no-referrer");
  const again = await ask(server.port, path);
  expect([again.status, again.headers["set-cookie"]]).toEqual([401, undefined]);
  expect(again.text).toContain("has been used");
  const [pair = ""] = cookie.split(";");
  expect((await ask(server.port, "/", { headers: { cookie: pair } })).text).toContain("the page");
  // Its browser may go back to it.
  const back = await ask(server.port, path, { headers: { cookie: pair } });
  expect([back.status, back.headers.location, back.headers["set-cookie"]]).toEqual([303, "/", undefined]);
});

test("a ticket keeps the rest of its path, and HEAD does not use it", async () => {
  const server = await serving();
  const [, ticket = ""] = server.ticket().split("?");
  const path = `/runs/a.b/tasks?state=failed&${ticket}&q=x`;
  expect((await ask(server.port, path, { method: "HEAD" })).status).toBe(401);
  expect((await ask(server.port, path)).headers.location).toBe("/runs/a.b/tasks?state=failed&q=x");
});

test("a ticket opens no other door", async () => {
  const server = await serving();
  for (const path of ["/api/v1/runs", "/metrics", "/page.js"]) {
    expect((await ask(server.port, server.ticket().replace("/", path))).status).toBe(401);
  }
});

test("a ticket is worth nothing after ten minutes, and when there are too many newer ones", async () => {
  let now = 0;
  const server = await serving({ now: () => now });
  const [old, fresh] = [server.ticket(), server.ticket()];
  now = TICKET_LIFE_MS - 1;
  expect((await ask(server.port, fresh)).status).toBe(303);
  now = TICKET_LIFE_MS;
  expect((await ask(server.port, old)).status).toBe(401);
  const tickets = Array.from({ length: MOST_TICKETS + 1 }, () => server.ticket());
  expect((await ask(server.port, tickets[0] ?? "")).status).toBe(401);
  expect((await ask(server.port, tickets[1] ?? "")).status).toBe(303);
});

test("two that show the same ticket at once do not both come in", async () => {
  const server = await serving();
  const path = server.ticket();
  const heard = await Promise.all(Array.from({ length: 8 }, () => ask(server.port, path)));
  expect(heard.map(({ status }) => status).filter((status) => status !== 401)).toEqual([303]);
});

test("a cookie is taken among others, however they stand, and no other is", async () => {
  const server = await serving();
  const { cookie } = await enter(server);
  const status = async (text: string): Promise<number> =>
    (await ask(server.port, "/healthz", { headers: { cookie: text } })).status;
  expect(await status(`a=b; ${cookie}; c=d`)).toBe(200);
  expect(await status(`disbatch_${server.port}=thrown; ${cookie}`)).toBe(200);
  expect(await status(cookie.replace("disbatch_", "disbatch"))).toBe(401);
  expect(await status(`${cookie}x`)).toBe(401);
  expect(await status(cookie.replace(/=.*/, "="))).toBe(401);
  expect(await status(`${`disbatch_${server.port}=no; `.repeat(100)}${cookie}`)).toBe(401);
});

test("a cookie of one server opens no other", async () => {
  const [one, other] = [await serving(), await serving({ token: newSecret() })];
  const { cookie } = await enter(one);
  const headers = { cookie: cookie.replace(String(one.port), String(other.port)) };
  expect((await ask(other.port, "/healthz", { headers })).status).toBe(401);
});

test("a program with the token gets a ticket for a browser, and nobody else does", async () => {
  const server = await serving({ control: false });
  const path = "/api/v1/tickets";
  const made = await ask(server.port, path, { method: "POST", headers: POSTED, body: "{}" });
  expect(made.status).toBe(201);
  expect((await ask(server.port, textIn(made.text, "path"))).status).toBe(303);
  const origin = `http://127.0.0.1:${server.port}`;
  const cookie = { ...(await enter(server)), origin, "content-type": "application/json" };
  const byCookie = await ask(server.port, path, { method: "POST", headers: cookie });
  expect([byCookie.status, codeOf(byCookie)]).toEqual([403, "token-needed"]);
  expect(
    (await ask(server.port, path, { method: "POST", headers: { "content-type": "application/json" } })).status,
  ).toBe(401);
  const got = await ask(server.port, path, { headers: BEARER });
  expect([got.status, got.headers.allow]).toEqual([405, "POST"]);
});

test.each(["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:8080", "localhost:65535", "[::1]", "[::1]:80"])(
  "Host %s is a name of this machine",
  async (host) => {
    const { port } = await serving();
    expect((await ask(port, "/healthz", { headers: { ...BEARER, host } })).status).toBe(200);
  },
);

test.each([
  "evil.example",
  "evil.example:8080",
  "127.0.0.1.evil.example",
  "localhost.evil.example",
  "localhost.",
  "127.0.0.1:80:80",
  "127.0.0.1:",
  "localhost:65536",
  "localhost:99999",
  "127.1",
  "2130706433",
  "0.0.0.0",
  "[::]",
  "::1",
  "me@127.0.0.1",
  "127.0.0.1, evil.example",
  "127.0.0.1/",
])("a name that has come to mean this machine (%j) is told nothing, with the token and the cookie", async (host) => {
  const server = await serving();
  const headers = { ...BEARER, ...(await enter(server)), host };
  const heard = await ask(server.port, "/api/v1/runs", { headers });
  expect([heard.status, codeOf(heard)]).toEqual([421, "foreign-host"]);
  const ticket = server.ticket();
  expect((await ask(server.port, ticket, { headers: { host } })).status).toBe(421);
  // The host is looked at before the ticket, which stays good.
  expect((await ask(server.port, ticket)).status).toBe(303);
});

test("two hosts, no host, or one in the request line are no host", async () => {
  const { port } = await serving();
  const tail = `Authorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`;
  const says = async (head: string): Promise<number> => statusOf(await say(port, `${head}${tail}`));
  expect(await says("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")).toBe(200);
  expect(await says("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n")).toBe(421);
  expect(await says("GET /healthz HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n")).toBe(421);
  expect(await says("GET /healthz HTTP/1.1\r\n")).toBe(421);
  expect(await says("GET /healthz HTTP/1.1\r\nHost:\r\n")).toBe(421);
  expect(await says("GET /healthz HTTP/1.0\r\n")).toBe(421);
  expect(await says("GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n")).toBe(400);
  expect(await says("GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n")).toBe(400);
});

test("a browser that a link of another site has brought asks again by itself, with its cookie", async () => {
  const { port } = await serving();
  const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  const heard = await ask(port, "/runs/a/tasks?q=%22'>", { headers });
  expect(heard.status).toBe(401);
  expect(heard.text).toContain('<meta http-equiv="refresh" content="0;url=/runs/a/tasks?q=%22&#39;&#62;">');
  const again = await ask(port, "/runs/a/tasks", { headers: { ...headers, "sec-fetch-site": "same-origin" } });
  expect(again.text).not.toContain("refresh");
});

test("pages of other servers get nothing, even where a browser sends them our cookie", async () => {
  const server = await serving();
  const cookie = await enter(server);
  for (const site of ["cross-site", "same-site"]) {
    for (const path of ["/api/v1/runs", "/metrics", "/page.js", "/api/v1/runs/a/events"]) {
      const heard = await ask(server.port, path, { headers: { ...cookie, "sec-fetch-site": site } });
      expect([site, path, heard.status, codeOf(heard)]).toEqual([site, path, 403, "cross-site"]);
      expect(heard.headers["access-control-allow-origin"]).toBeUndefined();
    }
  }
  expect((await ask(server.port, "/page.js", { headers: { ...cookie, "sec-fetch-site": "same-origin" } })).status).toBe(
    200,
  );
});

test("the API sees neither token nor cookie", async () => {
  const server = await serving();
  const heard = await ask(server.port, "/api/v1/runs?a=b", { headers: { ...BEARER, cookie: "a=b", accept: "x/y" } });
  const url = textIn(heard.text, "url");
  expect(heard.text).toContain('"accept":"x/y"');
  expect(heard.text).not.toMatch(/authorization|cookie/i);
  expect(url).toBe(`http://127.0.0.1:${server.port}/api/v1/runs?a=b`);
});

test("a server proves that it has the token to whoever is about to send it", async () => {
  const { port } = await serving();
  const challenge = "c".repeat(22);
  const heard = await ask(port, "/healthz", { headers: { "disbatch-challenge": challenge } });
  expect([heard.status, heard.headers["disbatch-proof"]]).toEqual([401, proofOf(TOKEN, challenge)]);
  const short = await ask(port, "/healthz", { headers: { "disbatch-challenge": "x" } });
  expect(short.headers["disbatch-proof"]).toBeUndefined();
});

test("what has been asked for is counted, and holds no secret", async () => {
  const server = await serving();
  await ask(server.port, "/healthz", { headers: BEARER });
  await ask(server.port, "/healthz");
  await ask(server.port, "/healthz", { headers: { host: "evil.example" } });
  const { answered, refused } = server.counts();
  expect([answered, refused]).toEqual([
    1,
    new Map([
      ["not-let-in", 1],
      ["foreign-host", 1],
    ]),
  ]);
});

test("a connection goes on for whoever is let in, and ends for strangers", async () => {
  const { port } = await serving();
  const socket = await dial(port);
  const asked = `GET /healthz HTTP/1.1\r\nHost: localhost\r\n`;
  let heard = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (heard += piece));
  socket.write(`${asked}Authorization: Bearer ${TOKEN}\r\n\r\n`.repeat(2));
  socket.write(`${asked}\r\n`);
  await new Promise((resolve) => socket.once("close", resolve));
  expect([...heard.matchAll(/HTTP\/1\.1 ([0-9]+)/g)].map(([, status]) => status)).toEqual(["200", "200", "401"]);
});
