import { appendFile, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { KEPT_IN_MEMORY, openTaskFile } from "../../../../src/tasks/sources/task-file.ts";
import { collect, commandsOf, userErrorOf } from "./collect.ts";

const STRICT = { lenient: false };
/** More than is kept in memory: lines of 1024 bytes. */
const MANY_LINES = KEPT_IN_MEMORY / 1024 + 1000;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "disbatch-task-file-"));
  path = join(folder, "tasks");
});
afterEach(() => rm(folder, { recursive: true }));

function manyLines(): string {
  return Array.from({ length: MANY_LINES }, (_, index) => `echo ${String(index).padStart(1018)}\n`).join("");
}

describe("opening a task file", () => {
  it("gives a source with its name and its total", async () => {
    await writeFile(path, "a\n#DISBATCH BARRIER\n#DISBATCH REPEAT 1000000000 b\n");
    const { source, warnings } = await openTaskFile(path, STRICT);
    expect(source).toMatchObject({ name: path, total: 1_000_000_001 });
    expect(warnings).toEqual([]);
    expect(await source.next(3)).toEqual([
      { kind: "task", id: 0, line: 1, repeatIndex: -1, command: "a" },
      { kind: "barrier", id: 1, line: 2, check: false, text: "#DISBATCH BARRIER" },
      { kind: "task", id: 2, line: 3, repeatIndex: 0, command: "b" },
    ]);
    await source.close();
  });

  it("accepts an empty file", async () => {
    await writeFile(path, "");
    const { source } = await openTaskFile(path, STRICT);
    expect(source.total).toBe(0);
    expect(await source.next(1)).toEqual([]);
  });

  it("refuses a file with mistakes before anything is handed out", async () => {
    await writeFile(path, "a\n#DISBATCH foo\nb\n#DISBATCH REPEAT\n");
    const error = await userErrorOf(openTaskFile(path, STRICT));
    expect(error).toMatchObject({ code: "task-file-refused", exitCode: 2 });
    expect(error.diagnostics.map(({ place }) => place)).toEqual([
      { file: path, line: 2, column: 11 },
      { file: path, line: 4, column: 11 },
    ]);
  });

  it("returns the warnings of a lenient reading", async () => {
    await writeFile(path, "a\n#DISBATCH foo\nb\n#DISBATCH PERENGINE START x\nc\n");
    const { source, warnings } = await openTaskFile(path, { lenient: true });
    expect(warnings.map(({ code }) => code)).toEqual(["unknown-directive", "late-per-engine"]);
    expect(source.total).toBe(2);
    expect(commandsOf(await collect(source))).toEqual(["a", "b"]);
  });

  it("says that a file is binary", async () => {
    await writeFile(path, "\u007fELF\0\0\n".repeat(1000));
    expect(await userErrorOf(openTaskFile(path, STRICT))).toMatchObject({
      code: "binary-file",
      exitCode: 2,
      message: `${path}: looks like a binary file (NUL byte)`,
    });
  });

  it("says that there is no such file", async () => {
    const missing = { code: "task-file-missing", exitCode: 2 };
    expect(await userErrorOf(openTaskFile(path, STRICT))).toMatchObject(missing);
    await writeFile(path, "");
    expect(await userErrorOf(openTaskFile(join(path, "x"), STRICT))).toMatchObject(missing);
  });

  it("says that a path is a directory", async () => {
    expect(await userErrorOf(openTaskFile(folder, STRICT))).toMatchObject({
      code: "task-file-is-directory",
      exitCode: 2,
    });
  });

  it("says why a file cannot be read", async () => {
    await symlink(path, path);
    expect(await userErrorOf(openTaskFile(path, STRICT))).toMatchObject({
      code: "task-file-unreadable",
      exitCode: 2,
      message: `${path}: the task file cannot be read (ELOOP)`,
    });
  });
});

describe("a small task file", () => {
  it("may be changed after it has been opened, and changes nothing", async () => {
    await writeFile(path, "a\nb\n");
    const { source, readAgain } = await openTaskFile(path, STRICT);
    await writeFile(path, "#DISBATCH foo\n");
    expect(commandsOf(await source.next(1))).toEqual(["a"]);
    await rm(path);
    expect(commandsOf(await collect(source))).toEqual(["b"]);
    expect(commandsOf(await collect(readAgain?.() ?? source))).toEqual(["a", "b"]);
  });
});

describe("a large task file", () => {
  it("is read to its end", async () => {
    await writeFile(path, manyLines());
    const { source } = await openTaskFile(path, STRICT);
    expect(source.total).toBe(MANY_LINES);
    const commands = commandsOf(await collect(source, 1000));
    expect(commands).toHaveLength(MANY_LINES);
    expect(commands.at(-1)).toBe(`echo ${String(MANY_LINES - 1).padStart(1018)}`);
    await source.close();
  });

  it.each([
    ["grows", () => appendFile(path, "x\n")],
    ["shrinks", () => truncate(path, 1000)],
    ["has another time", () => utimes(path, 1, 1)],
  ])("stops the reading when it %s", async (_, change) => {
    await writeFile(path, manyLines());
    const { source } = await openTaskFile(path, STRICT);
    expect(await source.next(100)).toHaveLength(100);
    await change();
    expect(await userErrorOf(collect(source, 1000))).toMatchObject({ code: "task-file-changed", exitCode: 3 });
    await source.close();
  });

  it("may be replaced by another file of the same name", async () => {
    await writeFile(path, manyLines());
    const { source } = await openTaskFile(path, STRICT);
    await writeFile(`${path}.new`, "x\n");
    await rename(`${path}.new`, path);
    expect(await collect(source, 1000)).toHaveLength(MANY_LINES);
    await source.close();
  });

  it("says why it cannot be read on", async () => {
    await writeFile(path, manyLines());
    const { source, readAgain } = await openTaskFile(path, STRICT);
    await source.close();
    expect(await userErrorOf(collect(readAgain?.() ?? source))).toMatchObject({
      code: "task-file-unreadable",
      exitCode: 3,
      message: `${path}: the task file cannot be read (EBADF)`,
    });
  });

  it("can be closed while it is being read", async () => {
    await writeFile(path, manyLines());
    const { source } = await openTaskFile(path, STRICT);
    const next = source.next(1);
    await source.close();
    expect(await next).toEqual([]);
  });
});

describe("reading a task file again", () => {
  it.each([
    ["small", () => "a\n#DISBATCH REPEAT 3 b\n"],
    ["large", manyLines],
  ])("starts from the beginning each time, whatever the source has yielded (%s file)", async (_, content) => {
    await writeFile(path, content());
    const { source, readAgain } = await openTaskFile(path, STRICT);
    if (readAgain === undefined) throw new Error("a regular file can be read again");
    const first = await source.next(2);
    const again = readAgain();
    expect(again).toMatchObject({ name: source.name, total: source.total });
    const all = await collect(again, 1000);
    await again.close();
    expect(all).toHaveLength(source.total ?? -1);
    expect([...first, ...(await collect(source, 1000))]).toEqual(all);
    await source.close();
  });

  it("tells no warning twice", async () => {
    await writeFile(path, "#DISBATCH foo\na\n");
    const warned: string[] = [];
    const options = { lenient: true, onWarning: ({ code }: { code: string }): void => void warned.push(code) };
    const { source, warnings, readAgain } = await openTaskFile(path, options);
    await collect(source);
    await collect(readAgain?.() ?? source);
    expect(warnings).toHaveLength(1);
    expect(warned).toEqual([]);
  });
});
