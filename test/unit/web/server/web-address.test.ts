import { resolve } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatWebAddress, parseWebAddress } from "../../../../src/web/server/web-address.ts";
import { userErrorOf } from "../../../support/user-error.ts";

test("a port alone is one of the loopback", () => {
  expect(parseWebAddress("8080")).toEqual({ kind: "tcp", host: "127.0.0.1", port: 8080 });
  expect(parseWebAddress("0")).toEqual({ kind: "tcp", host: "127.0.0.1", port: 0 });
  expect(parseWebAddress("localhost:1")).toEqual({ kind: "tcp", host: "127.0.0.1", port: 1 });
  expect(parseWebAddress("[::1]:80")).toEqual({ kind: "tcp", host: "[::1]", port: 80 });
});

test("a path that is not absolute counts from the working directory", () => {
  expect(parseWebAddress("unix:web.sock")).toEqual({ kind: "unix", path: resolve("web.sock") });
  expect(parseWebAddress("unix:/tmp/a b:1")).toEqual({ kind: "unix", path: "/tmp/a b:1" });
});

test("an address that is read is the one that was written", () => {
  fc.assert(
    fc.property(fc.constantFrom("127.0.0.1", "[::1]"), fc.integer({ min: 0, max: 65_535 }), (host, port) => {
      const address = { kind: "tcp", host, port } as const;
      expect(parseWebAddress(formatWebAddress(address))).toEqual(address);
    }),
  );
});

test.each([
  "",
  "0.0.0.0:1",
  "10.0.0.1:1",
  "::1:80",
  "[::]:80",
  ":80x",
  "host:80",
  "65536",
  "-1",
  "80 ",
  "1e3",
  "unix:",
])("%j is refused in one line that names it", (text) => {
  const error = userErrorOf(() => parseWebAddress(text));
  expect(error).toMatchObject({ code: "bad-web-address", exitCode: 2 });
  expect(error.message).toContain(`--web-address ${text}: `);
  expect(error.message).not.toContain("\n");
});

test("a socket's path that the system would cut is refused", () => {
  expect(userErrorOf(() => parseWebAddress(`unix:/${"ä".repeat(60)}`)).message).toContain(
    "107 bytes at most, and this one 121",
  );
});
