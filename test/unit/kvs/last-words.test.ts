import { connect, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { hadSentAnything } from "../../../src/kvs/last-words.ts";

let closing: Array<() => unknown> = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** Both ends of a connection, of which nothing is read. */
async function connection(): Promise<{ readonly caller: Socket; readonly served: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const called = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const bound = server.address();
  const caller = connect({ host: "127.0.0.1", port: typeof bound === "object" ? (bound?.port ?? 0) : 0 });
  const served = await called;
  for (const socket of [caller, served]) {
    socket.on("error", () => undefined);
    closing.push(() => socket.destroy());
  }
  return { caller, served };
}

function endBy(socket: Socket, how: "destroy" | "resetAndDestroy"): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket[how]();
  return closed;
}

test.each([
  ["put something and closed", "put_", "destroy", true],
  ["put much and closed", "x".repeat(40_000), "destroy", true],
  ["closed at once", "", "destroy", false],
  ["put something and reset its connection", "put_", "resetAndDestroy", false],
  ["reset its connection at once", "", "resetAndDestroy", false],
] as const)("a caller that %s", async (_, text, how, expected) => {
  const { caller, served } = await connection();
  if (text !== "") await new Promise((resolve) => caller.write(text, resolve));
  await endBy(caller, how);
  expect(await hadSentAnything(served)).toBe(expected);
});

test("a caller that neither speaks nor closes is not waited for", async () => {
  const { served } = await connection();
  expect(await hadSentAnything(served)).toBe(false);
});

test("a connection that is closed here already had nothing to say", async () => {
  const { served } = await connection();
  await endBy(served, "destroy");
  expect(await hadSentAnything(served)).toBe(false);
});
