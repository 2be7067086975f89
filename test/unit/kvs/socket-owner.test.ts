import { connect, createServer, type Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import { isAtLeast, judge, SocketOwners } from "../../../src/kvs/socket-owner.ts";
import { findEntries, formatEnd4, formatEnd6, pairOf } from "../../../src/kvs/socket-table.ts";

const ME = 1000;

test.each([
  ["a socket of mine", { uid: ME, isOrphan: false, isRemainder: false }, true, "own"],
  ["another's", { uid: 1001, isOrphan: false, isRemainder: false }, true, "other"],
  ["root's", { uid: 0, isOrphan: false, isRemainder: false }, true, "other"],
  [
    "one of mine that is closed, on a kernel that remembers",
    { uid: ME, isOrphan: true, isRemainder: false },
    true,
    "own",
  ],
  ["one that is closed, on a kernel that forgets", { uid: 0, isOrphan: true, isRemainder: false }, false, "unknown"],
  ["what remains of one", { uid: 0, isOrphan: true, isRemainder: true }, true, "unknown"],
])("%s is judged", (_, entry, remembers, type) => {
  expect(judge(entry, ME, remembers).type).toBe(type);
});

test("to root, a closed socket without an owner is its own only where the kernel remembers, and something is left", () => {
  expect(judge({ uid: 0, isOrphan: true, isRemainder: false }, 0, true).type).toBe("own");
  expect(judge({ uid: 0, isOrphan: true, isRemainder: false }, 0, false).type).toBe("unknown");
  expect(judge({ uid: 0, isOrphan: true, isRemainder: true }, 0, true).type).toBe("unknown");
});

test.each([
  ["6.17.0", true],
  ["6.18.44-fc", true],
  ["7.0", true],
  ["6.16.12", false],
  ["5.14.0-427.el9", false],
  ["4.18.0", false],
  ["strange", false],
])("kernel %s remembers the owners of closed sockets: %s", (version, remembers) => {
  expect(isAtLeast(version, [6, 17])).toBe(remembers);
});

test("ends are written as the tables write them", () => {
  expect(formatEnd4({ address: "127.0.0.1", port: 80 })).toBe("0100007F:0050");
  expect(formatEnd4({ address: "::ffff:10.0.0.2", port: 1 })).toBe("0200000A:0001");
  expect(formatEnd4({ address: "::1", port: 80 })).toBeUndefined();
  expect(formatEnd6({ address: "::1", port: 80 })).toBe("00000000000000000000000001000000:0050");
  expect(formatEnd6({ address: "127.0.0.1", port: 80 })).toBe("0000000000000000FFFF00000100007F:0050");
});

test("entries are found in the table, each once, and no other", () => {
  const table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
    "   0: 0100007F:8E73 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 18634411 1 0 100 0 0 10 0\n" +
    "   1: 0100007F:C350 0100007F:8E73 04 00000001:00000000 01:00000012 00000000  1000        0 0 1 0 20 4 30 10 -1\n" +
    "12345: 0100007F:C351 0100007F:8E73 05 00000000:00000000 03:00001768 00000000     0        0 0 3 0\n";
  const [mine, rest, none] = ["C350", "C351", "C352"].map((port) => pairOf(`0100007F:${port}`, "0100007F:8E73"));
  const wanted = new Set([mine ?? "", rest ?? "", none ?? ""]);
  expect([...findEntries(table, wanted)]).toEqual([
    [mine, { uid: 1000, isOrphan: true, isRemainder: false }],
    [rest, { uid: 0, isOrphan: true, isRemainder: true }],
  ]);
  expect([...wanted]).toEqual([none]);
});

const owners = new SocketOwners();
afterAll(() => owners.close());

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::", "127.0.0.1"],
])("the kernel tells whose a socket is that calls %s at %s", async (listen, call) => {
  const server = createServer();
  const called = new Promise<Socket>((resolve) => server.once("connection", resolve));
  await new Promise<void>((resolve) => server.listen({ host: listen, port: 0 }, resolve));
  const bound = server.address();
  const client = connect({ host: call, port: typeof bound === "object" ? (bound?.port ?? 0) : 0 });
  const socket = await called;
  const owner = await owners.of(
    { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    { address: socket.localAddress ?? "", port: socket.localPort ?? 0 },
  );
  expect(owner).toEqual({ type: "own" });
  for (const it of [client, socket]) it.destroy();
  await new Promise((resolve) => server.close(resolve));
});

test("nobody knows whose a socket is that is not there", async () => {
  const end = { address: "127.0.0.1", port: 1 };
  expect(await owners.of(end, end)).toEqual({ type: "unknown" });
});
