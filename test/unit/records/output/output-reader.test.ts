import { readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, asyncProperty, constantFrom, integer, nat, record, string, uniqueArray } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { OutputBlock } from "../../../../src/domain/output.ts";
import { encodeOutputFrame } from "../../../../src/records/output/format.ts";
import { OutputReader } from "../../../../src/records/output/output-reader.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { fuzz } from "../../fuzz/fuzz.ts";
import { blockOf, kept, openStore, pieceOf, printedBy } from "./output-files.ts";

function open(path: string, wants?: (id: number) => boolean): OutputReader {
  const reader = OutputReader.open(path, wants);
  if (reader === undefined) throw new Error("there is no such file");
  onTestFinished(() => reader.close());
  return reader;
}

/** A file of these blocks. */
function fileOf(...blocks: readonly OutputBlock[]): string {
  const path = join(scratchFolder(), "run_output.bin");
  writeFileSync(path, bytesOf(blocks), { mode: 0o600 });
  return path;
}

function bytesOf(blocks: readonly OutputBlock[]): Buffer {
  return Buffer.concat(blocks.flatMap(({ pieces, data }) => encodeOutputFrame({ pieces }, data)));
}

test("what is put in comes out, for any tasks, attempts and bytes", async () => {
  const printed = record({
    taskId: nat(5),
    attempt: integer({ min: 1, max: 3 }),
    stream: constantFrom("stdout" as const, "stderr" as const),
    text: string({ minLength: 1, maxLength: 50 }),
  });
  const distinct = uniqueArray(printed, { selector: (p) => `${p.taskId} ${p.attempt} ${p.stream}`, maxLength: 20 });
  await assert(
    asyncProperty(distinct, integer({ min: 1, max: 5 }), async (all, together) => {
      const blocks: OutputBlock[] = [];
      for (let i = 0; i < all.length; i += together) {
        const some = all.slice(i, i + together);
        blocks.push(blockOf(...some.map(({ text, taskId, ...more }) => [pieceOf(taskId, text, more), text] as const)));
      }
      const reader = open(fileOf(...blocks));
      expect(reader.torn).toEqual([]);
      for (const { taskId, attempt, stream, text } of all) {
        const stored = reader.attempts(taskId).find((one) => one.attempt === attempt);
        expect(stored === undefined ? undefined : (await reader.read(stored, stream)).toString()).toBe(text);
      }
      expect(reader.tasks).toEqual([...new Set(all.map(({ taskId }) => taskId))].toSorted((a, b) => a - b));
    }),
    { numRuns: 50 },
  );
});

test("pieces of a long stream come together in their order, and what comes twice counts once", async () => {
  const piece = (from: number): OutputBlock =>
    printedBy(3, "abcdefgh".slice(from, from + 3), { from, bytes: 108, start: 0 });
  const reader = open(fileOf(piece(3), piece(0), piece(3), piece(0)));
  const [attempt] = reader.attempts(3);
  expect(attempt === undefined ? "" : (await reader.read(attempt, "stdout")).toString()).toBe("abcdef");
});

test("of a long stream a part is read, across its pieces and short of what is not kept", async () => {
  const piece = (from: number, text: string): OutputBlock => printedBy(3, text, { from, bytes: 109, start: 100 });
  const reader = open(fileOf(piece(103, "def"), piece(100, "abc"), piece(106, "ghi")));
  const [attempt] = reader.attempts(3);
  if (attempt === undefined) throw new Error("an attempt is kept");
  const part = async (from: number, to: number): Promise<string> =>
    String(await reader.read(attempt, "stdout", { from, to }));
  expect([await part(102, 107), await part(0, 101), await part(108, 200), await part(104, 105)]).toEqual([
    "cdefg",
    "a",
    "i",
    "e",
  ]);
});

