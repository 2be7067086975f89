import { execFileSync, spawnSync } from "node:child_process";
import type * as NodeFs from "node:fs";
import { fstatSync, openSync, readdirSync, writeSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import { CaptureFolder } from "../../../../src/node/process/capture.ts";
import { scratchFolder } from "./scratch.ts";

const O_TMPFILE = 0o20000000;

/** How the file system answers when it is asked for a nameless file, and how often it has been. */
const fileSystem = vi.hoisted((): { refusal: string | undefined; asked: number } => ({ refusal: undefined, asked: 0 }));

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof NodeFs>();
  return {
    ...real,
    openSync: (...args: Parameters<typeof real.openSync>): number => {
      if (fileSystem.refusal !== undefined && (Number(args[1]) & O_TMPFILE) !== 0) {
        fileSystem.asked++;
        throw Object.assign(new Error("refused"), { code: fileSystem.refusal });
      }
      return real.openSync(...args);
    },
  };
});

const MIB = 1024 * 1024;

/** Each printable character but the blank. */
const PRINTABLE = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join("");

/** ASCII in which every place can be told from its neighbours. */
function filler(length: number): string {
  return PRINTABLE.repeat(Math.ceil(length / PRINTABLE.length)).slice(0, length);
}

/** Makes files in a folder of the test's own. */
function makeFolder(): { captures: CaptureFolder; folder: string } {
  const folder = scratchFolder();
  return { captures: new CaptureFolder(folder), folder };
}

describe("what is kept of the output", () => {
  const text = filler(1000);
  const cut = (length: number, tail: number): string => `${text.slice(0, 40)}...${text.slice(length - tail, length)}`;

  test.each([
    [1, text.slice(0, 1)],
    [39, text.slice(0, 39)],
    [40, text.slice(0, 40)],
    [41, cut(41, 1)],
    [79, cut(79, 39)],
    [80, cut(80, 40)],
    [81, cut(81, 40)],
    [1000, cut(1000, 40)],
  ])("of %i bytes is their number and their ends", (bytes, snippet) => {
    const capture = makeFolder().captures.open();
    writeSync(capture.fd, text.slice(0, bytes));
    expect(capture.take()).toEqual({ bytes, snippet });
  });

  test("of no output is nothing", () => {
    expect(makeFolder().captures.open().take()).toEqual(NO_LEAK);
  });

  test("is text, in which cut characters are replaced", () => {
    const capture = makeFolder().captures.open();
    writeSync(capture.fd, `${"a".repeat(39)}é${"b".repeat(20)}é${"c".repeat(39)}`);
    expect(capture.take()).toEqual({ bytes: 102, snippet: `${"a".repeat(39)}\uFFFD...\uFFFD${"c".repeat(39)}` });
  });

  test("is text, in which bytes that are none are replaced, NUL and newlines are not", () => {
    const capture = makeFolder().captures.open();
    writeSync(capture.fd, Buffer.from([0x61, 0xff, 0x00, 0x0a, 0xe2, 0x82]));
    expect(capture.take()).toEqual({ bytes: 6, snippet: "a\uFFFD\u0000\n\uFFFD" });
  });
});

