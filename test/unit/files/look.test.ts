import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { isFile, isFolder, namesIn } from "../../../src/files/look.ts";
import { scratchFolder } from "../node/process/scratch.ts";

test("the names in a folder are those of files and folders alike", () => {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, "file"), "");
  mkdirSync(path.join(folder, "folder"));
  expect(namesIn(folder).toSorted()).toEqual(["file", "folder"]);
});

test("a folder that is missing, or is none, has no names in it", () => {
  const file = path.join(scratchFolder(), "file");
  writeFileSync(file, "");
  expect(namesIn(path.join(file, "..", "missing"))).toEqual([]);
  expect(namesIn(file)).toEqual([]);
});

test("a folder is no file, a file no folder, and what is missing or cannot be looked at neither", () => {
  const folder = scratchFolder();
  const file = path.join(folder, "file");
  writeFileSync(file, "");
  const places = [folder, file, path.join(folder, "missing"), path.join(file, "under")];
  expect(places.map(isFolder)).toEqual([true, false, false, false]);
  expect(places.map(isFile)).toEqual([false, true, false, false]);
});
