import * as fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Ledger, type LedgerIo } from "../../../../src/records/ledger/ledger.ts";
import { LedgerError } from "../../../../src/records/ledger/ledger-error.ts";
import { scratchFile } from "./scratch.ts";

/** What a faulty disk does: takes `room` bytes, at most `atOnce` in one call, and then says it is full. */
class FaultyDisk implements LedgerIo {
  room = Number.MAX_SAFE_INTEGER;
  atOnce = Number.MAX_SAFE_INTEGER;
  syncs = 0;
  syncError: Error | null = null;

  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number): number {
    if (this.room === 0) throw systemError("ENOSPC", "no space left on device, write");
    const count = Math.min(this.room, this.atOnce, length);
    this.room -= count;
    return fs.writeSync(fd, bytes, offset, count);
  }

  fdatasync(_fd: number, done: (error: Error | null) => void): void {
    this.syncs++;
    done(this.syncError);
  }
}

function systemError(code: string, text: string): Error {
  return Object.assign(new Error(`${code}: ${text}`), { code });
}

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("opening", () => {
  test("a new file is empty and readable for all, less the umask", async () => {
    const path = scratchFile("status.txt");
    const ledger = Ledger.create(path);
    expect(ledger.startedEmpty).toBe(true);
    expect(fs.statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
    await ledger.close();
    expect(fs.readFileSync(path, "utf8")).toBe("");
  });

  test("a file that exists is not taken for a new one", () => {
    const path = scratchFile("status.txt");
    fs.writeFileSync(path, "old\n");
    expect(thrownBy(() => Ledger.create(path))).toMatchObject({ code: "prefix-in-use", exitCode: 2 });
    expect(fs.readFileSync(path, "utf8")).toBe("old\n");
  });

  test("a folder that is missing is the user's to deal with", () => {
    const path = `${scratchFile("missing")}/status.txt`;
    expect(thrownBy(() => Ledger.create(path))).toMatchObject({
      code: "record-unusable",
      message: `cannot create ${path}: no such file or directory (ENOENT)`,
    });
  });

  test("appending needs a file that is there, and no directory", () => {
    const path = scratchFile("status.txt");
    expect(thrownBy(() => Ledger.append(path))).toMatchObject({ code: "record-unusable" });
    fs.mkdirSync(path);
    expect(thrownBy(() => Ledger.append(path))).toMatchObject({ code: "record-unusable" });
  });

  test("a last line without a newline is dropped when the file is gone on with, and told", async () => {
    const path = scratchFile("status.txt");
    fs.writeFileSync(path, "one\ntor");
    const ledger = Ledger.append(path);
    expect(ledger.startedEmpty).toBe(false);
    expect(ledger.dropped).toMatch(/^\S*status\.txt: its last line had no newline.* 3 bytes: tor$/);
    ledger.write("two");
    ledger.write("three");
    await ledger.close();
    expect(fs.readFileSync(path, "utf8")).toBe("one\ntwo\nthree\n");
  });

  test("a file that has nothing but a torn line starts empty", async () => {
    const path = scratchFile("status.txt");
    fs.writeFileSync(path, "tor");
    const ledger = Ledger.append(path);
    expect(ledger.startedEmpty).toBe(true);
    await ledger.close();
  });

  test("a last line that is whole but for its newline gets that", async () => {
    const path = scratchFile("journal.jsonl");
    fs.writeFileSync(path, "one\n{}");
    const ledger = Ledger.append(path, { isWhole: (line) => line === "{}" });
    ledger.write("two");
    await ledger.close();
    expect([fs.readFileSync(path, "utf8"), ledger.dropped]).toEqual(["one\n{}\ntwo\n", undefined]);
  });

  test("appending to whole lines adds no empty one", async () => {
    const path = scratchFile("status.txt");
    fs.writeFileSync(path, "one\n");
    const ledger = Ledger.append(path);
    ledger.write("two");
    await ledger.close();
    expect(fs.readFileSync(path, "utf8")).toBe("one\ntwo\n");
  });
});

describe("writing", () => {
  test("nothing is in the file before commit, and everything after it", async () => {
    const path = scratchFile("status.txt");
    const ledger = Ledger.create(path);
    ledger.write("é");
    expect(ledger.unwritten()).toBe("é\n");
    expect(fs.readFileSync(path, "utf8")).toBe("");
    ledger.commit();
    expect(ledger.unwritten()).toBe("");
    expect(fs.readFileSync(path, "utf8")).toBe("é\n");
    await ledger.close();
  });

  test("batches of any size are written, one after the other", async () => {
    const path = scratchFile("status.txt");
    const ledger = Ledger.create(path);
    let expected = "";
    for (const lines of [1, 5000, 3, 0, 20_000]) {
      for (let i = 0; i < lines; i++) {
        const line = `${lines} ${i} ${"ü€😀".repeat(i % 40)}`;
        ledger.write(line);
        expected += `${line}\n`;
      }
      ledger.commit();
      expect(fs.statSync(path).size).toBe(Buffer.byteLength(expected));
    }
    ledger.write("x".repeat(1_000_000));
    await ledger.close();
    expect(fs.readFileSync(path, "utf8") === `${expected}${"x".repeat(1_000_000)}\n`).toBe(true);
  });

  test("a disk that takes a few bytes at a time gets all of them", async () => {
    const path = scratchFile("status.txt");
    const disk = new FaultyDisk();
    disk.atOnce = 3;
    const ledger = Ledger.create(path, disk);
    ledger.write("zehn Zöpfe");
    ledger.write("zwei");
    await ledger.close();
    expect(fs.readFileSync(path, "utf8")).toBe("zehn Zöpfe\nzwei\n");
  });

  test("a full disk loses nothing: a later commit goes on where the last one stopped", async () => {
    const path = scratchFile("status.txt");
    const disk = new FaultyDisk();
    const ledger = Ledger.create(path, disk);
    disk.room = 8;
    ledger.write("first");
    ledger.write("öüä");
    expect(thrownBy(() => ledger.commit())).toMatchObject({
      code: "record-failed",
      exitCode: 3,
      path,
      message: `cannot write ${path}: no space left on device (ENOSPC)`,
    });
    ledger.write("third");
    expect(ledger.unwritten()).toBe("öüä\nthird\n");
    expect(() => ledger.commit()).toThrow(LedgerError);
    expect(fs.statSync(path).size).toBe(8);
    disk.room = 1000;
    ledger.commit();
    expect(ledger.unwritten()).toBe("");
    await ledger.close();
    expect(fs.readFileSync(path, "utf8")).toBe("first\nöüä\nthird\n");
  });

  test("a line that cannot be written whole is taken back when the file is closed", async () => {
    const path = scratchFile("status.txt");
    const disk = new FaultyDisk();
    const ledger = Ledger.create(path, disk);
    disk.room = 8;
    ledger.write("first");
    ledger.write("second");
    await expect(ledger.close()).rejects.toMatchObject({ code: "record-failed" });
    expect(fs.readFileSync(path, "utf8")).toBe("first\n");
    expect(ledger.unwritten()).toBe("second\n");
  });
});

describe("syncing", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("what was committed is synced within a second, once, and nothing is when nothing was written", async () => {
    const disk = new FaultyDisk();
    const ledger = Ledger.create(scratchFile("status.txt"), disk);
    await vi.advanceTimersByTimeAsync(5000);
    expect([disk.syncs, vi.getTimerCount()]).toEqual([0, 0]);
    ledger.write("a");
    ledger.commit();
    ledger.write("b");
    ledger.commit();
    await vi.advanceTimersByTimeAsync(1000);
    expect([disk.syncs, vi.getTimerCount()]).toEqual([1, 0]);
    ledger.write("c");
    ledger.commit();
    await vi.advanceTimersByTimeAsync(1000);
    expect([disk.syncs, vi.getTimerCount()]).toEqual([2, 0]);
    await ledger.close();
    expect(disk.syncs).toBe(2);
  });

  test("what is written while a sync is under way is synced after it", async () => {
    const pending: Array<() => void> = [];
    const disk: LedgerIo = {
      writeSync: (fd, bytes, offset, length) => fs.writeSync(fd, bytes, offset, length),
      fdatasync: (_fd, done) => void pending.push(() => done(null)),
    };
    const ledger = Ledger.create(scratchFile("status.txt"), disk);
    ledger.write("a");
    ledger.commit();
    await vi.advanceTimersByTimeAsync(1000);
    ledger.write("b");
    ledger.commit();
    await vi.advanceTimersByTimeAsync(5000);
    expect(pending.length).toBe(1);
    pending[0]?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(pending.length).toBe(2);
    const closed = ledger.close();
    pending[1]?.();
    await closed;
    expect(pending.length).toBe(2);
  });

  test("closing syncs what is not yet on disk", async () => {
    const disk = new FaultyDisk();
    const ledger = Ledger.create(scratchFile("status.txt"), disk);
    ledger.write("a");
    await ledger.close();
    expect([disk.syncs, vi.getTimerCount()]).toEqual([1, 0]);
  });

  test("a failed sync is told by the next commit and by close, and the lines are written all the same", async () => {
    const path = scratchFile("status.txt");
    const disk = new FaultyDisk();
    disk.syncError = systemError("EIO", "i/o error, fdatasync");
    const ledger = Ledger.create(path, disk);
    ledger.write("a");
    ledger.commit();
    await vi.advanceTimersByTimeAsync(1000);
    ledger.write("b");
    expect(thrownBy(() => ledger.commit())).toMatchObject({
      code: "record-failed",
      message: `cannot bring to the disk ${path}: i/o error (EIO)`,
    });
    await expect(ledger.close()).rejects.toThrow(LedgerError);
    expect(fs.readFileSync(path, "utf8")).toBe("a\nb\n");
  });

  test("a file system that cannot sync is no failure", async () => {
    const disk = new FaultyDisk();
    disk.syncError = systemError("EINVAL", "invalid argument, fdatasync");
    const ledger = Ledger.create(scratchFile("status.txt"), disk);
    ledger.write("a");
    await expect(ledger.close()).resolves.toBeUndefined();
  });
});
