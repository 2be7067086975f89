import { execFileSync } from "node:child_process";
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync, symlinkSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openChosenLog, openRunLog, openStream } from "../../../../src/faces/log/log-files.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

/** A log that was opened is closed in the end. */
function closing(fd: number): number {
  onTestFinished(() => closeSync(fd));
  return fd;
}

function pipeIn(folder: string): string {
  const pipe = path.join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  return pipe;
}

describe.each([
  { where: "in its own place", open: openRunLog, folder: userError("foreign-file", /is a folder/) },
  { where: "where the user wants it", open: openChosenLog, folder: userError("log-unusable", /directory/) },
])("a log $where", ({ open, folder: refusal }) => {
  test("is made, and appended to when it is there", () => {
    const log = path.join(scratchFolder(), "log");
    writeSync(closing(open(log)), "one\n");
    writeSync(closing(open(log)), "two\n");
    expect(readFileSync(log, "utf8")).toBe("one\ntwo\n");
  });

  test("that cannot be made is refused", () => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, "log"));
    expect(() => open(path.join(folder, "no", "log"))).toThrow(userError("log-unusable", /no such file/));
    expect(() => open(path.join(folder, "log"))).toThrow(refusal);
  });
});

test("a log in its own place is no link, no pipe and nobody else's", () => {
  const folder = scratchFolder();
  symlinkSync(path.join(folder, "elsewhere"), path.join(folder, "link"));
  expect(() => openRunLog(path.join(folder, "link"))).toThrow(userError("foreign-file", /link/));
  expect(() => openRunLog(pipeIn(folder))).toThrow(userError("foreign-file", /not a regular file/));
});

test("a log that the user has chosen may be a link or a device", () => {
  const folder = scratchFolder();
  symlinkSync(path.join(folder, "elsewhere"), path.join(folder, "link"));
  writeSync(closing(openChosenLog(path.join(folder, "link"))), "here\n");
  expect(readFileSync(path.join(folder, "elsewhere"), "utf8")).toBe("here\n");
  writeSync(closing(openChosenLog("/dev/null")), "gone\n");
});

test("a pipe that nobody reads is refused at once, and one with a reader is not waited for", () => {
  const pipe = pipeIn(scratchFolder());
  expect(() => openChosenLog(pipe)).toThrow(userError("log-unusable", /pipe that nobody reads/));
  closing(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK));
  const fd = closing(openChosenLog(pipe));
  expect(() => writeUntilFull(fd)).toThrow(expect.objectContaining({ code: "EAGAIN" }));
});

test("standard streams are written to where they are, and pipes among them are not waited for", () => {
  expect(openStream(closing(openSync("/dev/null", "a")))).toBeGreaterThan(2);
  const fd = closing(openSync(path.join(scratchFolder(), "file"), "w"));
  expect(openStream(fd)).toBe(fd);
  const pipe = pipeIn(scratchFolder());
  closing(openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK));
  const blocking = closing(openSync(pipe, constants.O_WRONLY));
  const stream = closing(openStream(blocking));
  expect(stream).not.toBe(blocking);
  expect(fstatSync(stream).ino).toBe(fstatSync(blocking).ino);
  expect(() => writeUntilFull(stream)).toThrow(expect.objectContaining({ code: "EAGAIN" }));
});

function writeUntilFull(fd: number): void {
  const block = Buffer.alloc(64 * 1024);
  for (;;) writeSync(fd, block);
}

/** What is thrown is an error of the user's, exit code 2, with these words in its message. */
function userError(code: string, message: RegExp): unknown {
  return expect.objectContaining({ code, exitCode: 2, message: expect.stringMatching(message) });
}
