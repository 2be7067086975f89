import { setTimeout as wait } from "node:timers/promises";

/** How long a test waits for something that ought to happen, in milliseconds: long, since only a failing test waits it out. */
export const PATIENCE = 20_000;

/**
 * Looks every 10 ms whether something has come true: for facts that nothing announces, such as a process being gone.
 *
 * @throws Error saying what was waited for, when it has not come true in time.
 */
export async function until(condition: () => boolean, what: () => string, patience: number = PATIENCE): Promise<void> {
  const end = performance.now() + patience;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${patience} ms in vain: ${what()}`);
    await wait(10);
  }
}

/**
 * Asks again and again, for what takes a program to find out; resolves to the first answer that is not undefined. The pauses are
 * four times as long as the last answer took, from 100 ms to two seconds: a loaded machine has work of its own to do, and one slow
 * answer is not to use up the patience.
 *
 * @throws Error saying what was waited for, when there is no answer in time.
 */
export async function untilAnswered<T>(
  ask: () => Promise<T | undefined>,
  what: () => string,
  patience: number = PATIENCE,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const asked = performance.now();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${patience} ms in vain: ${what()}`);
    await wait(Math.min(2000, Math.max(100, 4 * (performance.now() - asked))));
  }
}
