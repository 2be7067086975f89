import { spawn, type ChildProcess } from "node:child_process";

import type { ByteStream } from "./stream.ts";

/** Names for descriptors that this process was given, as in `disbatch <(generate)`. */
const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/([0-9]+)$/;

/** The descriptor of this process that the path stands for, if it does. */
export function descriptorOf(path: string): number | undefined {
  if (path === "/dev/stdin") return 0;
  const number = DESCRIPTOR.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * The bytes of a named pipe, a terminal or the like. `cat` does the reading: a thread of this process that opens or
 * reads a pipe nobody writes to could not be called off, and the process could not exit.
 */
export function openPipe(path: string): ByteStream {
  let child: ChildProcess | undefined;
  return {
    async *[Symbol.asyncIterator]() {
      const descriptor = descriptorOf(path);
      const reader = spawn("cat", descriptor === undefined ? ["--", path] : [], {
        stdio: [descriptor ?? "ignore", "pipe", "pipe"],
        // A group of its own: Ctrl-C on the terminal is not for it.
        detached: true,
      });
      child = reader;
      const failure = failureOf(reader);
      const output: AsyncIterable<Uint8Array> | null = reader.stdout;
      if (output !== null) yield* output;
      const error = await failure;
      if (error !== undefined) throw error;
    },
    destroy: () => child?.kill("SIGKILL"),
  };
}

/** Why the process could not start or did not succeed, once it has ended; undefined when it did. */
function failureOf(child: ChildProcess): Promise<Error | undefined> {
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(0, 500);
  });
  return new Promise((resolve) => {
    child.once("error", resolve);
    child.once("close", (code, signal) => {
      resolve(code === 0 ? undefined : new Error(complaint.trim() || `cat ended with ${signal ?? code}`));
    });
  });
}
