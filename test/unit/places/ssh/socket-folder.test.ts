import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { dropLeftFolders, makeSocketFolder } from "../../../../src/places/ssh/socket-folder.ts";
import { scratchFolder } from "./keys.ts";

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync("/bin/true").pid;
}

test("a folder for a socket is the user's alone, and leaves room for what ssh adds to the name", () => {
  const folder = makeSocketFolder({ TMPDIR: scratchFolder() });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  const long = `/tmp/${"x".repeat(60)}`;
  expect(path.dirname(makeSocketFolderIn(long))).toBe("/tmp");
});

/** Where it is made when this is the user's folder for temporary files. */
function makeSocketFolderIn(TMPDIR: string): string {
  const folder = makeSocketFolder({ TMPDIR });
  spawnSync("rmdir", [folder]);
  return folder;
}

test("what processes have left that were killed goes, with what is in it; all else stays", () => {
  const tmp = scratchFolder();
  const mine = path.basename(makeSocketFolder({ TMPDIR: tmp }));
  const left = mine.replace(`-${process.pid}-`, `-${deadProcess()}-`);
  mkdirSync(path.join(tmp, left));
  writeFileSync(path.join(tmp, left, "s"), "");
  const [, machine = ""] = mine.split("-");
  const stays = [
    mine,
    left.replace(machine, machine === "0000" ? "1111" : "0000"),
    "dbs-Ab12Cd",
    `${left}.old`,
    left.replace(/.{6}$/, "abcdef"),
  ];
  for (const name of stays.slice(1, 4)) mkdirSync(path.join(tmp, name));
  // A link to somewhere else is none.
  symlinkSync(tmp, path.join(tmp, stays[4] ?? ""));
  dropLeftFolders({ TMPDIR: tmp });
  expect(readdirSync(tmp).toSorted()).toEqual(stays.toSorted());
});

test("a folder for temporary files that cannot be read is no matter", () => {
  const tmp = scratchFolder();
  chmodSync(tmp, 0o000);
  expect(() => dropLeftFolders({ TMPDIR: tmp })).not.toThrow();
  expect(() => dropLeftFolders({ TMPDIR: "/no/such/folder" })).not.toThrow();
  chmodSync(tmp, 0o700);
});
