import { spawn } from "node:child_process";
import { openSync, writeSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { CapturePool, type CapturePair } from "../../../../src/node/process/capture-pool.ts";
import { CaptureFolder } from "../../../../src/node/process/capture.ts";
import { scratchFolder } from "./scratch.ts";

/** Seconds: a task that was short enough to be trusted, and one that was not. */
const [SHORT, LONG] = [0.01, 1];

function makePool(): CapturePool {
  return new CapturePool(new CaptureFolder(scratchFolder()));
}

/** Runs a task with these files for its output; resolves when it has ended. */
function run(pool: CapturePool, pair: CapturePair, script: string): Promise<void> {
  const stdio = ["ignore", pair.output.fd, pair.error.fd] as const;
  const child = spawn("/bin/bash", ["-c", script], { stdio: [...stdio], env: { PATH: "/usr/bin:/bin" } });
  pool.started(pair, child.pid ?? -1);
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
  });
}

const descriptors = (pair: CapturePair): [number, number] => [pair.output.fd, pair.error.fd];

test("what was written is told for each of the two streams, again and again", async () => {
  const pool = makePool();
  for (const word of ["one", "three", ""]) {
    const pair = pool.open();
    await run(pool, pair, `printf '${word}'; printf 'x${word}' >&2`);
    expect(pool.take(pair, SHORT)).toEqual({
      output: { bytes: word.length, snippet: word },
      error: { bytes: word.length + 1, snippet: `x${word}` },
    });
  }
});

test("files of a task that has started a process are not used again", async () => {
  const pool = makePool();
  for (let i = 0; i < 10; i++) {
    const pair = pool.open();
    await run(pool, pair, "(:); (:)");
    const late = openSync(`/proc/self/fd/${pair.output.fd}`, "a");
    pool.take(pair, SHORT);
    const next = pool.open();
    writeSync(late, "too late");
    expect(pool.take(next, LONG).output.bytes).toBe(0);
  }
});

test("files of a task that took long are not used again", async () => {
  const pool = makePool();
  const pair = pool.open();
  await run(pool, pair, ":");
  const late = openSync(`/proc/self/fd/${pair.output.fd}`, "a");
  pool.take(pair, LONG);
  writeSync(late, "too late");
  expect(pool.take(pool.open(), LONG).output.bytes).toBe(0);
});

test("files in use are never handed out, whatever was taken in between", async () => {
  const pool = makePool();
  const held = pool.open();
  for (let i = 0; i < 10; i++) {
    const pair = pool.open();
    expect(descriptors(pair).filter((fd) => descriptors(held).includes(fd))).toEqual([]);
    await run(pool, pair, ":");
    pool.take(pair, SHORT);
  }
  onTestFinished(() => pool.discard(held));
});
