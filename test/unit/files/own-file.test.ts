import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  appendOwnFile,
  createOwnFile,
  openOwnFile,
  readOwnFile,
  replaceOwnFile,
  whyForeign,
} from "../../../src/files/own-file.ts";

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "own-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Things that another user could put under the name of a file of ours. */
const PLANTED: Record<string, (path: string) => void> = {
  "a link": (path) => {
    writeFileSync(at("elsewhere"), "precious");
    symlinkSync(at("elsewhere"), path);
  },
  "a link that leads nowhere": (path) => symlinkSync(at("nowhere"), path),
  "a named pipe": (path) => void spawnSync("mkfifo", [path]),
  "a link to a device": (path) => symlinkSync("/dev/zero", path),
  "a folder": (path) => mkdirSync(path),
  "a file with a second name": (path) => {
    writeFileSync(at("elsewhere"), "precious");
    linkSync(at("elsewhere"), path);
  },
  "a file that others can write": (path) => {
    writeFileSync(path, "theirs");
    chmodSync(path, 0o666);
  },
};

describe.each(Object.entries(PLANTED))("%s in its place", (_what, plant) => {
  test("is not taken for a file that was made, read or appended to", () => {
    plant(at("file"));
    expect(() => createOwnFile(at("file"))).toThrow(/EEXIST/);
    expect(() => openOwnFile(at("file"))).toThrow();
    expect(() => appendOwnFile(at("file"))).toThrow();
    expect(() => readOwnFile(at("file"), 100)).toThrow();
    expect(readdirSync(folder)).not.toContain("nowhere");
  });
});

test.skipIf(process.getuid?.() !== 0)("another user's file is refused by its owner", () => {
  writeFileSync(at("file"), "theirs");
  chownSync(at("file"), 65534, 65534);
  expect(() => readOwnFile(at("file"), 100)).toThrow(/belongs to another user \(number 65534\)/);
  expect(() => appendOwnFile(at("file"))).toThrow(/belongs to another user/);
});

test("the owner counts, then who can write it, then its names", () => {
  const fine = { isRegular: true, owner: 1000, mode: 0o100644, names: 1 };
  expect(whyForeign(fine, 1000)).toBeUndefined();
  expect(whyForeign(fine, undefined)).toBeUndefined();
  expect(whyForeign(fine, 1001)).toMatch(/another user/);
  expect(whyForeign({ ...fine, mode: 0o100664 }, 1000)).toMatch(/written by other/);
  expect(whyForeign({ ...fine, names: 2 }, 1000)).toMatch(/another name/);
  expect(whyForeign({ ...fine, isRegular: false }, 1000)).toMatch(/regular/);
});

test("a file of ours is made, gone on with and read", () => {
  closeSync(createOwnFile(at("file"), 0o600));
  expect(statSync(at("file")).mode & 0o777).toBe(0o600);
  const fd = appendOwnFile(at("file"));
  writeFileSync(fd, "word");
  closeSync(fd);
  expect(readOwnFile(at("file"), 4)).toBe("word");
  expect(() => readOwnFile(at("file"), 3)).toThrow(/larger \(4 bytes\)/);
});

test("a file is replaced whole, and leaves nothing when that fails", () => {
  replaceOwnFile(at("file"), "one", 0o600);
  replaceOwnFile(at("file"), "two", 0o600);
  expect(readFileSync(at("file"), "utf8")).toBe("two");
  mkdirSync(at("folder"));
  expect(() => replaceOwnFile(at("folder"), "three", 0o600)).toThrow();
  expect(readdirSync(folder).toSorted()).toEqual(["file", "folder"]);
});

test("what is replaced may be a link of another's, which is not followed", () => {
  writeFileSync(at("elsewhere"), "precious");
  symlinkSync(at("elsewhere"), at("file"));
  replaceOwnFile(at("file"), "ours", 0o600);
  expect(readFileSync(at("elsewhere"), "utf8")).toBe("precious");
  expect(readFileSync(at("file"), "utf8")).toBe("ours");
});
