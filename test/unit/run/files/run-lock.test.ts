import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { bootId } from "../../../../src/run/files/recovery-file.ts";
import { isStale, lockHolder, RunLock } from "../../../../src/run/files/run-lock.ts";
import { bundle } from "../../node/process/runtimes.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { userErrorOf } from "../../../support/user-error.ts";

const HOST = "alpha";
/** So many looks at a lock that is taken and let go again tell. */
const ENOUGH = 100;
const probe = bundle(new URL("run-lock-probe.ts", import.meta.url));

function lockPath(content?: string): string {
  const file = path.join(scratchFolder(), "run.lock");
  if (content !== undefined) writeFileSync(file, content);
  return file;
}

/** The number of a process that has ended. */
function deadProcess(): number {
  return spawnSync("/bin/true").pid;
}

test("a lock is there from its making to its release, and names its holder", () => {
  const file = lockPath();
  const lock = new RunLock(file, HOST);
  expect(readFileSync(file, "utf8")).toBe(`${HOST} ${process.pid} ${bootId()}\n`);
  lock.release();
  expect(existsSync(file)).toBe(false);
  lock.release();
});

test("the lock of another run stays that was made where the folder of this one had been removed", () => {
  const file = lockPath();
  const lock = new RunLock(file, HOST);
  rmSync(file);
  const other = `${HOST} ${process.ppid} ${bootId()}\n`;
  writeFileSync(file, other);
  expect(lock.release()).toBeUndefined();
  expect(readFileSync(file, "utf8")).toBe(other);
});

test("the lock of a run that goes on is respected, and the message says whose it is", () => {
  const file = lockPath();
  const lock = new RunLock(file, HOST);
  const error = userErrorOf(() => new RunLock(file, HOST));
  expect(error).toMatchObject({ code: "prefix-in-use", exitCode: 2 });
  expect(error.message).toContain(file);
  expect(error.message).toContain(`a run on ${HOST}, process ${process.pid},`);
  expect(readFileSync(file, "utf8")).toBe(`${HOST} ${process.pid} ${bootId()}\n`);
  lock.release();
});

describe("the lock of a Slurm job", () => {
  const text = (host: string, id: string): string => `${host} 1 ${bootId()} job=${id}\n`;

  test("says so", () => {
    const file = lockPath();
    const lock = new RunLock(file, HOST, { id: "12", restarts: 0 });
    expect(readFileSync(file, "utf8")).toBe(`${HOST} ${process.pid} ${bootId()} job=12\n`);
    expect(lockHolder(file)).toEqual({ host: HOST, pid: process.pid, boot: bootId(), job: "12" });
    lock.release();
  });

  test("is taken over by the same job, wherever it was before", () => {
    const file = lockPath(text("another", "12"));
    new RunLock(file, HOST, { id: "12", restarts: 1 }).release();
    expect(existsSync(file)).toBe(false);
  });

  test("is taken over when that job is known to be over", () => {
    const file = lockPath(text("another", "12"));
    new RunLock(file, HOST, { id: "13", restarts: 0 }, "12").release();
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ["by another job", { id: "13", restarts: 1 }],
    ["by the first start of a job", { id: "12", restarts: 0 }],
    ["outside of any", undefined],
  ])("is respected %s", (_, job) => {
    const file = lockPath(text("another", "12"));
    expect(userErrorOf(() => new RunLock(file, HOST, job)).message).toContain("a run on another, process 1,");
  });
});

test("the lock of a run that is gone is taken over", () => {
  const file = lockPath(`${HOST} ${deadProcess()}\n`);
  new RunLock(file, HOST).release();
  expect(existsSync(file)).toBe(false);
});

test("the lock of a run from before the machine was started last is taken over, whoever has its process number now", () => {
  const file = lockPath(`${HOST} ${process.pid} 00000000-0000-4000-8000-000000000000\n`);
  new RunLock(file, HOST).release();
  expect(existsSync(file)).toBe(false);
});

test("a lock that has been empty for a while is taken over: it was not written to its end", () => {
  const file = lockPath("");
  utimesSync(file, 1, 1);
  new RunLock(file, HOST).release();
  expect(readdirSync(path.dirname(file))).toEqual([]);
});

describe("a lock is respected when it cannot be told whether its run goes on:", () => {
  test.each([
    ["another host's", () => `beta ${deadProcess()}\n`],
    ["an empty one", () => ""],
    ["one that is no lock of ours", () => "something else entirely\n"],
  ])("%s", (_whose, content) => {
    const text = content();
    const file = lockPath(text);
    expect(userErrorOf(() => new RunLock(file, HOST))).toMatchObject({ code: "prefix-in-use", exitCode: 2 });
    expect(readFileSync(file, "utf8")).toBe(text);
  });
});

test("a lock that cannot be written is refused with the reason", () => {
  const error = userErrorOf(() => new RunLock("/no/such/folder/run.lock", HOST));
  expect(error).toMatchObject({ code: "prefix-unusable", exitCode: 2 });
  expect(error.message).toContain("/no/such/folder/run.lock");
  expect(error.message).toContain("ENOENT");
});

test("a lock is whole whenever it is there", async () => {
  const file = lockPath();
  const maker = spawn(process.execPath, [probe, file], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(maker, "exit");
  await once(maker.stdout, "data");
  let seen = 0;
  while (maker.exitCode === null && maker.signalCode === null) {
    for (let i = 0; i < 1000; i++) {
      const text = contentOf(file);
      if (text === undefined) continue;
      expect(text).toBe(`${HOST} ${maker.pid} ${bootId()}\n`);
      seen++;
    }
    if (seen >= ENOUGH) maker.stdin.end();
    await new Promise(setImmediate);
  }
  expect(await ended).toEqual([0, null]);
  expect(seen).toBeGreaterThanOrEqual(ENOUGH);
  expect(readdirSync(path.dirname(file))).toEqual([]);
});

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

test("a lock that its maker was killed with, before its other name was gone, is read and taken over like any other", () => {
  const text = `${HOST} ${deadProcess()}\n`;
  const file = lockPath(text);
  linkSync(file, `${file}.4711-0123456789ab.tmp`);
  writeFileSync(`${file}.4712-0123456789ab.tmp`, text);
  expect(isStale(file, HOST)).toBe(true);
  const lock = new RunLock(file, HOST);
  expect(lock.tookOver).toBe(true);
  lock.release();
  // What was never linked is for whoever tidies up.
  expect(readdirSync(path.dirname(file))).toEqual(["run.lock.4712-0123456789ab.tmp"]);
});

test("a lock that leads elsewhere, or has no end, is refused with the reason", () => {
  const file = lockPath();
  symlinkSync("/dev/zero", file);
  expect(userErrorOf(() => new RunLock(file, HOST)).message).toContain(file);
  const pipe = lockPath();
  spawnSync("bash", ["-c", 'mkfifo "$0"', pipe]);
  expect(userErrorOf(() => new RunLock(pipe, HOST)).message).toMatch(/not a regular file/);
});