describe.each([
  ["without names", (folder: string) => new CaptureFolder(folder)],
  ["with names, where the file system has no others,", (folder: string) => withoutNamelessFiles(folder)],
])("files %s", (_kind, make) => {
  test("leave nothing in the folder, not even while they are written", () => {
    const folder = scratchFolder();
    const capture = make(folder).open();
    writeSync(capture.fd, "text");
    expect(readdirSync(folder)).toEqual([]);
    expect(capture.take()).toEqual({ bytes: 4, snippet: "text" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are each other's strangers, and only for their owner to read", () => {
    const captures = make(scratchFolder());
    const [one, other] = [captures.open(), captures.open()];
    expect(fstatSync(one.fd).mode & 0o777).toBe(0o600);
    writeSync(one.fd, "one");
    expect(other.take()).toEqual(NO_LEAK);
    expect(one.take().bytes).toBe(3);
  });

  test("are appended to by all who hold them", () => {
    const capture = make(scratchFolder()).open();
    for (const word of ["one ", "two "]) {
      spawnSync("/bin/sh", ["-c", `printf '%s' '${word}'`], { stdio: ["ignore", capture.fd, "inherit"] });
    }
    expect(capture.take()).toEqual({ bytes: 8, snippet: "one two " });
  });
});

/** Makes files as on a file system that says this to whoever asks it for a nameless one. */
function withoutNamelessFiles(folder: string, code = "EOPNOTSUPP"): CaptureFolder {
  fileSystem.refusal = code;
  onTestFinished(() => void (fileSystem.refusal = undefined));
  return new CaptureFolder(folder);
}

test.each(["EOPNOTSUPP", "ENOTSUP", "EISDIR", "EINVAL"])("a refusal by %s is met once, and then not again", (code) => {
  fileSystem.asked = 0;
  const captures = withoutNamelessFiles(scratchFolder(), code);
  for (const capture of [captures.open(), captures.open(), captures.open()]) capture.discard();
  expect(fileSystem.asked).toBe(1);
});

test("any other refusal is an error", () => {
  const captures = withoutNamelessFiles(scratchFolder(), "EACCES");
  expect(() => captures.open()).toThrow("refused");
});

test("one who writes late does not reach the next capture", () => {
  const { captures } = makeFolder();
  const first = captures.open();
  // Another holder of the same open file, as a process that outlives its task is.
  const late = openSync(`/proc/self/fd/${first.fd}`, "a");
  writeSync(first.fd, "in time");
  expect(first.take().bytes).toBe(7);
  const next = captures.open();
  expect(next.fd).toBe(first.fd);
  writeSync(late, "too late");
  writeSync(next.fd, "next");
  expect(next.take()).toEqual({ bytes: 4, snippet: "next" });
});

test("a capture that is discarded is closed", () => {
  const capture = makeFolder().captures.open();
  capture.discard();
  expect(() => fstatSync(capture.fd)).toThrow("EBADF");
});

test("a folder that cannot be written to is an error", () => {
  expect(() => new CaptureFolder("/no/such/folder").open()).toThrow("ENOENT");
});

describe("a file that grows long while its task runs", () => {
  /** A capture of so many bytes, whose ends can be told from the rest. */
  function makeLong(bytes: number) {
    const { captures } = makeFolder();
    const capture = captures.open();
    writeSync(capture.fd, "begin");
    const block = Buffer.alloc(MIB, "x");
    for (let left = bytes - 8; left > 0; left -= block.length) writeSync(capture.fd, block, 0, Math.min(left, MIB));
    writeSync(capture.fd, "end");
    return { captures, capture };
  }

  /** Disk space in bytes; stat counts in blocks of 512. */
  const spaceOf = (fd: number): number => fstatSync(fd).blocks * 512;
  const snippet = `begin${"x".repeat(35)}...${"x".repeat(37)}end`;

  test("gives its disk space back, and keeps its size and its ends", async () => {
    const { capture } = makeLong(65 * MIB);
    expect(spaceOf(capture.fd)).toBeGreaterThanOrEqual(65 * MIB);
    await capture.bound();
    expect(spaceOf(capture.fd)).toBeLessThan(MIB);
    expect(capture.take()).toEqual({ bytes: 65 * MIB, snippet });
  });

  test("is left alone until it is worth it", async () => {
    const { capture } = makeLong(63 * MIB);
    await capture.bound();
    expect(spaceOf(capture.fd)).toBeGreaterThanOrEqual(63 * MIB);
    expect(capture.take()).toEqual({ bytes: 63 * MIB, snippet });
  });

  test("can be bounded again and again while it is being written", async () => {
    const { capture } = makeLong(65 * MIB);
    await capture.bound();
    execFileSync("/bin/sh", ["-c", "head -c 68157440 /dev/zero; printf last"], {
      stdio: ["ignore", capture.fd, "inherit"],
    });
    await capture.bound();
    expect(spaceOf(capture.fd)).toBeLessThan(MIB);
    const leak = capture.take();
    expect(leak.bytes).toBe(65 * MIB + 68_157_440 + 4);
    expect(leak.snippet.endsWith("\u0000last")).toBe(true);
  });

  test("is emptied where holes cannot be made", async () => {
    const { capture } = makeLong(65 * MIB);
    vi.stubEnv("PATH", "/no/such/folder");
    onTestFinished(() => void vi.unstubAllEnvs());
    await capture.bound();
    expect(spaceOf(capture.fd)).toBe(0);
    writeSync(capture.fd, "and more");
    expect(capture.take()).toEqual({ bytes: 65 * MIB + 8, snippet: `${snippet.slice(0, 40)}...and more` });
  });

  test("and whose task ends meanwhile, does no harm to the next capture", async () => {
    const { captures, capture } = makeLong(65 * MIB);
    vi.stubEnv("PATH", "/no/such/folder");
    onTestFinished(() => void vi.unstubAllEnvs());
    const bounding = capture.bound();
    expect(capture.take().bytes).toBe(65 * MIB);
    const next = captures.open();
    expect(next.fd).toBe(capture.fd);
    writeSync(next.fd, "another task's");
    await bounding;
    expect(next.take()).toEqual({ bytes: 14, snippet: "another task's" });
  });
});

describe("the end of what is written", () => {
  test("is as long as it may be, and tells how much there was", () => {
    const capture = makeFolder().captures.open();
    expect(capture.tail(4)).toBeUndefined();
    writeSync(capture.fd, "0123456789");
    expect(capture.tail(4)).toEqual({ bytes: 10, tail: Buffer.from("6789") });
    expect(capture.tail(100)).toEqual({ bytes: 10, tail: Buffer.from("0123456789") });
    capture.discard();
  });

  test("can be read on from any byte", () => {
    const capture = makeFolder().captures.open();
    writeSync(capture.fd, "0123456789");
    expect(capture.after(3, 4)).toEqual({ from: 3, data: Buffer.from("3456") });
    expect(capture.after(10, 4)).toEqual({ from: 10, data: Buffer.alloc(0) });
    capture.discard();
  });

  test("stays where a long file is hollowed out", async () => {
    const capture = new CaptureFolder(scratchFolder(), MIB, MIB).open();
    for (let i = 0; i < 5; i++) writeSync(capture.fd, filler(MIB));
    await capture.bound();
    expect(capture.hollowed).toBe(true);
    const kept = capture.tail(MIB);
    expect(kept?.bytes).toBe(5 * MIB);
    expect(kept?.tail.equals(Buffer.from(filler(MIB)))).toBe(true);
    capture.discard();
  });
});
