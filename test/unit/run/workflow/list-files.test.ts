import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { ListFiles } from "../../../../src/run/workflow/list-files.ts";

function openFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const modeOf = (file: string): number => statSync(file).mode & 0o7777;

test("a list is in a stage that its user alone can read, beside which others can have theirs, and goes with it", () => {
  const folder = openFolder();
  chmodSync(folder, 0o2775);
  const stages = path.join(folder, ".disbatch");
  const lists = new ListFiles(path.join(stages, "s1"));
  const file = lists.keep("l", ["a", "b"]);
  expect(readFileSync(file, "utf8")).toBe("a\nb\n");
  expect(modeOf(stages)).toBe(0o2775);
  expect(modeOf(path.join(stages, "s1")) & 0o777).toBe(0o700);
  expect(lists.keep("l", ["c"])).toBe(file);
  lists.remove();
  expect(existsSync(stages)).toBe(false);
});

test.each([".disbatch", ".disbatch/s1", ".disbatch/s1/lists"])(
  "a list that cannot be written since %s is a file is a mistake with a name, and nothing else fails by it",
  (name) => {
    const folder = openFolder();
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), "");
    const lists = new ListFiles(path.join(folder, ".disbatch/s1"));
    const keep = (): string => lists.keep("l", ["a"]);
    expect(keep).toThrow(UserError);
    expect(keep).toThrow(`cannot write ${folder}/.disbatch/s1/lists/l, a list of what a task is made from: `);
    lists.remove();
  },
);
