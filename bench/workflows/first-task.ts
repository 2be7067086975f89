import { existsSync, readFileSync } from "node:fs";

import type { Command } from "../run.ts";
import { watch } from "../watch.ts";

const EXIT_TERMINATED = 143;
const MILLISECONDS = 1000;

/** How a run began. */
export interface Beginning {
  /** From the start of the program until the first task did something. */
  readonly seconds: number;
  /** The driver's most by then, in bytes. */
  readonly peakMemory: number;
}

/** Starts a run whose tasks write the time into the file `sign` unless it is there, and ends it when it is. */
export async function untilFirstTask(command: Command, sign: string): Promise<Beginning> {
  const began = Date.now() / MILLISECONDS;
  // Asked twice, it leaves its tasks at once.
  const seen = await watch(command, ({ child }) => {
    if (!child.killed && existsSync(sign)) child.kill("SIGTERM");
  });
  if (seen.code !== EXIT_TERMINATED) throw new Error(`exit code ${seen.code}: ${seen.stderr}`);
  return { seconds: Number(readFileSync(sign, "utf8")) - began, peakMemory: seen.peakMemory };
}
