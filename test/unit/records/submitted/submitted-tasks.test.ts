import * as fs from "node:fs";
import { expect, test } from "vitest";
import { LedgerError } from "../../../../src/records/ledger/ledger-error.ts";
import { Ledger } from "../../../../src/records/ledger/ledger.ts";
import { SubmittedTasks } from "../../../../src/records/submitted/submitted-tasks.ts";
import { OpenList } from "../../../../src/tasks/sources/open-list.ts";
import { scratchFile } from "../ledger/scratch.ts";

/** A list whose lines go to a disk that has room for so many bytes. */
function listOn(room: number) {
  const disk = {
    room,
    writeSync: (fd: number, bytes: Uint8Array, offset: number, length: number): number => {
      if (disk.room === 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      const count = Math.min(disk.room, length);
      disk.room -= count;
      return fs.writeSync(fd, bytes, offset, count);
    },
    fdatasync: (_: number, done: (error: Error | null) => void) => done(null),
  };
  const path = scratchFile("run_tasks.txt");
  const tasks = new SubmittedTasks(Ledger.create(path, disk));
  const list = new OpenList({ name: "list", lenient: false, onWarning: () => undefined });
  list.keepIn(tasks);
  return { disk, path, tasks, list };
}

test("what does not fit on the disk is refused whole, and does not come later", async () => {
  const { disk, path, tasks, list } = listOn(10);
  expect(list.submit("true")).toEqual({ first: 0, count: 1 });
  expect(() => list.submit("a\nbcdefgh")).toThrow(LedgerError);
  expect(fs.readFileSync(path, "utf8")).toBe("true\n");
  disk.room = 1000;
  // The run is about to end for it, and takes nothing more.
  expect(() => list.submit("b")).toThrow(LedgerError);
  expect(() => tasks.commit()).toThrow(LedgerError);
  await expect(tasks.close()).rejects.toThrow(LedgerError);
  expect([fs.readFileSync(path, "utf8"), tasks.unwritten()]).toEqual(["true\n", ""]);
});

test("a list ends though its end does not fit on the disk", () => {
  const { tasks, list } = listOn(3);
  expect(() => list.end()).toThrow(LedgerError);
  expect(list.isEnded).toBe(true);
  expect(() => tasks.commit()).toThrow(LedgerError);
});
