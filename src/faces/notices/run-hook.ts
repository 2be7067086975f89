import { type ChildProcess, spawn } from "node:child_process";
import { decodeBytes } from "../../domain/bytes.ts";
import type { Environment } from "../../domain/environment.ts";
import { errnoOf, errnoText } from "../../domain/system-error.ts";

/** Bytes of output that are kept. */
const MOST_OUTPUT = 64 << 10;
/** Milliseconds from TERM to KILL. */
const GRACE_MS = 2_000;

/** A command of the user that is told of a run. */
export interface HookCommand {
  /** For bash. */
  readonly command: string;
  readonly env: Environment;
  readonly cwd: string;
  /** Milliseconds; what still runs then is ended. */
  readonly limitMs: number;
}

/** How it went. */
export interface HookOutcome {
  /** What was wrong, in words; undefined when it has ended with exit code 0. */
  readonly fault: string | undefined;
  /** The beginning of what it wrote, both streams together. */
  readonly output: string;
}

/** Runs a command in a session of its own, without input. Resolves when its shell has ended; what it leaves in the background stays. */
export function runHook({ command, env, cwd, limitMs }: HookCommand): Promise<HookOutcome> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let room = MOST_OUTPUT;
    let isLate = false;
    let kill: NodeJS.Timeout | undefined;
    const child = spawn("/bin/bash", ["-c", command], {
      env: { ...env },
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const take = (piece: Buffer): void => {
      if (room > 0) pieces.push(piece.subarray(0, room));
      room -= piece.length;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const limit = setTimeout(() => {
      isLate = true;
      signal(child, "SIGTERM");
      kill = setTimeout(() => signal(child, "SIGKILL"), GRACE_MS);
    }, limitMs);
    const ended = (fault: string | undefined): void => {
      clearTimeout(limit);
      clearTimeout(kill);
      // What was written by now has arrived in the next turn.
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ fault, output: decodeBytes(Buffer.concat(pieces)) });
      });
    };
    child.once("error", (error) => ended(`it could not be started: ${errnoText(error)}`));
    child.once("exit", (code, by) => {
      const late = isLate ? `it was ended after ${limitMs / 1000} s` : undefined;
      ended(late ?? (code === 0 ? undefined : code === null ? `it was killed by ${by}` : `exit code ${code}`));
    });
  });
}

/** Its whole group. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}
