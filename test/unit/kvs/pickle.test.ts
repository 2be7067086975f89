import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pickleContents } from "../../../src/kvs/dump.ts";
import { readPickle } from "../../../src/kvs/pickle-read.ts";
import { type Pickled, tuple, writePickle } from "../../../src/kvs/pickle-write.ts";
import { readDump } from "../../../src/kvs/read-dump.ts";

function python(program: string, input?: Uint8Array): string {
  const { stdout, stderr } = spawnSync("python3", ["-c", program], { input: input ?? "" });
  return stdout.toString() + stderr.toString();
}

const CONTENTS = {
  counts: { gets: 1, puts: 300, views: 70_000, waits: 5_000_000_000, served: 4 },
  waiting: [{ key: "wäit", waiters: 2 }],
  keys: [
    { key: "short", values: 1, last: { encoding: "ASTR", bytes: Buffer.from("text") } },
    { key: "long", values: 2, last: { encoding: "ASTR", bytes: Buffer.from("b".repeat(30) + "e".repeat(30)) } },
    { key: "json", values: 3, last: { encoding: "JSON", bytes: Buffer.from("j".repeat(300)) } },
    { key: "pickle", values: 4, last: { encoding: "PYPK", bytes: Buffer.from("cos\nsystem\n") } },
  ],
};

const AS_PYTHON_SEES_IT =
  "([1, 300, 70000, 5000000000, 5000000000, 4], " +
  "[(b'w\\xc3\\xa4it', 2)], " +
  "[(b'short', 1, (b'ASTR', b'text')), " +
  `(b'long', 2, (b'ASTR', b'${"b".repeat(24)}...${"e".repeat(23)}', 60)), ` +
  `(b'json', 3, (b'JSON', b'${"j".repeat(300)}')), ` +
  "(b'pickle', 4, (b'PYPK', None, 11))])\n";

test("Python reads what a store holds", () => {
  const program = "import pickle, sys; print(pickle.load(sys.stdin.buffer))";
  expect(python(program, pickleContents(CONTENTS))).toBe(AS_PYTHON_SEES_IT);
});

test.each([2, 3, 4, 5])("a dump that Python has made with protocol %i is read", (protocol) => {
  // Protocol 2 has no bytes, so that Python calls a function to make some.
  const text = protocol === 2 ? AS_PYTHON_SEES_IT.replaceAll(/b(?=')/g, "") : AS_PYTHON_SEES_IT;
  const dump = python(
    `import pickle, sys; sys.stdout.buffer.write(pickle.dumps(${text.trim()}, ${protocol}).hex().encode())`,
  );
  const read = readDump(Buffer.from(dump, "hex"));
  expect(read.counts).toEqual(CONTENTS.counts);
  expect(read.keys).toMatchObject([
    { key: "short", values: 1, encoding: "ASTR", length: 4, text: "text", isWhole: true },
    { key: "long", values: 2, length: 60, isWhole: false },
    { key: "json", values: 3, length: 300, isWhole: true },
    { key: "pickle", values: 4, encoding: "PYPK", length: 11, text: undefined, isWhole: false },
  ]);
});

test("what is written is read again", () => {
  const { data } = fc.letrec<{ data: Pickled }>((tie) => ({
    data: fc.oneof(
      { depthSize: "small" },
      fc.constant(null),
      fc.nat({ max: 2 ** 40 }),
      fc.uint8Array({ maxLength: 400 }),
      fc.array(tie("data"), { maxLength: 4 }),
      fc.array(tie("data"), { maxLength: 4 }).map((items) => tuple(...items)),
    ),
  }));
  fc.assert(
    fc.property(data, (value) => {
      expect(plain(readPickle(writePickle(value)))).toEqual(plain(value));
    }),
  );
});

test("a pickle that looks something up, calls something, or is cut off is refused", () => {
  for (const bad of [
    "\x80\x03cos\nsystem\n.",
    "\x80\x04\x8c\x02os\x8c\x06system\x93.",
    "(i__main__\nX\n.",
    "K\x01",
    "e.",
    "t.",
  ])
    expect(() => readPickle(Buffer.from(bad, "latin1"))).toThrow(/no plain data|cut off|no mark|empty/);
});

test("whatever bytes come, nothing but an error comes of them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      let outcome = "read";
      try {
        readDump(bytes);
      } catch (error) {
        outcome = error instanceof RangeError || error instanceof TypeError ? String(error) : "refused";
      }
      expect(["read", "refused"]).toContain(outcome);
    }),
  );
});

/** Lists and tuples as arrays, bytes as numbers. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null && "items" in value) return plain(value.items);
  return value;
}
