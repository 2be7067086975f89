import path from "node:path";
import { DisBatcher } from "../../../src/api/index.ts";
import type { DisBatcherSettings, RunOptions } from "../../../src/api/index.ts";
import { bundle } from "../../unit/node/process/runtimes.ts";
import { scratchFolder } from "../../unit/node/process/scratch.ts";

/** How engines are started: by the program as it is in the source. */
const PROGRAM = [process.execPath, bundle(new URL("../../../bin/disbatch.ts", import.meta.url))];

/** Settings of a run on two slots of this machine, whose files are in a folder that goes with the test. */
export function settings(more: RunOptions = {}): RunOptions {
  return { hosts: "localhost:2", prefix: path.join(scratchFolder(), "run"), program: PROGRAM, ...more };
}

/** Begins such a run. */
export function begin(more: DisBatcherSettings = {}): DisBatcher {
  return new DisBatcher(settings(more));
}

/** What a promise is rejected with, as far as it has a code; its value when it is not. */
export function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error instanceof Error && "code" in error ? error.code : error));
}
