import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ChangingFileError, contentsOf, digestOf } from "../../../src/files/digest.ts";
import { FileStates } from "../../../src/files/file-states.ts";
import { isSureStamp, stampAt } from "../../../src/files/stamp.ts";
import { until } from "../../support/until.ts";
import { scratchFile } from "../records/ledger/scratch.ts";

const OLD = 1_700_000_000;

function fileOf(contents: string | Buffer): string {
  const file = scratchFile("file");
  writeFileSync(file, contents);
  utimesSync(file, OLD, OLD);
  return file;
}

test.each([0, 1, 4096, (1 << 20) - 1, 1 << 20, 3_000_000])(
  "a file of %i bytes has half of its SHA-256",
  async (size) => {
    const bytes = Buffer.alloc(size, "abc");
    const expected = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
    const file = fileOf(bytes);
    const stamp = `${size}@${statSync(file).ctimeMs}@${OLD * 1000}`;
    expect(await contentsOf(file)).toEqual({ digest: expected, stamp });
  },
);

test("neither an older time of writing nor the name of another file hides other contents from a stamp", async () => {
  const [a, b] = [fileOf("1"), fileOf("2")];
  const before = await stampAt(a);
  await until(
    () => Date.now() > statSync(b).ctimeMs + 20,
    () => "another moment",
  );
  renameSync(b, a);
  const renamed = await stampAt(a);
  expect(renamed).not.toBe(before);
  await until(
    () => Date.now() > statSync(a).ctimeMs + 20,
    () => "another moment",
  );
  writeFileSync(a, "3");
  utimesSync(a, OLD, OLD);
  expect(await stampAt(a)).not.toBe(renamed);
});

test("the rest of the process goes on while a large file is read", async () => {
  const file = fileOf(Buffer.alloc(200 << 20));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await digestOf(file);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});

test("a file that is written while it is read has no digest", async () => {
  const file = fileOf(Buffer.alloc(100 << 20));
  const reading = digestOf(file);
  appendFileSync(file, "more");
  await expect(reading).rejects.toBeInstanceOf(ChangingFileError);
});

test("a link counts as what it leads to, and nothing but files and folders is read", async () => {
  const file = fileOf("x");
  const folder = path.dirname(file);
  symlinkSync("file", path.join(folder, "link"));
  expect(await digestOf(path.join(folder, "link"))).toBe(await digestOf(file));
  execFileSync("mkfifo", [path.join(folder, "pipe")]);
  await expect(digestOf(path.join(folder, "pipe"))).rejects.toThrow("neither a file nor a folder");
  await expect(digestOf("/dev/zero")).rejects.toThrow("neither a file nor a folder");
  await expect(digestOf(path.join(folder, "none"))).rejects.toThrow("ENOENT");
});

test("names, contents and links of a folder count, and no times; its stamp tells of sizes and times, too", async () => {
  const folder = scratchFile("folder");
  mkdirSync(path.join(folder, "in"), { recursive: true });
  const [a, b] = [path.join(folder, "in/a"), Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff])])];
  writeFileSync(a, "1");
  writeFileSync(b, "2");
  symlinkSync("nowhere", path.join(folder, "link"));
  execFileSync("mkfifo", [path.join(folder, "pipe")]);
  const seen = new Set<string>();
  const stamps = new Set<string | undefined>();
  const look = async (): Promise<[number, number]> => {
    seen.add(await digestOf(folder));
    stamps.add(await stampAt(folder));
    return [seen.size, stamps.size];
  };
  expect(await look()).toEqual([1, 1]);
  utimesSync(a, OLD, OLD);
  expect(await look()).toEqual([1, 2]);
  writeFileSync(a, "3");
  utimesSync(a, OLD + 1, OLD + 1);
  expect(await look()).toEqual([2, 3]);
  renameSync(a, path.join(folder, "in/c"));
  expect(await look()).toEqual([3, 4]);
  rmSync(path.join(folder, "link"));
  symlinkSync("elsewhere", path.join(folder, "link"));
  expect(await look()).toEqual([4, 5]);
  writeFileSync(b, "4");
  expect((await look())[0]).toBe(5);
  mkdirSync(path.join(folder, "empty"));
  expect((await look())[0]).toBe(6);
});

test("a stamp is sure two seconds after the file was written, also that of a folder", () => {
  expect(isSureStamp("1@1000.5", 3000)).toBe(false);
  expect(isSureStamp("1@1000.5", 3001)).toBe(true);
  expect(isSureStamp("7:0a@1000", 3001)).toBe(true);
  expect(isSureStamp("1@9000", 3000)).toBe(false);
});

test("a file is looked at once and read once in a run, unless a task has made it anew", async () => {
  const file = fileOf("x");
  const states = new FileStates(path.dirname(file));
  await states.prepare("file");
  const first = states.digestOf("file");
  expect(first).toEqual({ digest: await digestOf(file) });
  writeFileSync(file, "y");
  await states.prepare("file");
  expect(states.digestOf("file")).toEqual(first);
  states.made([{ path: "file", stamp: "1@5", digest: "0f" }], 9000);
  await states.prepare("file");
  expect(states.digestOf("file")).toEqual({ digest: "0f" });
  expect(states.sureStampOf("file")).toBe("1@5");
});

test("what is known of a file counts as long as it has its stamp, and saves reading it", async () => {
  const file = fileOf("x");
  const states = (): FileStates => new FileStates(path.dirname(file));
  const known = states();
  await known.prepare("file", (stamp) => ({ stamp, digest: "0f" }));
  expect(known.digestOf("file")).toEqual({ digest: "0f" });
  expect(known.takeNews()).toEqual([]);
  const other = states();
  await other.prepare("file", () => ({ stamp: "7@7", digest: "0f" }));
  expect(other.takeNews()).toEqual([["file", await contentsOf(file)]]);
  expect(other.takeNews()).toEqual([]);
});

test("a file has contents that its stamp tells of, or that are known, and nothing is read to see it", async () => {
  const file = fileOf("x");
  const { stamp } = await contentsOf(file);
  const states = (): FileStates => new FileStates(path.dirname(file));
  const known = states();
  expect(known.has("file", "0f", stamp)).toBe(true);
  expect(known.digestOf("file")).toEqual({ digest: "0f" });
  expect(known.sureStampOf("file")).toBe(stamp);
  expect(known.has("file", "0f", undefined)).toBe(true);
  expect(known.has("file", "1e", stamp)).toBe(false);
  expect(states().has("file", "0f", "7@7")).toBe(false);
  expect(states().has("file", "0f", undefined)).toBe(false);
  expect(states().has("none", "0f", stamp)).toBe(false);
  expect(known.takeNews()).toEqual([]);
});

test("many files that are asked for at once are read one after another, and one that is missing says so", async () => {
  const folder = path.dirname(fileOf("x"));
  const names = Array.from({ length: 50 }, (_, i) => `f${i}`);
  for (const name of names) writeFileSync(path.join(folder, name), Buffer.alloc(1 << 20, name));
  const states = new FileStates(folder);
  await Promise.all([...names, "none"].map(async (name) => states.prepare(name)));
  for (const name of names) expect(states.digestOf(name)).toEqual({ digest: await digestOf(path.join(folder, name)) });
  expect(states.digestOf("none")).toBe("missing");
});
