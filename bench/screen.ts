import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";

import { cpuSeconds } from "./proc.ts";

/** The screen, in columns and rows. */
const SCREEN = { columns: 120, rows: 40 };
/** Milliseconds without output after which a screen is taken to be drawn, and how long one is waited for. */
const QUIET = 700;
/** Milliseconds that something is waited for. */
export const PATIENCE = 30_000;

/** A program on a terminal of its own, which `script` makes. Times are in seconds from its start, or in milliseconds where said. */
export class Screen {
  readonly #child: ChildProcess;
  readonly #from = performance.now();
  #text = "";
  #bytes = 0;
  #changed: () => void = () => undefined;
  #last = 0;

  constructor(argv: readonly string[]) {
    const words = argv.map((word) => `'${word}'`).join(" ");
    const command = `stty cols ${SCREEN.columns} rows ${SCREEN.rows}; exec ${words}`;
    this.#child = spawn("script", ["-qefc", command, "/dev/null"], {
      env: { ...process.env, TERM: "xterm-256color" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString("latin1");
      this.#bytes += chunk.length;
      this.#last = performance.now();
      this.#changed();
    });
  }

  /** Resolves to the seconds until this was written. @throws Error when it is not. */
  async until(words: RegExp): Promise<number> {
    while (!words.test(this.#text)) await this.#change();
    return (this.#last - this.#from) / 1000;
  }

  /** Resolves when nothing more is drawn; clocks are. */
  async quiet(): Promise<void> {
    while (performance.now() - this.#last < QUIET && performance.now() - this.#from < PATIENCE / 6) await after(50);
  }

  /** Resolves to the milliseconds until something is drawn. @throws Error when nothing is. */
  async press(key: string): Promise<number> {
    await after(300);
    const from = performance.now();
    this.#child.stdin?.write(key);
    await this.#change();
    return this.#last - from;
  }

  /** What is written and used in a second when nothing happens. */
  async idle(seconds: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
    const program = this.program();
    const [bytes, cpu] = [this.#bytes, cpuSeconds(program) ?? 0];
    await after(1000 * seconds);
    return { bytes: (this.#bytes - bytes) / seconds, cpu: ((cpuSeconds(program) ?? 0) - cpu) / seconds };
  }

  /** Process id of the program itself: `sh` has become it. */
  program(): number {
    const pid = this.#child.pid ?? -1;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return Number(children[0]);
  }

  close(): void {
    this.#child.kill("SIGTERM");
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nothing is drawn: ${this.#text.slice(-500)}`)), PATIENCE);
      this.#changed = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }
}
