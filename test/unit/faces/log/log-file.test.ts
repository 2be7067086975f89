import { execFileSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readFileSync, readSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { LogFile } from "../../../../src/faces/log/log-file.ts";
import { until } from "../../../support/until.ts";
import { scratchFolder } from "../../node/process/scratch.ts";

const LINE = `${"x".repeat(999)}\n`;

/** A log, and how often and why it has failed. */
function logInto(fd: number): { log: LogFile; failures: string[] } {
  const failures: string[] = [];
  return { log: new LogFile(fd, (error) => failures.push(error.message)), failures };
}

function openPipe(): { reader: number; writer: number } {
  const pipe = path.join(scratchFolder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  return { reader, writer };
}

function isOpen(fd: number): boolean {
  return existsSync(`/proc/self/fd/${fd}`);
}

test("what was written is in the file when it is closed, in order, and so is the file", async () => {
  const file = path.join(scratchFolder(), "log");
  const fd = openSync(file, "a");
  const { log, failures } = logInto(fd);
  const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}\n`);
  for (const line of lines) log.write(line);
  await log.close();
  expect(readFileSync(file, "utf8")).toBe(lines.join(""));
  expect(failures).toEqual([]);
});

test("what comes after the end is left out", async () => {
  const file = path.join(scratchFolder(), "log");
  const { log } = logInto(openSync(file, "a"));
  await log.close();
  log.write("late\n");
  await log.close();
  expect(readFileSync(file, "utf8")).toBe("");
});

test("a full disk is told of once, and nothing waits for it", async () => {
  const { log, failures } = logInto(openSync("/dev/full", "a"));
  for (let i = 0; i < 100; i++) log.write(LINE);
  await until(
    () => failures.length > 0,
    () => "a failure",
  );
  log.write(LINE);
  await log.close();
  expect(failures).toEqual([expect.stringContaining("ENOSPC")]);
});

test("a reader that is slow gets all of it", async () => {
  const { reader, writer } = openPipe();
  const { log, failures } = logInto(writer);
  // Twice what the pipe holds: a log that is being closed waits two seconds at most.
  const lines = 130;
  const total = lines * LINE.length;
  for (let i = 0; i < lines; i++) log.write(LINE);
  const closed = log.close();
  const bytes = Buffer.alloc(total);
  let read = 0;
  await until(
    () => (read += readSome(reader, bytes.subarray(read))) >= total,
    () => `${total} bytes instead of ${read}`,
  );
  await closed;
  closeSync(reader);
  expect(bytes.toString()).toBe(LINE.repeat(lines));
  expect(failures).toEqual([]);
});

test("a reader that reads nothing is not waited for", async () => {
  const { reader, writer } = openPipe();
  onTestFinished(() => closeSync(reader));
  const { log, failures } = logInto(writer);
  for (let i = 0; i < 300; i++) log.write(LINE);
  await log.close();
  expect(failures).toEqual(["it takes nothing more"]);
});

test("a reader that has gone is told of", async () => {
  const { reader, writer } = openPipe();
  closeSync(reader);
  const { log, failures } = logInto(writer);
  log.write(LINE);
  await log.close();
  expect(failures).toEqual([expect.stringContaining("EPIPE")]);
});

test("a log that falls too far behind has failed", async () => {
  const { reader, writer } = openPipe();
  onTestFinished(() => closeSync(reader));
  const { log, failures } = logInto(writer);
  const megabyte = "x".repeat(1024 * 1024);
  for (let i = 0; i < 20; i++) log.write(megabyte);
  expect(failures).toEqual(["it takes nothing more"]);
  await log.close();
});

test("its descriptor is closed with it, and a standard stream is not", async () => {
  const fd = openSync("/dev/null", "a");
  await logInto(fd).log.close();
  await logInto(2).log.close();
  const now = openSync("/dev/null", "a");
  expect(now).toBe(fd);
  closeSync(now);
  expect(isOpen(2)).toBe(true);
});

function readSome(fd: number, into: Buffer): number {
  try {
    return readSync(fd, into);
  } catch {
    return 0;
  }
}
