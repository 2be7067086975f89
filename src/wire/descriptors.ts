import { closeSync, openSync, readFileSync } from "node:fs";
import { errnoOf } from "../domain/system-error.ts";

/** The part of a process's descriptors that callers never get; `MOST_KEPT` at most. */
const KEPT_SHARE = 1 / 8;
const MOST_KEPT = 64;

/** There is always such a thing, and it opens without effect. */
const ANYTHING = "/";

/** How many files this process may have open; the runtime has raised that as far as it may. Infinite where it is unknown. */
export function openFileLimit(): number {
  try {
    const [, soft] = /^Max open files\s+([0-9]+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Number(soft ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * Looks after the descriptors that those who call would use up, so that files and children of the run's own find some.
 *
 * Where none is left, whoever calls stays in the system's queue, and Bun tries to take the call again and again as fast
 * as it can. One spare descriptor, given up in that case, lets it take the calls, which can then be turned away.
 */
export class Descriptors {
  /** Descriptors are numbered from 0, and the lowest that is free is given out: from here on nearly all are used. */
  readonly #full: number;
  #spare: number | undefined;

  constructor(limit: number) {
    this.#full = limit - Math.min(MOST_KEPT, Math.floor(limit * KEPT_SHARE));
    this.#spare = takeOne();
  }

  /** Whether the descriptors that are left are for the run. */
  get isShort(): boolean {
    return lowestFree() >= this.#full;
  }

  /** To be called now and then: gives up the spare one when there is no other, and takes one again. */
  tick(): void {
    if (this.#spare === undefined) this.#spare = takeOne();
    else if (lowestFree() === Number.POSITIVE_INFINITY) this.close();
  }

  close(): void {
    if (this.#spare !== undefined) closeSync(this.#spare);
    this.#spare = undefined;
  }
}

/** Infinite when there is none. */
function lowestFree(): number {
  try {
    const descriptor = openSync(ANYTHING, "r");
    closeSync(descriptor);
    return descriptor;
  } catch (error) {
    return errnoOf(error) === "EMFILE" || errnoOf(error) === "ENFILE" ? Number.POSITIVE_INFINITY : 0;
  }
}

function takeOne(): number | undefined {
  try {
    return openSync(ANYTHING, "r");
  } catch {
    return undefined;
  }
}
