import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { removeFile } from "../../../src/files/remove-file.ts";
import { scratchFolder } from "../process/scratch.ts";

test("a file, or a link, is removed, and what is not there is no matter", () => {
  const folder = scratchFolder();
  const [file, link] = [path.join(folder, "file"), path.join(folder, "link")];
  writeFileSync(file, "");
  symlinkSync(file, link);
  expect(removeFile(link)).toBeUndefined();
  expect(existsSync(file)).toBe(true);
  expect(removeFile(file)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  expect(removeFile(file)).toBeUndefined();
  expect(removeFile(path.join(folder, "no", "file"))).toBeUndefined();
});

test("what cannot be removed stays, and why is said in words", () => {
  const folder = scratchFolder();
  mkdirSync(path.join(folder, "run_run.lock"));
  expect(removeFile(path.join(folder, "run_run.lock"))).toMatch(
    /^cannot remove \S+\/run_run\.lock: .*directory.*\([A-Z]+\)$/,
  );
  expect(existsSync(path.join(folder, "run_run.lock"))).toBe(true);
});

test("what is not there is no matter either where nothing can be removed", () => {
  expect(removeFile("/proc/sys/no-such-file")).toBeUndefined();
  expect(removeFile("/proc/sys/kernel/ostype")).toMatch(/^cannot remove \/proc\/sys\/kernel\/ostype: /);
});
