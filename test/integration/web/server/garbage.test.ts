import * as fc from "fast-check";
import { expect, test } from "vitest";
import { untilAnswered } from "../../../support/until.ts";
import { ask, BEARER, dial, serving, TOKEN } from "../../../support/web-server.ts";

const ROUNDS = 300;
const WORDS = [
  "GET ",
  "POST ",
  "HEAD ",
  "/",
  "/api/v1/runs",
  "/..",
  "%2e%2e",
  "?ticket=",
  " HTTP/1.1",
  " HTTP/2.0",
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "Host: localhost\r\n",
  "Host: evil.example\r\n",
  "Content-Length: 5\r\n",
  "Content-Length: -1\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: keep-alive\r\n",
  "Connection: close\r\n",
  "Upgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
  "Cookie: ",
  "Authorization: Bearer ",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  ": ",
  "\0",
  "\x7f",
  "\x80\xff",
  "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
];

const bytes = fc
  .array(
    fc.oneof(
      fc.constantFrom(...WORDS),
      fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some).toString("latin1")),
    ),
    {
      maxLength: 25,
    },
  )
  .map((parts) => Buffer.from(parts.join(""), "latin1"));

/** Resolves when the server answers as it should: whoever asks may be later than its limits have it, and then asks again. */
function goesOn(port: number): Promise<true> {
  return untilAnswered(
    async () => {
      const heard = await ask(port, "/healthz", { headers: BEARER }).catch(() => undefined);
      return heard?.status === 200 ? true : undefined;
    },
    () => "an answer",
  );
}

test("whatever strangers send, nothing is given away and the server goes on", { timeout: 120_000 }, async () => {
  const bugs: unknown[] = [];
  let asked = 0;
  const { port } = await serving({
    limits: { headMs: 50, requestMs: 50, idleMs: 50, checkMs: 10 },
    api: () => Response.json({ secret: ++asked }),
    failed: (error) => void bugs.push(error),
  });
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const socket = await dial(port);
      let heard = "";
      socket.setEncoding("latin1").on("data", (piece: string) => (heard += piece));
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.end(sent);
      await closed;
      expect(heard).not.toContain("HTTP/1.1 2");
      expect(heard).not.toContain("HTTP/1.1 500");
      expect(heard).not.toContain(TOKEN);
    }),
    { numRuns: ROUNDS },
  );
  expect([asked, bugs]).toEqual([0, []]);
  await goesOn(port);
});

test(
  "whatever somebody with the token sends behind a request, each answer is a whole one",
  { timeout: 120_000 },
  async () => {
    const bugs: unknown[] = [];
    const { port } = await serving({
      limits: { headMs: 50, requestMs: 50, idleMs: 50, checkMs: 10 },
      failed: (error) => void bugs.push(error),
    });
    const first = Buffer.from(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const socket = await dial(port);
        const closed = new Promise((resolve) => socket.once("close", resolve));
        socket.resume().end(Buffer.concat([first, sent]));
        await closed;
      }),
      { numRuns: ROUNDS },
    );
    expect(bugs).toEqual([]);
    await goesOn(port);
  },
);
