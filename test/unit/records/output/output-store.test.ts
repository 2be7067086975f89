import { appendFileSync, existsSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OutputReader } from "../../../../src/records/output/output-reader.ts";
import { refuseOtherOutput, type StoreIo } from "../../../../src/records/output/output-store.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { blockOf, kept, openStore, pieceOf, printedBy } from "./output-files.ts";

const MIB = 1024 * 1024;
const ROOMY: StoreIo["statfs"] = (_path, done) => done(null, { bavail: 1e9, blocks: 1e9, bsize: 4096 });

/** What is kept of a task's standard output, of its last attempt. */
async function textOf(path: string, taskId: number): Promise<string | undefined> {
  const reader = OutputReader.open(path);
  try {
    const attempt = reader?.attempts(taskId).at(-1);
    return attempt === undefined ? undefined : (await reader?.read(attempt, "stdout"))?.toString();
  } finally {
    reader?.close();
  }
}

test("nothing is made before there is something to keep, and then a file that only its owner can read", async () => {
  const { path, store } = openStore();
  expect(existsSync(path)).toBe(false);
  await kept(store, printedBy(7, "seven\n"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await textOf(path, 7)).toBe("seven\n");
  await store.close();
});

test("what it has said to be safe can be read before it is closed", async () => {
  const { path, store } = openStore();
  for (let id = 0; id < 20; id++) {
    await kept(store, printedBy(id, `task ${id}\n`));
    expect(await textOf(path, id)).toBe(`task ${id}\n`);
  }
  await store.close();
});

test("a driver that follows another goes on behind the last whole frame", async () => {
  const first = openStore();
  await kept(first.store, printedBy(1, "one\n"));
  await first.store.close();
  const whole = statSync(first.path).size;
  await kept(openStore({ path: first.path, goesOn: true }).store, printedBy(2, "two\n"));
  truncateSync(first.path, statSync(first.path).size - 3);
  const { store } = openStore({ path: first.path, goesOn: true });
  await kept(store, printedBy(2, "again\n"));
  await store.close();
  expect(statSync(first.path).size).toBeGreaterThan(whole);
  expect([await textOf(first.path, 1), await textOf(first.path, 2)]).toEqual(["one\n", "again\n"]);
});

test("attempts of a run that goes on with an earlier one's files are told from those of the earlier one", async () => {
  const { path, store } = openStore();
  await kept(store, printedBy(1, "earlier\n"));
  await store.close();
  const later = openStore({ path });
  await kept(later.store, printedBy(1, "later\n"));
  await later.store.close();
  const reader = OutputReader.open(path);
  expect(reader?.attempts(1).map(({ attempt, run }) => [attempt, run])).toEqual([
    [1, 1],
    [1, 2],
  ]);
  reader?.close();
  expect(await textOf(path, 1)).toBe("later\n");
});

test("space that the records need is left to them, which is said once, and output is kept again when there is more", async () => {
  const free = { blocks: 15 * MIB };
  const statfs: StoreIo["statfs"] = (_path, done) => done(null, { bavail: free.blocks, blocks: 1e9, bsize: 1 });
  const { path, store, warnings } = openStore({ io: { write: writeAll, statfs } });
  await kept(store, printedBy(1, "lost\n"));
  await kept(store, printedBy(2, "lost\n"));
  expect(existsSync(path)).toBe(false);
  expect(warnings).toEqual([
    `what tasks print is not kept in ${path}: hardly any space is left on the disk, and the records of the run need it; the run goes on`,
  ]);
  free.blocks = 1e9;
  // More than is written without a look.
  await kept(store, { pieces: [pieceOf(3, "x")], data: Buffer.alloc(5 * MIB) });
  expect(statSync(path).size).toBeGreaterThan(5 * MIB);
  await store.close();
});

test("a write that fails leaves no half frame, and is said once", async () => {
  let isFull = false;
  const write: StoreIo["write"] = (fd, bytes, done) => {
    if (!isFull) return writeAll(fd, bytes, done);
    appendFileSync(fd, bytes.subarray(0, 10));
    done(Object.assign(new Error("full"), { code: "ENOSPC" }), 0);
  };
  const { path, store, warnings } = openStore({ io: { write, statfs: ROOMY } });
  await kept(store, printedBy(1, "one\n"));
  const before = readFileSync(path);
  isFull = true;
  await kept(store, printedBy(2, "two\n"));
  await kept(store, printedBy(3, "three\n"));
  expect(readFileSync(path)).toEqual(before);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/: full; the run goes on$/);
  await store.close();
});

