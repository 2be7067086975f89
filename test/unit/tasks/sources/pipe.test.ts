import { execFileSync } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { descriptorOf, openPipe } from "../../../../src/tasks/sources/pipe.ts";
import { streamSource } from "../../../../src/tasks/sources/stream.ts";
import { openTaskFile } from "../../../../src/tasks/sources/task-file.ts";
import { collect, commandsOf, noWarning, userErrorOf } from "./collect.ts";

const STRICT = { lenient: false };

let folder: string;
let fifo: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "disbatch-pipe-"));
  fifo = join(folder, "-fifo");
  execFileSync("sh", ["-c", 'mkfifo -- "$1"', "sh", fifo]);
});
afterEach(() => rm(folder, { recursive: true }));

describe("a task file that is a named pipe", () => {
  it("is read as a stream, line by line", async () => {
    const { source, warnings, readAgain } = await openTaskFile(fifo, STRICT);
    expect(source.total).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(readAgain).toBeUndefined();
    const first = source.next(10);
    const writer = await open(fifo, "w");
    await writer.write("a\n");
    expect(commandsOf(await first)).toEqual(["a"]);
    await writer.write("b\nc");
    expect(commandsOf(await source.next(10))).toEqual(["b"]);
    await writer.close();
    expect(commandsOf(await collect(source))).toEqual(["c"]);
    await source.close();
  });

  it("can be closed while nobody writes to it", async () => {
    const { source } = await openTaskFile(fifo, STRICT);
    const next = source.next(1);
    await source.close();
    expect(await next).toEqual([]);
  });

  it("can be closed while its writer says nothing, who then finds the pipe broken", async () => {
    const { source } = await openTaskFile(fifo, STRICT);
    const first = source.next(1);
    const writer = await open(fifo, "w");
    await writer.write("a\n");
    await first;
    const next = source.next(1);
    await source.close();
    expect(await next).toEqual([]);
    await expect(writeUntilBroken(writer)).rejects.toMatchObject({ code: "EPIPE" });
    await writer.close();
  });

  it("reports a mistake when its line comes", async () => {
    const { source } = await openTaskFile(fifo, STRICT);
    const all = userErrorOf(collect(source));
    const writer = await open(fifo, "w");
    await writer.write("a\n#DISBATCH foo\n");
    expect((await all).message).toMatch(`${fifo}:2:11: error: unknown directive`);
    await writer.close();
    await source.close();
  });
});

describe("other paths that are no regular files", () => {
  it("may be empty", async () => {
    const { source } = await openTaskFile("/dev/null", STRICT);
    expect(await collect(source)).toEqual([]);
    await source.close();
  });

  it("may name a descriptor of this process", () => {
    expect(["/dev/stdin", "/dev/fd/63", "/proc/self/fd/7", "/dev/fd/x", "/dev/null"].map(descriptorOf)).toEqual([
      0,
      63,
      7,
      undefined,
      undefined,
    ]);
  });

  it("may fail to be read", async () => {
    const name = join(folder, "missing");
    const source = streamSource(openPipe(name), { name, lenient: false, onWarning: noWarning });
    expect(await userErrorOf(collect(source))).toMatchObject({
      code: "task-stream-failed",
      exitCode: 3,
      message: expect.stringContaining("No such file or directory"),
    });
    await source.close();
  });
});

/** Writes until the write fails: the reader may need a moment to go. */
async function writeUntilBroken(writer: { write(text: string): Promise<unknown> }): Promise<never> {
  for (;;) await writer.write("b\n");
}
