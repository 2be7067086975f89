import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { decodeBytes } from "../../domain/bytes.ts";
import type { Environment } from "../../domain/environment.ts";
import { errnoOf, errnoText, messageOf } from "../../domain/system-error.ts";

/** Bytes of output that are kept. */
const MOST_OUTPUT = 64 << 10;
/** Milliseconds from TERM to KILL, and from there until it is left to itself. */
const GRACE_MS = 2_000;

/** A command of the user that is told of a run. */
export interface HookCommand {
  /** For bash. */
  readonly command: string;
  readonly env: Environment;
  readonly cwd: string;
  /** Milliseconds; what still runs then is ended. */
  readonly limitMs: number;
  /** Ends it at once when it is aborted. */
  readonly hurry: AbortSignal;
}

/** How it went. */
export interface HookOutcome {
  /** What was wrong, in words; undefined when it has ended with exit code 0. */
  readonly fault: string | undefined;
  /** The beginning of what it wrote, both streams together. */
  readonly output: string;
}

/**
 * Runs a command in a session of its own, without input. Resolves when its shell has ended; what it leaves in the background stays. One that
 * cannot be ended, since it has become another user as `sudo` does, is left to itself. Never rejects.
 */
export async function runHook(hook: HookCommand): Promise<HookOutcome> {
  try {
    return await new RunningHook(hook).outcome;
  } catch (error) {
    return { fault: `it could not be started: ${messageOf(error)}`, output: "" };
  }
}

/** A command that has been started. */
class RunningHook {
  readonly outcome: Promise<HookOutcome>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #hurry: AbortSignal;
  readonly #pieces: Buffer[] = [];
  #room = MOST_OUTPUT;
  /** Why it is being ended. */
  #cause: string | undefined;
  #timer: NodeJS.Timeout;
  #resolve: (outcome: HookOutcome) => void = () => undefined;

  constructor({ command, env, cwd, limitMs, hurry }: HookCommand) {
    this.outcome = new Promise((resolve) => (this.#resolve = resolve));
    this.#child = spawn("/bin/bash", ["-c", command], {
      env: { ...env },
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on("data", (piece: Buffer) => this.#take(piece));
      stream.on("error", () => undefined);
    }
    this.#timer = setTimeout(() => this.#end(`after ${limitMs / 1000} s`), limitMs);
    this.#hurry = hurry;
    hurry.addEventListener("abort", this.#hurryUp);
    if (hurry.aborted) this.#hurryUp();
    this.#child.once("error", (error) => this.#settle(`it could not be started: ${errnoText(error)}`));
    this.#child.once("exit", (code, by) => {
      if (this.#cause !== undefined) return this.#settle(`it was ended ${this.#cause}`);
      this.#settle(code === 0 ? undefined : code === null ? `it was killed by ${by}` : `exit code ${code}`);
    });
  }

  readonly #hurryUp = (): void => this.#end("on request");

  #take(piece: Buffer): void {
    if (this.#room > 0) this.#pieces.push(piece.subarray(0, this.#room));
    this.#room -= piece.length;
  }

  #end(cause: string): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    clearTimeout(this.#timer);
    if (!this.#signal("SIGTERM")) return;
    this.#timer = setTimeout(() => {
      if (this.#signal("SIGKILL")) this.#timer = setTimeout(() => this.#leave("it does not end"), GRACE_MS);
    }, GRACE_MS);
  }

  /** Signals its whole group; leaves it where that is not possible. @returns whether it is to be waited for. */
  #signal(name: NodeJS.Signals): boolean {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, name);
    } catch (error) {
      if (errnoOf(error) === "ESRCH") return true;
      this.#leave(errnoOf(error) === "EPERM" ? "it runs as another user" : messageOf(error));
      return false;
    }
    return true;
  }

  #leave(why: string): void {
    this.#child.unref();
    this.#settle(`it cannot be ended (${why}), and still runs as process ${this.#child.pid}`);
  }

  /** Only the first time counts. */
  #settle(fault: string | undefined): void {
    clearTimeout(this.#timer);
    this.#hurry.removeEventListener("abort", this.#hurryUp);
    // What was written by now has arrived in the next turn.
    setImmediate(() => {
      this.#child.stdout.destroy();
      this.#child.stderr.destroy();
      this.#resolve({ fault, output: decodeBytes(Buffer.concat(this.#pieces)) });
    });
  }
}
