import { setTimeout as delay } from "node:timers/promises";

/** Pauses before a run that does not answer is called again, in milliseconds; the last one from then on. */
const CALL_AGAIN_MS = [250, 500, 1_000, 2_000, 4_000] as const;
/** A run that has ended has closed its records, and taken its contact file away, within this time. */
const CLOSING_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** Codes of what a run meets that is over. */
export const IS_OVER: ReadonlySet<string> = new Set(["no-run", "run-ended"]);

/** How long to wait before the run is called again, in milliseconds. @param calls so far, in vain. */
export function pauseBeforeCall(calls: number): number {
  return CALL_AGAIN_MS[Math.min(calls, CALL_AGAIN_MS.length - 1)] ?? 0;
}

/** Resolves when a run that has said that it has ended has closed its records, or ought to have. */
export async function untilClosed(hasClosed: () => boolean, signal?: AbortSignal): Promise<void> {
  for (let waited = 0; !hasClosed() && waited < CLOSING_MS; waited += LOOK_AGAIN_MS) {
    await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
}
