import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Environment } from "../../domain/environment.ts";
import { signal } from "../process/process-table.ts";

/** Characters that are read of what a program writes. */
const MOST_OUTPUT = 1024 * 1024;

/**
 * What the program writes on its standard output. One that takes too long is killed, and is not waited for: it may hang in the
 * system, where nothing reaches it.
 *
 * @returns undefined when it fails, `late` when it takes too long.
 */
export function outputOf(
  path: string,
  args: readonly string[],
  env: Environment,
  patienceMs: number,
): Promise<{ readonly text: string } | "late" | undefined> {
  return new Promise((resolve) => {
    const child = start(path, args, env);
    if (child === undefined) return resolve(undefined);
    let text = "";
    const late = setTimeout(() => {
      // With what it has started.
      if (child.pid !== undefined) signal(-child.pid, "SIGKILL");
      child.stdout.destroy();
      child.unref();
      resolve("late");
    }, patienceMs);
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < MOST_OUTPUT) text += part;
    });
    child.once("error", () => {
      clearTimeout(late);
      resolve(undefined);
    });
    child.once("close", (code) => {
      clearTimeout(late);
      resolve(code === 0 ? { text } : undefined);
    });
  });
}

/** The program, whose output can be read; undefined where the system has no room for it. */
function start(
  path: string,
  args: readonly string[],
  env: Environment,
): ChildProcessByStdio<null, Readable, null> | undefined {
  try {
    return spawn(path, args, { env, stdio: ["ignore", "pipe", "ignore"], detached: true });
  } catch {
    return undefined;
  }
}
