/** Milliseconds that nobody minds. */
const MOMENT_MS = 1_000;

/**
 * Waits for something at the end of a run, and says what for when that takes longer than a moment.
 *
 * @param what stands after `waiting for`.
 */
export async function waitingAloud(
  what: string,
  work: Promise<unknown>,
  say: (message: string) => void,
): Promise<void> {
  const timer = setTimeout(() => say(`waiting for ${what}`), MOMENT_MS);
  try {
    await work;
  } finally {
    clearTimeout(timer);
  }
}
