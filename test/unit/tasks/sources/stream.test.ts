import { PassThrough, Readable } from "node:stream";

import { describe, expect, it } from "vitest";

import type { Diagnostic } from "../../../../src/domain/errors.ts";
import { streamSource } from "../../../../src/tasks/sources/stream.ts";
import { collect, commandsOf, noWarning, userErrorOf } from "./collect.ts";

const OPTIONS = { name: "stdin", lenient: false, onWarning: noWarning };

async function* chunksOf(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
}

describe("a stream of tasks", () => {
  it("has a name, and no total before its end has been handed out", async () => {
    const source = streamSource(chunksOf("a\n#DISBATCH BARRIER\nb\n"), OPTIONS);
    expect(source.name).toBe("stdin");
    while ((await source.next(1)).length > 0) expect(source.total).toBeUndefined();
    expect(source.total).toBe(2);
  });

  it("has no total when it was closed before its end", async () => {
    const source = streamSource(chunksOf("a\n", "b\n"), OPTIONS);
    await source.next(1);
    await source.close();
    expect(await source.next(1)).toEqual([]);
    expect(source.total).toBeUndefined();
  });

  it("yields what its lines say, however they are cut", async () => {
    const items = await collect(
      streamSource(chunksOf("a", "\nb\n#DISBATCH BAR", "RIER k\n#DISBATCH REPEAT 2 c\n", "d"), OPTIONS),
    );
    expect(items.map((item) => [item.kind, item.kind === "skipped" ? -1 : item.id])).toEqual([
      ["task", 0],
      ["task", 1],
      ["barrier", 2],
      ["task", 3],
      ["task", 4],
      ["task", 5],
    ]);
  });

  it("hands out a line as soon as it has arrived, without waiting for the limit", async () => {
    const input = new PassThrough();
    const source = streamSource(input, OPTIONS);
    input.write("a\n");
    expect(commandsOf(await source.next(10))).toEqual(["a"]);
    input.write("b\nc");
    expect(commandsOf(await source.next(10))).toEqual(["b"]);
    input.end("\nd");
    expect(commandsOf(await collect(source))).toEqual(["c", "d"]);
    expect(await source.next(1)).toEqual([]);
  });

  it("does not read on before everything it has read is handed out", async () => {
    let read = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read++;
        yield await Promise.resolve(Buffer.from("a\nb\n"));
      }
    }
    const source = streamSource(counted(), OPTIONS);
    expect(read).toBe(0);
    await source.next(1);
    await source.next(1);
    expect(read).toBe(1);
    await source.next(1);
    expect(read).toBe(2);
    await source.close();
  });

  it("leaves what is not asked for with a writer that waits", async () => {
    let produced = 0;
    const input = new Readable({
      highWaterMark: 1024,
      read() {
        produced += 100;
        this.push(Buffer.alloc(100, "x\n"));
      },
    });
    const source = streamSource(input, OPTIONS);
    expect(await source.next(1)).toHaveLength(1);
    expect(produced).toBeLessThan(5000);
    await source.close();
    expect(input.destroyed).toBe(true);
  });

  it("throws an error in a line when everything before it has been handed out", async () => {
    const source = streamSource(chunksOf("a\nb\n#DISBATCH foo\nc\n"), OPTIONS);
    expect(commandsOf(await source.next(10))).toEqual(["a", "b"]);
    const error = await userErrorOf(source.next(10));
    expect(error).toMatchObject({ code: "task-file-refused", diagnostics: [{ code: "unknown-directive" }] });
    expect(error.message).toMatch(/^stdin:3:11: error: /);
    expect(await userErrorOf(source.next(10))).toMatchObject({ code: "task-file-refused" });
  });

  it("says that its input is binary", async () => {
    const error = await userErrorOf(collect(streamSource(chunksOf("\u007fELF\0\0\n\0"), OPTIONS)));
    expect(error).toMatchObject({ code: "binary-file", message: "stdin: looks like a binary file (NUL byte)" });
  });

  it("tells the warnings of a lenient reading at their lines", async () => {
    const warnings: Diagnostic[] = [];
    const onWarning = (warning: Diagnostic): void => void warnings.push(warning);
    const source = streamSource(chunksOf("a\n", "#DISBATCH foo\nb\n"), { name: "stdin", lenient: true, onWarning });
    await source.next(10);
    expect(warnings).toEqual([]);
    expect(commandsOf(await source.next(10))).toEqual(["b"]);
    expect(warnings).toMatchObject([{ code: "unknown-directive", place: { file: "stdin", line: 2 } }]);
  });

  it("ends at a late PERENGINE in a lenient reading, though more could be read", async () => {
    const source = streamSource(chunksOf("a\n#DISBATCH PERENGINE START x\nb\n", "c\n"), {
      name: "stdin",
      lenient: true,
      onWarning: () => undefined,
    });
    expect(commandsOf(await collect(source))).toEqual(["a"]);
  });

  it("says that it could not be read on", async () => {
    const input = new PassThrough();
    const source = streamSource(input, OPTIONS);
    input.write("a\n");
    await source.next(1);
    input.destroy(new Error("EIO: i/o error, read"));
    expect(await userErrorOf(source.next(1))).toMatchObject({
      code: "task-stream-failed",
      exitCode: 3,
      message: "stdin: cannot be read on: EIO: i/o error, read",
    });
  });
});

describe("closing a stream of tasks", () => {
  it("ends an outstanding next, and destroys a Readable", async () => {
    const input = new PassThrough();
    const source = streamSource(input, OPTIONS);
    const next = source.next(1);
    await source.close();
    expect(await next).toEqual([]);
    expect(input.destroyed).toBe(true);
    expect(await source.next(1)).toEqual([]);
  });

  it("does not wait for an iterator that never answers", async () => {
    let returned = false;
    const iterator: AsyncIterator<Uint8Array> = {
      next: () => new Promise(() => undefined),
      return: () => {
        returned = true;
        return new Promise(() => undefined);
      },
    };
    const source = streamSource({ [Symbol.asyncIterator]: () => iterator }, OPTIONS);
    const next = source.next(1);
    await source.close();
    await source.close();
    expect(await next).toEqual([]);
    expect(returned).toBe(true);
  });

  it("drops what has not been handed out", async () => {
    const source = streamSource(chunksOf("a\nb\n"), OPTIONS);
    await source.next(1);
    await source.close();
    expect(await source.next(1)).toEqual([]);
  });
});
