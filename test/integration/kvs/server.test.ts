import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connectKvs } from "../../../src/kvs/client.ts";
import { type KeyValues, type KvsValue, textValue } from "../../../src/kvs/key-values.ts";
import { KVS_LIMITS, type KvsLimits } from "../../../src/kvs/limits.ts";
import { Link } from "../../../src/kvs/link.ts";
import { readDump } from "../../../src/kvs/read-dump.ts";
import { KvsServer } from "../../../src/kvs/server.ts";
import { isRoot, ORDINARY_USER } from "../../support/ordinary-user.ts";
import { PATIENCE, until } from "../../support/until.ts";

let closing: Array<() => Promise<void> | void> = [];

afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

async function serve(limits: Partial<KvsLimits> = {}, open = false) {
  const warnings: string[] = [];
  const log = { warning: (line: string) => void warnings.push(line), info: () => undefined };
  const server = await KvsServer.open({ host: "127.0.0.1", port: 0, open, limits: { ...KVS_LIMITS, ...limits }, log });
  closing.push(() => server.close());
  return { server, warnings };
}

async function client(server: KvsServer): Promise<KeyValues> {
  const values = await connectKvs(server.address);
  closing.push(() => values.close());
  return values;
}

/** A plain connection, and all that it has been sent. */
function raw(server: KvsServer) {
  const socket = connect(server.address);
  let text = "";
  socket.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  closing.push(() => void socket.destroy());
  return { socket, text: () => text, closed };
}

const text = ({ encoding, bytes }: KvsValue): string => `${encoding} ${Buffer.from(bytes).toString()}`;

test("what one client puts another gets, in order, and the server's own process sees the same", async () => {
  const { server } = await serve();
  const [one, two] = [await client(server), await client(server)];
  const waiting = two.get("k");
  one.put("k", textValue("a"));
  one.put("k", textValue("b", "JSON"));
  expect(text(await waiting)).toBe("ASTR a");
  expect(text(await server.local.view("k"))).toBe("JSON b");
  server.local.put("k", textValue("c"));
  expect([text(await two.view("k")), text(await one.get("k")), text(await one.get("k"))]).toEqual([
    "ASTR c",
    "JSON b",
    "ASTR c",
  ]);
});

test("a wait that is called off takes nothing, here and elsewhere", async () => {
  const { server } = await serve();
  for (const values of [await client(server), server.local]) {
    const abort = new AbortController();
    const waiting = values.get("k", abort.signal);
    abort.abort();
    await expect(waiting).rejects.toThrow(/abort/);
    server.local.put("k", textValue("still here"));
    expect(text(await values.get("k"))).toBe("ASTR still here");
  }
});

test("a second request takes the place of the first, which is never answered", async () => {
  const { server } = await serve();
  const { socket, text: got } = raw(server);
  socket.write("get_         1aget_         1b");
  await roundTrip(server);
  server.local.put("b", textValue("second"));
  await until(
    () => got().includes("second"),
    () => `answered: ${got()}`,
  );
  server.local.put("a", textValue("first"));
  expect(text(await server.local.get("a"))).toBe("ASTR first");
  expect(got()).toBe("ASTR         6second");
});

test.each([
  ["an unknown operation", "quit", /unknown operation/],
  ["a bad length", "get_       abc", /no number/],
  ["a huge length", "put_         1kASTR9999999999", /over the limit/],
  ["a key that is no text", "get_         1\xff", /no text/],
  ["a monitor key on itself", "mkey         1m         3m:g", /monitor itself/],
])("%s closes that connection, with one line in the log, and touches no other", async (_, bytes, message) => {
  const { server, warnings } = await serve();
  const other = await client(server);
  const waiting = other.get("other");
  const { socket, closed } = raw(server);
  socket.write(Buffer.from(bytes, "latin1"));
  await closed;
  expect(warnings).toEqual([expect.stringMatching(message)]);
  server.local.put("other", textValue("fine"));
  expect(text(await waiting)).toBe("ASTR fine");
});

test("closing in the middle of a request is told of, and nothing of it is kept", async () => {
  const { server, warnings } = await serve();
  const { socket, closed } = raw(server);
  socket.end("put_         1kASTR       100half");
  await closed;
  await until(
    () => warnings.length > 0,
    () => "a warning",
  );
  expect(warnings).toEqual([expect.stringMatching(/in the middle of a request, which is dropped/)]);
  server.local.put("k", textValue("whole"));
  expect(text(await server.local.get("k"))).toBe("ASTR whole");
});

test("limits of values, of keys and of all bytes close the connection that goes beyond", async () => {
  const { server, warnings } = await serve({ valuesOfKey: 1, keys: 2, totalBytes: 10_000 });
  const tooMuch = ["put_         1aASTR         1x".repeat(2), `put_         1bASTR      9900${"x".repeat(9900)}`];
  for (const bytes of tooMuch) {
    const { socket, closed } = raw(server);
    socket.write(bytes);
    await closed;
  }
  expect(warnings).toEqual([
    expect.stringMatching(/a key has 1 values already/),
    expect.stringMatching(/more than 10000 bytes would have to be kept/),
  ]);
});

test("many half requests together are not more than all bytes that may be kept", async () => {
  const { server, warnings } = await serve({ totalBytes: 200_000 });
  const callers = Array.from({ length: 10 }, () => raw(server));
  for (const { socket } of callers) socket.write(`put_         1kASTR   1000000${"x".repeat(50_000)}`);
  await until(
    () => warnings.length >= 4,
    () => `four warnings, not ${warnings.length}`,
  );
  expect(warnings[0]).toMatch(/more than 200000 bytes would have to be kept/);
  expect(text(await roundTrip(server))).toBe("ASTR there");
});

