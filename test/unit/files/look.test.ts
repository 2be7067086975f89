import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { namesIn } from "../../../src/files/look.ts";
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
