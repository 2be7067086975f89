import { existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { removeFile } from "../../../src/files/remove-file.ts";
import { scratchFolder } from "../node/process/scratch.ts";

test("a file is removed, and what is not there is no matter", () => {
  const file = path.join(scratchFolder(), "file");
  writeFileSync(file, "");
  expect(removeFile(file)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  expect(removeFile(file)).toBeUndefined();
  expect(removeFile(path.join(path.dirname(file), "no", "file"))).toBeUndefined();
});

test("what is no file of this user's stays, and why is said in words", () => {
  const folder = scratchFolder();
  const [link, lock] = [path.join(folder, "link"), path.join(folder, "run_run.lock")];
  symlinkSync("elsewhere", link);
  mkdirSync(lock);
  expect(removeFile(link)).toBe(`cannot remove ${link}: it is a symbolic link`);
  expect(removeFile(lock)).toBe(`cannot remove ${lock}: it is a folder`);
  expect(lstatSync(link).isSymbolicLink() && existsSync(lock)).toBe(true);
});

test("what is not there is no matter either where nothing can be removed", () => {
  expect(removeFile("/proc/sys/no-such-file")).toBeUndefined();
  expect(removeFile("/proc/sys/kernel/ostype")).toMatch(/^cannot remove \/proc\/sys\/kernel\/ostype: /);
});
