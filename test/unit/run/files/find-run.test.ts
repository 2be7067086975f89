import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findRun } from "../../../../src/run/files/find-run.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

/** A folder with the scripts of these runs, the first the oldest. */
function folderOf(...prefixes: readonly string[]): string {
  const folder = scratchFolder();
  for (const [i, prefix] of prefixes.entries()) {
    const script = path.join(folder, `${prefix}_dbUtil.sh`);
    writeFileSync(script, "");
    utimesSync(script, 1000 + i, 1000 + i);
  }
  return folder;
}

describe("a run that is named", () => {
  test.each(["b", "b_dbUtil.sh", "b_status.txt", "b_journal.jsonl", "b_driver.log", "./b_contact.json"])(
    "by %s",
    (word) => {
      const folder = folderOf("a", "b", "c");
      expect(findRun(word, folder).prefix).toBe(path.join(folder, "b"));
    },
  );

  test("by the log of one of its engines, which begins with the longest prefix that fits", () => {
    const folder = folderOf("b", "b_x", "b_x_y");
    writeFileSync(path.join(folder, "b_x_node7_engine.log"), "");
    expect(findRun("b_x_node7_engine.log", folder).prefix).toBe(path.join(folder, "b_x"));
  });

  test("by its path from another folder", () => {
    const folder = folderOf("b");
    mkdirSync(path.join(folder, "sub"));
    expect(findRun("../b_status.txt", path.join(folder, "sub")).prefix).toBe(path.join(folder, "b"));
  });

  test("by its folder, as the newest there", () => {
    const folder = folderOf("a", "b");
    expect(findRun(folder, "/").prefix).toBe(path.join(folder, "b"));
  });

  test("and is not there, is refused", () => {
    const folder = folderOf("b");
    writeFileSync(path.join(folder, "Tasks"), "");
    for (const word of ["c", "Tasks", "Tasks/b", "missing/b"]) {
      expect(userErrorOf(() => findRun(word, folder))).toMatchObject({ code: "no-run-here", exitCode: 2 });
    }
  });
});

test("a run whose name is too long for any file is refused", () => {
  expect(userErrorOf(() => findRun("x".repeat(300), folderOf()))).toMatchObject({ code: "name-unusable", exitCode: 2 });
});

describe("a run that is not named", () => {
  test("is the newest of the folder", () => {
    const folder = folderOf("c", "a", "b");
    expect(findRun(undefined, folder).prefix).toBe(path.join(folder, "b"));
  });

  test("is refused where there is none", () => {
    const error = userErrorOf(() => findRun(undefined, folderOf()));
    expect(error).toMatchObject({ code: "no-run-here", exitCode: 2 });
  });
});
