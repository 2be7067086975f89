import { closeSync, write } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../../domain/system-error.ts";
import { within } from "../../domain/time-limit.ts";

/** Characters that may wait for a disk or a reader that is slow; a log that falls behind further has failed. */
const MOST_WAITING = 16 * 1024 * 1024;
/** Milliseconds until a pipe that was full is tried again. */
const RETRY_MS = 100;
/** Milliseconds that the end of a run waits for its log. */
const FAREWELL_MS = 2000;
/** Descriptors from here on are the program's own. */
const FIRST_OWN = 3;

/**
 * The file of a log. Nothing and nobody waits for it: lines are written while the program does something else, one that
 * cannot be written ends the log, and whoever is told so goes on without it.
 *
 * Libraries do otherwise: the destination of pino repeats a write that has failed for ever when the program ends.
 */
export class LogFile {
  readonly #fd: number;
  readonly #onFailure: (error: Error) => void;
  #waiting = "";
  /** Resolves when nothing is waiting any more; missing when nothing is. */
  #writing: Promise<void> | undefined;
  /** The file takes no more lines. */
  #over = false;
  #closed = false;

  /**
   * @param fd open for writing; a pipe should not block.
   * @param onFailure told once when something cannot be written.
   */
  constructor(fd: number, onFailure: (error: Error) => void) {
    this.#fd = fd;
    this.#onFailure = onFailure;
  }

  write(line: string): void {
    if (this.#over) return;
    if (this.#waiting.length + line.length > MOST_WAITING) return this.#fail(new Error("it takes nothing more"));
    this.#waiting += line;
    this.#writing ??= this.#writeOut();
  }

  /** Resolves when everything is in the file, or cannot be, or takes too long. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const writing = this.#writing;
    const isOut = writing === undefined || (await within(FAREWELL_MS, writing));
    if (!isOut) this.#fail(new Error("it takes nothing more"));
    this.#over = true;
    // What is being written to is left to the end of the process.
    if (isOut && this.#fd >= FIRST_OWN) closeSync(this.#fd);
  }

  /** Never fails. */
  async #writeOut(): Promise<void> {
    try {
      while (this.#waiting !== "") {
        let bytes = Buffer.from(this.#waiting);
        this.#waiting = "";
        while (bytes.length > 0 && !this.#over) bytes = bytes.subarray(await this.#writeSome(bytes));
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    this.#writing = undefined;
  }

  /** @returns how many bytes are written; none when a pipe is full. @throws the system's error. */
  async #writeSome(bytes: Buffer): Promise<number> {
    try {
      return await writeBytes(this.#fd, bytes);
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      await delay(RETRY_MS);
      return 0;
    }
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#waiting = "";
    this.#onFailure(error);
  }
}

function writeBytes(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, count) => (error ? reject(error) : resolve(count)));
  });
}
