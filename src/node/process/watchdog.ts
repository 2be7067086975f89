import { spawn } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { messageOf } from "../../domain/system-error.ts";
import { BASH } from "./bash.ts";
import { ACTING, WATCHDOG_SCRIPT } from "./watchdog-script.ts";

/** A watchdog that is killed again and again is started no more often than this, in milliseconds. */
const LEAST_LIFE_MS = 1_000;
/** A watchdog that does not leave within this time, because it is stopped, is killed. Milliseconds. */
const FAREWELL_MS = 1_000;
export interface WatchdogOptions {
  /** Letters, digits and dashes; the value of the mark (`ENGINE_MARK`) that the engine's tasks carry. */
  readonly engineId: string;
  /** Process id of the engine; this process's if missing. */
  readonly enginePid?: number;
  /** Seconds between two looks of the watchdog when nothing is going on; 1 if missing. */
  readonly lookSeconds?: number;
  /** Told in a line of what goes wrong with the watchdog, and once if there can be none. The engine goes on. */
  readonly warn: (message: string) => void;
}

/** The process of a watchdog, and what leads to it. */
interface Process {
  /** The socket over which it is told deadlines. */
  readonly words: Writable;
  /** The socket that says nothing, and ends with this process. */
  readonly life: Writable;
  /** Descriptor of the process's name, as the system keeps it; undefined where that cannot be read. */
  readonly name: number | undefined;
  kill(): void;
  /** Keeps the event loop alive. */
  ref(): void;
}

/**
 * A small process that ends the tasks of an engine when the engine cannot: at once when the engine was killed, and when a
 * deadline passes, even if the engine hangs. See `WATCHDOG_SCRIPT` for how. One that is killed itself is replaced. It does not
 * keep the engine's event loop alive.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #process: Process | undefined;
  /** By `performance.now()`. */
  #startedAt = 0;
  #restart: NodeJS.Timeout | undefined;
  /** The last word, which a new process is told first. */
  #deadline = "forever";
  #warned = false;
  #closed = false;
  /** Told that the process is gone. */
  #gone: () => void = () => undefined;

  /** Starts the watchdog, without a deadline. */
  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#start();
  }

  /** Lets the tasks run until then, by `bootSeconds()`, whatever was said before. */
  keepUntil(bootSeconds: number): void {
    // Not a moment before the engine itself takes its lease for ended.
    this.#tell(`until ${(Math.ceil(bootSeconds * 100) / 100).toFixed(2)}`);
  }

  /** Lets the tasks run as long as the engine does, whatever was said before. */
  keepForever(): void {
    this.#tell("forever");
  }

  /**
   * Whether the watchdog has ended tasks, or is about to, because it takes their time for over. What ends from then on says
   * nothing of the task. The watchdog changes its name before it sends a signal, so this is known before any end that it causes.
   */
  get hasActed(): boolean {
    const name = this.#process?.name;
    if (name === undefined) return false;
    try {
      return nameIn(name) === ACTING;
    } catch {
      // The process is gone, of which `#ended` hears.
      return false;
    }
  }

  /** Lets the watchdog go, and the tasks be. Resolves when the process is gone; never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const process = this.#process;
    if (process === undefined) return;
    const gone = new Promise<void>((resolve) => (this.#gone = resolve));
    // The watchdog may be all that is left to wait for.
    process.ref();
    process.words.end("done\n", () => process.life.end());
    const late = setTimeout(() => process.kill(), FAREWELL_MS);
    await gone;
    clearTimeout(late);
  }

  #tell(deadline: string): void {
    if (this.#closed) return;
    this.#deadline = deadline;
    if (this.#process !== undefined) this.#say(this.#process);
    // What could not be started may be by now.
    else if (this.#restart === undefined) this.#start();
  }

  /** Lines have to arrive whole: while one has not left the newest waits, and those between are never said. */
  #say(process: Process): void {
    if (process.words.writableLength > 0) return;
    const said = this.#deadline;
    process.words.write(`${said}\n`, () => {
      if (this.#deadline !== said && this.#process === process) this.#say(process);
    });
  }

  #start(): void {
    this.#restart = undefined;
    this.#startedAt = performance.now();
    try {
      this.#process = this.#startProcess();
      if (this.#process !== undefined) this.#say(this.#process);
    } catch (error) {
      this.#warnOfNone(error);
    }
  }

  /** Starts a process. @returns undefined when that failed, as is told then. @throws the system's error. */
  #startProcess(): Process | undefined {
    const { engineId, enginePid = process.pid, lookSeconds = 1 } = this.#options;
    // With -p bash reads no start-up file and takes no functions from the environment.
    const own = [engineId, String(enginePid), String(lookSeconds)];
    const child = spawn(BASH, ["-p", "-c", WATCHDOG_SCRIPT, "disbatch-watchdog", ...own], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore", "pipe"],
    });
    const { pid, stdin: words } = child;
    const life = child.stdio[3];
    child.once("error", (error) => {
      if (child.pid === undefined) this.#warnOfNone(error);
    });
    if (pid === undefined || words === null || !(life instanceof Socket)) return undefined;
    for (const end of [words, life]) {
      // The process has ended, which is heard of otherwise.
      end.on("error", () => undefined);
      // Bun's of standard input is no socket, and keeps nobody.
      if (end instanceof Socket) end.unref();
    }
    child.unref();
    const name = openName(pid);
    child.once("exit", (code) => this.#ended(code, name));
    return { words, life, name, kill: () => child.kill("SIGKILL"), ref: () => child.ref() };
  }

  /** Takes note that the process has ended. @param code null when it was killed. @param name its name's descriptor. */
  #ended(code: number | null, name: number | undefined): void {
    this.#process = undefined;
    if (name !== undefined) closeSync(name);
    this.#gone();
    if (this.#closed) return;
    this.#options.warn(`the watchdog ${code === null ? "was killed" : `ended with exit code ${code}`}: it is replaced`);
    const wait = this.#startedAt + LEAST_LIFE_MS - performance.now();
    if (wait <= 0) this.#start();
    else this.#restart = setTimeout(() => this.#start(), wait).unref();
  }

  #warnOfNone(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    const why = `it cannot be started: ${messageOf(error)}`;
    this.#options.warn(`no watchdog, so if this engine is killed its tasks may go on: ${why}`);
  }
}

/** Undefined where there is no /proc. */
function openName(pid: number): number | undefined {
  try {
    return openSync(`/proc/${pid}/comm`, "r");
  } catch {
    return undefined;
  }
}

/** Names are of 15 bytes at the most, and a newline. */
const nameBytes = Buffer.alloc(16);

/** @throws the system's error, when the process is gone. */
function nameIn(descriptor: number): string {
  return nameBytes.toString("latin1", 0, readSync(descriptor, nameBytes, 0, nameBytes.length, 0)).trimEnd();
}
