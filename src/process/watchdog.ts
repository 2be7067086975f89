import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { messageOf } from "../domain/system-error.ts";
import { BASH } from "./bash.ts";
import { WATCHDOG_SCRIPT } from "./watchdog-script.ts";

/** One that is killed again and again is started no more often than this. */
const LEAST_LIFE_MS = 1_000;
/** One that does not leave by then, because it is stopped, is killed. */
const FAREWELL_MS = 1_000;

export interface WatchdogOptions {
  /** Letters, digits and dashes; the value of the mark (`ENGINE_MARK`) that the engine's tasks carry. */
  readonly engineId: string;
  /** Process id of the engine; this process's if missing. */
  readonly enginePid?: number;
  /** Told once, in a line, when there is no watchdog. The engine goes on without. */
  readonly warn: (message: string) => void;
}

/** A pipe for what it is told, and no more. */
type Process = ChildProcessByStdio<Writable, null, null>;

/**
 * A small process that ends the tasks of an engine when the engine cannot: at once when the engine was killed, and when a
 * deadline passes, even if the engine hangs. See `WATCHDOG_SCRIPT` for how. One that is killed itself is replaced. It does not
 * keep the engine's event loop alive.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #child: Process | undefined;
  /** By `performance.now()`. */
  #startedAt = 0;
  #restart: NodeJS.Timeout | undefined;
  /** What a new process is told first. */
  #deadline = "forever";
  #warned = false;
  #closed = false;

  /** Starts it, without a deadline. */
  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#start();
  }

  /** The tasks may run until then, by `bootSeconds()`. In place of what was said before. */
  keepUntil(bootSeconds: number): void {
    // Not a moment before the engine itself takes its lease for ended.
    this.#tell(`until ${(Math.ceil(bootSeconds * 100) / 100).toFixed(2)}`);
  }

  /** The tasks may run as long as the engine does. In place of what was said before. */
  keepForever(): void {
    this.#tell("forever");
  }

  /** Lets it go, and the tasks be. Resolves when the process is gone; never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    // It may be all that is left to wait for.
    child.ref();
    child.stdin.end("done\n");
    const late = setTimeout(() => child.kill("SIGKILL"), FAREWELL_MS);
    await gone;
    clearTimeout(late);
  }

  #tell(deadline: string): void {
    if (this.#closed) return;
    this.#deadline = deadline;
    if (this.#child !== undefined) this.#child.stdin.write(`${deadline}\n`);
    // What could not be started may be by now.
    else if (this.#restart === undefined) this.#start();
  }

  #start(): void {
    const { engineId, enginePid = process.pid } = this.#options;
    this.#restart = undefined;
    this.#startedAt = performance.now();
    try {
      const child = startProcess(engineId, enginePid);
      child.once("error", (error) => {
        if (child.pid === undefined) this.#warn(`it cannot be started: ${messageOf(error)}`);
      });
      if (child.pid === undefined) return;
      child.once("exit", (code) => this.#ended(code));
      child.stdin.write(`${this.#deadline}\n`);
      this.#child = child;
    } catch (error) {
      this.#warn(`it cannot be started: ${messageOf(error)}`);
    }
  }

  /** @param code null when it was killed. */
  #ended(code: number | null): void {
    this.#child = undefined;
    if (this.#closed) return;
    if (code !== null) this.#warn(`it ended with exit code ${code}`);
    const wait = this.#startedAt + LEAST_LIFE_MS - performance.now();
    if (wait <= 0) this.#start();
    else this.#restart = setTimeout(() => this.#start(), wait).unref();
  }

  #warn(why: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#options.warn(`no watchdog, so if this engine is killed its tasks may go on: ${why}`);
  }
}

/** @throws the system's error; or the child has no process id and emits `error`. */
function startProcess(engineId: string, enginePid: number): Process {
  // With -p bash reads no start-up file and takes no functions from the environment.
  const args = ["-p", "-c", WATCHDOG_SCRIPT, "disbatch-watchdog", engineId, String(enginePid)];
  const child = spawn(BASH, args, { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] });
  // It has ended, which is heard of otherwise.
  child.stdin.on("error", () => undefined);
  child.unref();
  // Bun's is no socket, and keeps nobody.
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
