import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** What the system says when it is short of something that other processes may soon give back. */
const PASSING: ReadonlySet<number> = new Set([
  constants.errno.EAGAIN,
  constants.errno.EMFILE,
  constants.errno.ENFILE,
  constants.errno.ENOMEM,
]);

/** Whether the system is short of something that it may soon have again. */
export function isPassing(errno: number): boolean {
  return PASSING.has(errno);
}

const FIRST_MS = 20;
const LONGEST_MS = 5_000;
/** Waits between tries: 20, 40, ... 2560 ms, and then five seconds each, a minute in all. */
const TRIES = 19;

/** Waits longer and longer between tries; false when it is no use to try again. */
export async function waitAndRetry(errno: number, tries: number): Promise<boolean> {
  if (!isPassing(errno) || tries >= TRIES) return false;
  await delay(Math.min(LONGEST_MS, FIRST_MS * 2 ** tries));
  return true;
}
