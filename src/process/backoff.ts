import { constants } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** What the system says when it is short of something that other processes may soon give back. */
const PASSING: ReadonlySet<number> = new Set([
  constants.errno.EAGAIN,
  constants.errno.EMFILE,
  constants.errno.ENFILE,
  constants.errno.ENOMEM,
]);

const FIRST_MS = 20;
/** 20, 40, ... 2560 ms: about five seconds in all. */
const TRIES = 8;

/** Waits longer and longer between tries; false when it is no use to try again. */
export async function waitAndRetry(errno: number, tries: number): Promise<boolean> {
  if (!PASSING.has(errno) || tries >= TRIES) return false;
  await delay(FIRST_MS * 2 ** tries);
  return true;
}
