import type { RunEnd } from "../domain/events.ts";

/** What signals do to a run. */
export interface Interruptible {
  drain(reason: RunEnd): void;
  terminate(reason: RunEnd, graceSeconds?: number): void;
}

/**
 * First Ctrl-C: nothing new starts. Second: running tasks are ended, with a time of grace. Third: at once. SIGTERM, and
 * SIGHUP of a terminal that goes away, end running tasks. A run that has no terminal, under `nohup` or cron, outlives it.
 *
 * @param onTerminal one of the standard streams is a terminal.
 * @returns a function that gives the signals back their usual meaning.
 */
export function obeySignals(run: Interruptible, onTerminal: boolean): () => void {
  let interrupts = 0;
  const interrupted = (): void => {
    interrupts++;
    if (interrupts === 1) run.drain("interrupted");
    else if (interrupts === 2) run.terminate("interrupted");
    else run.terminate("interrupted", 0);
  };
  const terminated = (): void => run.terminate("terminated");
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", terminated);
  const hungUp = onTerminal ? terminated : (): void => undefined;
  process.on("SIGHUP", hungUp);
  return () => {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", terminated);
    process.off("SIGHUP", hungUp);
  };
}

/** One of the standard streams is a terminal: somebody watches, and goes when it does. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}