test("while the disk does not answer nothing waits for it beyond a bound", async () => {
  const waiting: (() => void)[] = [];
  const write: StoreIo["write"] = (fd, bytes, done) => void waiting.push(() => writeAll(fd, bytes, done));
  const { path, store, warnings } = openStore({ io: { write, statfs: ROOMY } });
  const done: number[] = [];
  const first = kept(store, printedBy(0, "first\n"));
  for (let i = 1; i <= 80; i++) {
    store.keep({ pieces: [pieceOf(i, "x")], data: Buffer.alloc(MIB) }, () => void done.push(i));
  }
  expect(done).toEqual(Array.from({ length: 80 - 64 }, (_, i) => i + 65));
  expect(warnings).toEqual([`what tasks print is not kept in ${path}: the disk is too slow for it; the run goes on`]);
  const closed = store.close();
  const pump = setInterval(() => waiting.splice(0).forEach((go) => go()), 1);
  await Promise.all([first, closed]);
  clearInterval(pump);
  expect(done).toHaveLength(80);
});

test("a file of somebody else's is not written to: the run goes on without output", async () => {
  const folder = scratchFolder();
  const path = join(folder, "run_output.bin");
  symlinkSync(join(folder, "elsewhere"), path);
  const { store, warnings } = openStore({ path });
  await kept(store, printedBy(1, "one\n"));
  await kept(store, printedBy(2, "two\n"));
  expect(warnings).toEqual([`what tasks print is not kept in ${path}: it is a symbolic link; the run goes on`]);
  expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  await store.close();
});

test("a file that is no output file is left as it is", async () => {
  const path = join(scratchFolder(), "run_output.bin");
  writeFileSync(path, "results of a task\n");
  const { store, warnings } = openStore({ path });
  await kept(store, printedBy(1, "one\n"));
  await store.close();
  expect(readFileSync(path, "utf8")).toBe("results of a task\n");
  expect(warnings).toEqual([
    `what tasks print is not kept in ${path}: it is no output file of disbatch; the run goes on`,
  ]);
  expect(store.hasFailures).toBe(false);
  expect(() => refuseOtherOutput(path)).toThrow(`${path} is no output file of disbatch, so it is not used`);
});

test("a file of which only a part of the first mark was written is an output file", async () => {
  const path = join(scratchFolder(), "run_output.bin");
  for (const begun of [[], [0x89], [0x89, 0x64, 0x62, 0x6f, 0]]) {
    writeFileSync(path, Buffer.from(begun));
    const { store } = openStore({ path });
    await kept(store, printedBy(1, "one\n"));
    await store.close();
    expect(await textOf(path, 1)).toBe("one\n");
  }
});

test("on a small disk, too, what the records need is left to them", async () => {
  const disk = { free: MIB };
  const statfs: StoreIo["statfs"] = (_path, done) => done(null, { bavail: disk.free, blocks: MIB, bsize: 1 });
  const write: StoreIo["write"] = (fd, bytes, done) => {
    disk.free -= bytes.length;
    writeAll(fd, bytes, done);
  };
  const { store, warnings } = openStore({ io: { write, statfs } });
  for (let i = 0; i < 40; i++) await kept(store, { pieces: [pieceOf(i, "x")], data: Buffer.alloc(60_000) });
  expect(disk.free).toBeGreaterThan(MIB / 20 - 60_000);
  expect(warnings).toHaveLength(1);
  await store.close();
});

test("it knows whether something of a failed task is among what it keeps", async () => {
  const { store } = openStore();
  await kept(store, printedBy(1, "fine\n", { failed: false }));
  expect(store.hasFailures).toBe(false);
  await kept(store, blockOf([pieceOf(2, "bad\n"), "bad\n"]));
  expect(store.hasFailures).toBe(true);
  await store.close();
});

test("what could not be kept of a failed task is not among it", async () => {
  const write: StoreIo["write"] = (_fd, _bytes, done) => done(new Error("full"), 0);
  const { store } = openStore({ io: { write, statfs: ROOMY } });
  await kept(store, printedBy(1, "bad\n"));
  expect(store.hasFailures).toBe(false);
  await store.close();
});

function writeAll(fd: number, bytes: Buffer, done: (error: null, count: number) => void): void {
  appendFileSync(fd, bytes);
  done(null, bytes.length);
}
