import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
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
  continueOwnFile,
  createOwnFile,
  dropOwnFile,
  ForeignFileError,
  isOwnFile,
  openOwnFile,
  otherOwnerOf,
  readOwnFile,
  reasonOf,
  refuseForeign,
  removeOwnFile,
  replaceOwnFile,
  whyForeign,
} from "../../../src/files/own-file.ts";

let folder: string;
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "own-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Things that another user could put under the name of a file of ours, and what is said of each. */
const PLANTED: Record<string, readonly [why: string, plant: (path: string) => void]> = {
  "a link": [
    "is a symbolic link",
    (path) => {
      writeFileSync(at("elsewhere"), "precious");
      symlinkSync(at("elsewhere"), path);
    },
  ],
  "a link that leads nowhere": ["is a symbolic link", (path) => symlinkSync(at("nowhere"), path)],
  "a named pipe": ["is not a regular file", (path) => void spawnSync("mkfifo", [path])],
  "a link to a device": ["is a symbolic link", (path) => symlinkSync("/dev/zero", path)],
  "a folder": ["is a folder", (path) => mkdirSync(path)],
  "a file with a second name": [
    "has another name elsewhere (a hard link)",
    (path) => {
      writeFileSync(at("elsewhere"), "precious");
      linkSync(at("elsewhere"), path);
    },
  ],
};
if (process.getuid?.() === 0) {
  PLANTED["another user's file"] = [
    "belongs to another user (number 65534)",
    (path) => {
      writeFileSync(path, "theirs");
      chownSync(path, 65534, 65534);
    },
  ];
}

/** What was put there, and what it leads to, is as it was. */
function expectUntouched(): void {
  expect(existsSync(at("nowhere"))).toBe(false);
  expect(!existsSync(at("elsewhere")) || readFileSync(at("elsewhere"), "utf8") === "precious").toBe(true);
  expect(lstatSync(at("file"))).toBeDefined();
}

function whyOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ForeignFileError) return error.why;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe.each(Object.entries(PLANTED))("%s in its place", (_what, [why, plant]) => {
  beforeEach(() => plant(at("file")));

  test("is not taken for a file that was made", () => {
    expect(() => createOwnFile(at("file"))).toThrow(/EEXIST/);
  });

  test("is not read, and not appended to", () => {
    expect(() => openOwnFile(at("file"))).toThrow(ForeignFileError);
    expect(() => readOwnFile(at("file"), 100)).toThrow(ForeignFileError);
    for (const open of [continueOwnFile, appendOwnFile]) expect(whyOf(() => open(at("file")))).toBe(why);
    expectUntouched();
  });

  test("is not replaced, and not removed", () => {
    const before = readdirSync(folder);
    expect(whyOf(() => replaceOwnFile(at("file"), "ours", 0o600))).toBe(why);
    expect(whyOf(() => removeOwnFile(at("file")))).toBe(why);
    dropOwnFile(at("file"));
    expect(readdirSync(folder)).toEqual(before);
    expectUntouched();
  });

  test("is named in one line", () => {
    expect(isOwnFile(at("file"))).toBe(false);
    const message = `${at("file")} ${why}, so it is not used; move it away, or choose another prefix (-p)`;
    expect(() => refuseForeign(at("file"))).toThrow(message);
    expect(reasonOf(new ForeignFileError(at("file"), why))).toBe(`it ${why}`);
  });
});

test("what others may write is not read where that matters, and goes on where it does not", () => {
  writeFileSync(at("file"), "anybody's");
  chmodSync(at("file"), 0o664);
  for (const open of [openOwnFile, (path: string) => readOwnFile(path, 100)])
    expect(whyOf(() => open(at("file")))).toBe("can be written by other users");
  for (const open of [continueOwnFile, appendOwnFile, (path: string) => openOwnFile(path, "others")])
    closeSync(open(at("file")));
});

test("its kind counts, then the owner, then who can write it, then its names", () => {
  const fine = { isRegular: true, owner: 1000, mode: 0o100644, names: 1 };
  expect(whyForeign(fine, 1000)).toBeUndefined();
  expect(whyForeign(fine, undefined)).toBeUndefined();
  expect(whyForeign(fine, 1001)).toMatch(/another user/);
  expect(whyForeign({ ...fine, mode: 0o100664 }, 1000)).toMatch(/written by other/);
  expect(whyForeign({ ...fine, mode: 0o100664 }, 1000, "others")).toBeUndefined();
  expect(whyForeign({ ...fine, names: 2 }, 1000)).toMatch(/another name/);
  expect(whyForeign({ ...fine, isRegular: false }, 1000)).toMatch(/regular/);
});

test("a file of ours is made, gone on with and read", () => {
  expect(() => continueOwnFile(at("file"))).toThrow(/ENOENT/);
  closeSync(createOwnFile(at("file"), 0o600));
  expect(statSync(at("file")).mode & 0o777).toBe(0o600);
  const fd = appendOwnFile(at("file"));
  writeFileSync(fd, "word");
  closeSync(fd);
  expect(readOwnFile(at("file"), 4)).toBe("word");
  expect(() => readOwnFile(at("file"), 3)).toThrow(/larger \(4 bytes\)/);
  closeSync(appendOwnFile(at("another")));
  expect(isOwnFile(at("another"))).toBe(true);
});

test("a file is replaced whole, with the permissions that it is to have", () => {
  const mask = process.umask(0o277);
  try {
    replaceOwnFile(at("file"), "one, and longer", 0o600);
    replaceOwnFile(at("file"), "two", 0o700);
  } finally {
    process.umask(mask);
  }
  expect(readFileSync(at("file"), "utf8")).toBe("two");
  expect(statSync(at("file")).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(["file"]);
});

test.runIf(process.getuid?.() === 0)("a file is said to be another user's, also by a link", () => {
  closeSync(createOwnFile(at("file")));
  symlinkSync(at("file"), at("link"));
  expect([otherOwnerOf(at("file")), otherOwnerOf(at("link")), otherOwnerOf(at("none"))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  chownSync(at("file"), 65534, 65534);
  expect([otherOwnerOf(at("file")), otherOwnerOf(at("link"))]).toEqual([65534, 65534]);
});

test("a file is removed once, and may be gone before", () => {
  removeOwnFile(at("file"));
  closeSync(createOwnFile(at("file")));
  removeOwnFile(at("file"));
  expect(readdirSync(folder)).toEqual([]);
  expect(isOwnFile(at("file"))).toBe(false);
});
