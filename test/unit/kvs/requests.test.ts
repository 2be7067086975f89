import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolError } from "../../../src/kvs/protocol.ts";
import { encodeRequest, type KvsRequest, RequestParser } from "../../../src/kvs/requests.ts";

const LIMITS = { keyBytes: 100, valueBytes: 1000 };

const key = fc.string({ maxLength: 20, unit: "binary" }).filter((text) => Buffer.byteLength(text) <= 100);
const value = fc.record({
  encoding: fc.string({
    minLength: 4,
    maxLength: 4,
    unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
  }),
  bytes: fc.uint8Array({ maxLength: 300 }),
});
const request: fc.Arbitrary<KvsRequest> = fc.oneof(
  fc.record({ type: fc.constant("put" as const), key, value }),
  fc.record({ type: fc.constantFrom("get" as const, "view" as const), key }),
  fc.record({ type: fc.constant("monitor" as const), monitorKey: key, what: key }),
  fc.record({ type: fc.constantFrom("dump" as const, "close" as const, "shutdown" as const) }),
);

function bytesOf(requests: readonly KvsRequest[]): Buffer {
  return Buffer.concat(requests.flatMap(encodeRequest));
}

function parse(pieces: readonly Buffer[]): KvsRequest[] {
  const parser = new RequestParser(LIMITS);
  const got: KvsRequest[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let next = parser.next(); next !== undefined; next = parser.next()) got.push(next);
  }
  expect(parser.isInside).toBe(false);
  return got;
}

function plain(requests: readonly KvsRequest[]): unknown {
  return requests.map((it) =>
    it.type === "put" ? { ...it, value: { ...it.value, bytes: [...it.value.bytes] } } : { ...it },
  );
}

test("requests are the same whole, in single bytes, and cut anywhere", () => {
  fc.assert(
    fc.property(fc.array(request, { maxLength: 6 }), fc.array(fc.nat({ max: 2000 })), (requests, cuts) => {
      const bytes = bytesOf(requests);
      const singles = [...bytes].map((byte) => Buffer.of(byte));
      const at = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      for (const way of [[bytes], singles, pieces]) expect(plain(parse(way))).toEqual(plain(requests));
    }),
  );
});

test.each([
  ["an unknown operation", "quit", /unknown operation "quit"/],
  ["a length that is no number", "get_       abc", /the length of a key is no number/],
  ["a negative length", "get_        -1", /no number/],
  ["a fraction", "get_       1.0", /no number/],
  ["an empty length", "get_          ", /no number/],
  ["a key over the limit", "get_       101", /a key of 101 bytes is over the limit of 100/],
  ["a huge length", "get_9999999999", /over the limit/],
  ["a value over the limit", "put_         1kASTR      1001", /a value of 1001 bytes is over the limit of 1000/],
  ["a key that is no text", "get_         1\xff", /a key is no text/],
  ["such a key, before its value has come", "put_         1\xffASTR       999", /a key is no text/],
])("%s is refused as soon as it is there", (_, bytes, message) => {
  const parser = new RequestParser(LIMITS);
  parser.push(Buffer.from(bytes, "latin1"));
  expect(() => parser.next()).toThrow(message);
});

test("lengths may stand to the left, and may begin with zeros", () => {
  const parser = new RequestParser(LIMITS);
  parser.push(Buffer.from("get_1         kview0000000001k"));
  expect([parser.next(), parser.next()]).toEqual([
    { type: "get", key: "k" },
    { type: "view", key: "k" },
  ]);
});

test("half a request holds what has come of it, whatever it announces", () => {
  const parser = new RequestParser({ keyBytes: 100, valueBytes: 1_000_000_000 });
  parser.push(Buffer.from("put_         1kASTR 999999999"));
  for (let n = 0; n < 1000; n++) {
    parser.push(Buffer.from("x"));
    expect(parser.next()).toBeUndefined();
  }
  expect(parser.held).toBeLessThan(4096);
});

test("whatever bytes come, the parser gives requests, waits for more, or refuses them", () => {
  fc.assert(
    fc.property(fc.constantFrom("put_", "get_", "mkey", ""), fc.uint8Array({ maxLength: 80 }), (word, bytes) => {
      const parser = new RequestParser(LIMITS);
      parser.push(Buffer.concat([Buffer.from(word), bytes]));
      let outcome = "waits";
      try {
        while (parser.next() !== undefined) outcome = "waits";
      } catch (error) {
        outcome = error instanceof ProtocolError ? "refused" : String(error);
      }
      expect(["waits", "refused"]).toContain(outcome);
    }),
  );
});