test("how much is missing at the beginning is known", () => {
  const reader = open(fileOf(printedBy(3, "end", { from: 100, start: 100 })));
  expect(reader.attempts(3)[0]?.streams.stdout).toMatchObject({ bytes: 103, missing: 100 });
});

test("an attempt that comes late stands before later ones", () => {
  const reader = open(fileOf(printedBy(3, "b", { attempt: 2 }), printedBy(3, "a", { attempt: 1 })));
  expect(reader.attempts(3).map(({ attempt }) => attempt)).toEqual([1, 2]);
});

test("only tasks that are wanted are remembered", () => {
  const path = fileOf(printedBy(1, "a"), printedBy(2, "b"), printedBy(3, "c"));
  expect(open(path, (id) => id === 2).tasks).toEqual([2]);
});

test("what is added is read when it is asked for", async () => {
  const { path, store } = openStore();
  await kept(store, printedBy(1, "a"));
  const reader = open(path);
  expect(reader.update()).toEqual([]);
  await kept(store, printedBy(2, "b"));
  expect(reader.update().map(({ taskId }) => taskId)).toEqual([2]);
  await store.close();
});

test("a file that is torn anywhere in its last frame is read up to that, and says so", () => {
  const whole = bytesOf([printedBy(1, "one")]);
  const last = bytesOf([printedBy(2, "two")]);
  for (let length = 1; length < last.length; length++) {
    const path = fileOf(printedBy(1, "one"), printedBy(2, "two"));
    truncateSync(path, whole.length + length);
    const reader = open(path);
    expect([reader.tasks, reader.torn]).toEqual([[1], [{ at: whole.length, length, isEnd: true }]]);
  }
});

test("damage in the middle costs the frame that it is in, and no other", () => {
  const frames = [printedBy(1, "one"), printedBy(2, "two"), printedBy(3, "three")].map((block) => bytesOf([block]));
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = frames;
  const path = join(scratchFolder(), "run_output.bin");
  const bytes = Buffer.concat(frames);
  bytes[first.length + 20] = 0;
  writeFileSync(path, bytes, { mode: 0o600 });
  const reader = open(path);
  expect(reader.tasks).toEqual([1, 3]);
  expect(reader.torn).toEqual([{ at: first.length, length: second.length, isEnd: false }]);
});

test("whatever stands in the file, it is read without a fault, and whole frames behind it are found", async () => {
  const inputs = [
    bytesOf([printedBy(1, "one"), printedBy(2, "two".repeat(100))]),
    bytesOf(Array.from({ length: 5 }, (_, id) => printedBy(id, `task ${id}`))),
  ];
  const path = join(scratchFolder(), "run_output.bin");
  const last = bytesOf([printedBy(77, "last")]);
  await fuzz({ inputs, words: ["\u0089dbo", "[]", "-1", "1e99", '"pieces":'], rounds: 300 }, async (input) => {
    writeFileSync(path, Buffer.concat([input, last]), { mode: 0o600 });
    const reader = OutputReader.open(path);
    if (reader === undefined) throw new Error("there is no such file");
    try {
      expect(reader.tasks).toContain(77);
      for (const id of reader.tasks) {
        for (const attempt of reader.attempts(id)) {
          // Damaged data are refused, and not taken for others.
          await reader.read(attempt, "stdout").catch(() => undefined);
        }
      }
    } finally {
      reader.close();
    }
  });
  expect(readFileSync(path).length).toBeGreaterThan(0);
});

test("a file that cannot be read to its end is not left open", () => {
  const path = fileOf(printedBy(1, "one"));
  const links = (): string[] => readdirSync("/proc/self/fd").flatMap((fd) => linkOf(`/proc/self/fd/${fd}`));
  const fails = (): boolean => {
    throw new Error("the disk is gone");
  };
  expect(() => OutputReader.open(path, fails)).toThrow("the disk is gone");
  expect(links()).not.toContain(path);
});

/** Where a link leads; nowhere when it has gone meanwhile. */
function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}
