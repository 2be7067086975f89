import { openSync, readSync } from "node:fs";

/**
 * Tells whether any process was born since a moment, other than those started here: the system numbers processes in
 * order, and /proc/loadavg names the newest. It may see one that has nothing to do with us (a thread counts, too), but
 * it overlooks none. Without /proc it says that there always is one.
 */
export class BirthWatch {
  readonly #fd: number | undefined;
  readonly #buffer = Buffer.alloc(128);
  #newest = -1;
  #strangers = 0;

  constructor() {
    this.#fd = openLoadAverage();
  }

  /** Notes a process that was started here. @returns the number of strangers seen so far. */
  started(pid: number): number {
    if (pid !== this.#newest + 1) this.#strangers++;
    this.#newest = pid;
    return this.#strangers;
  }

  /** @returns the number of strangers seen so far; it has grown if a process was born that was not noted. */
  look(): number {
    const newest = this.#readNewest();
    if (newest === undefined || newest !== this.#newest) this.#strangers++;
    this.#newest = newest ?? -1;
    return this.#strangers;
  }

  /** The last word of the line. */
  #readNewest(): number | undefined {
    if (this.#fd === undefined) return undefined;
    const length = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
    let newest = 0;
    for (let i = this.#buffer.lastIndexOf(0x20, length - 1) + 1; i < length; i++) {
      const digit = (this.#buffer[i] ?? 0) - 0x30;
      if (digit >= 0 && digit <= 9) newest = newest * 10 + digit;
    }
    return newest;
  }
}

function openLoadAverage(): number | undefined {
  try {
    return openSync("/proc/loadavg", "r");
  } catch {
    return undefined;
  }
}