test("a client that does not read its answers is not read any further, and stops nobody", async () => {
  const { server } = await serve();
  server.local.put("big", { encoding: "ASTR", bytes: new Uint8Array(4_000_000) });
  const slow = connect(server.address);
  closing.push(() => void slow.destroy());
  slow.pause();
  slow.write("view         3big".repeat(1000));
  expect(text(await roundTrip(server))).toBe("ASTR there");
  let bytes = 0;
  slow.on("data", (piece: Buffer) => (bytes += piece.length));
  slow.resume();
  await until(
    () => bytes > 20_000_000,
    () => `20 MB, not ${bytes}`,
  );
  expect(text(await roundTrip(server))).toBe("ASTR there");
});

test("many who do not read the same long value leave room for what others put", async () => {
  const { server, warnings } = await serve({ totalBytes: 20_000_000 });
  server.local.put("big", { encoding: "ASTR", bytes: new Uint8Array(8_000_000) });
  const slow = Array.from({ length: 5 }, () => raw(server));
  for (const { socket } of slow) socket.pause().write("view         3big");
  await until(
    () => server.callers === slow.length,
    () => "all to be there",
  );
  const values = await client(server);
  expect(text(await values.view("big")).length).toBe(8_000_005);
  values.put("k", textValue("fine"));
  expect(text(await values.get("k"))).toBe("ASTR fine");
  // Each has read its own, and nothing is counted any more.
  for (const { socket, closed } of slow) {
    socket.resume().end("clos");
    await closed;
  }
  const { socket, closed } = raw(server);
  socket.end(`put_         5otherASTR   3500000${"x".repeat(3_500_000)}clos`);
  await closed;
  expect([text(await server.local.view("other")).length, warnings]).toEqual([3_500_005, []]);
});

test("a dump lists ten thousand keys at the most, and is there soon", async () => {
  const { server } = await serve();
  for (let key = 0; key < 20_000; key++) server.local.put(String(key), textValue("x"));
  const link = await Link.open(server.address);
  closing.push(() => link.destroy());
  const { counts, keys } = readDump(await link.dump());
  expect([counts.puts, keys.length, keys[0]?.key]).toEqual([20_000, 10_000, "0"]);
});

test("a server that does not end is no success of whoever shuts it down", async () => {
  const server = createServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  closing.push(() => void server.close());
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const bound = server.address();
  const link = await Link.open({ host: "127.0.0.1", port: typeof bound === "object" ? (bound?.port ?? 0) : 0 });
  await expect(link.shutdown()).rejects.toThrow(/is gone: .*; or it has refused this program/);
});

test("5,000 connections wait, and all of them are served", async () => {
  const { server, warnings } = await serve();
  const callers = Array.from({ length: 5000 }, () => raw(server));
  for (const { socket } of callers) socket.write("view         3key");
  await until(
    () => callers.every(({ socket }) => socket.bytesWritten > 0 && !socket.pending),
    () => "all have called",
    2 * PATIENCE,
  );
  server.local.put("key", textValue("for all"));
  await until(
    () => callers.every(({ text: got }) => got().endsWith("for all")),
    () => "all are served",
    2 * PATIENCE,
  );
  expect(warnings).toEqual([]);
});

test("one connection too many is turned away", async () => {
  const { server, warnings } = await serve({ connections: 2 });
  const callers: Socket[] = [];
  for (let n = 0; n < 3; n++) callers.push(raw(server).socket);
  await until(
    () => warnings.length > 0,
    () => "a warning",
  );
  expect(warnings).toEqual([expect.stringMatching(/there are 2 connections already/)]);
});

test("a client can shut the server down, and those who wait hear of it", async () => {
  const { server } = await serve();
  const waiting = server.local.get("never");
  const values = await client(server);
  raw(server).socket.write("down");
  expect(await server.closed).toMatch(/a client has shut/);
  await expect(waiting).rejects.toThrow(/a client has shut/);
  expect(await values.gone).toMatch(/is gone/);
});

/** A client of another user's, or of this one's, that puts a value and waits until the server has closed. */
const PUT = `
import encodings.idna, os, socket, sys
uid, port, keep = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
if uid: os.setuid(uid)
s = socket.socket(socket.AF_INET6 if keep == "mapped" else socket.AF_INET)
s.connect(("::ffff:127.0.0.1" if keep == "mapped" else "127.0.0.1", port))
try:
    s.sendall(b"put_         1kASTR         4mineclos")
    while s.recv(100): pass
except OSError: pass
`;

function putAs(uid: number, server: KvsServer, how: string): Promise<unknown> {
  const child = spawn("python3", ["-c", PUT, String(uid), String(server.address.port), how]);
  return new Promise((resolve) => child.once("exit", resolve));
}

test.runIf(isRoot)("a program of another user is not served, by IPv4 or a mapped address; one of mine is", async () => {
  const { server, warnings } = await serve();
  await putAs(ORDINARY_USER, server, "plain");
  await putAs(ORDINARY_USER, server, "mapped");
  expect(warnings).toEqual(
    Array(2).fill(expect.stringMatching(new RegExp(`is not served: it belongs to user ${ORDINARY_USER}`))),
  );
  await putAs(0, server, "mapped");
  expect(text(await server.local.get("k"))).toBe("ASTR mine");
});

test.runIf(isRoot)("an open server serves everybody", async () => {
  const { server } = await serve({}, true);
  await putAs(ORDINARY_USER, server, "plain");
  expect(text(await server.local.get("k"))).toBe("ASTR mine");
});

async function roundTrip(server: KvsServer): Promise<KvsValue> {
  const values = await connectKvs(server.address);
  values.put("round trip", textValue("there"));
  const got = await values.get("round trip");
  await values.close();
  return got;
}
