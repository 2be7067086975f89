import type { RunEnd } from "../domain/events.ts";

/** Slurm may send the same signal from a node and through the srun of a step; within so many milliseconds that is one. */
const REPEATED_MS = 1_000;

/** What signals do to a run. */
export interface Interruptible {
  drain(reason: RunEnd): void;
  terminate(reason: RunEnd, graceSeconds?: number): void;
}

/** Of the time between SIGTERM and SIGKILL, what tasks have to end by themselves, and then after SIGTERM of their own. */
const TO_FINISH = 0.5;
const TO_END = 0.2;

/**
 * First Ctrl-C: nothing new starts. Second: running tasks are ended, with a time of grace. Third: at once. SIGTERM, and
 * SIGHUP of a terminal that goes away, end running tasks. A run that has no terminal, under `nohup` or cron, outlives it.
 *
 * In a Slurm job SIGTERM announces SIGKILL: nothing new starts, and what still runs is ended while there is time to say so.
 * SIGUSR1 and SIGUSR2 are the warnings that users can ask Slurm for: nothing new starts.
 *
 * @param onTerminal one of the standard streams is a terminal.
 * @param killWait seconds between SIGTERM and SIGKILL in the Slurm job that this process is part of.
 * @returns a function that gives the signals back their usual meaning.
 */
export function obeySignals(run: Interruptible, onTerminal: boolean, killWait?: () => number): () => void {
  let interrupts = 0;
  let deadline: NodeJS.Timeout | undefined;
  let terminatedAt = Number.NEGATIVE_INFINITY;
  const interrupted = (): void => {
    interrupts++;
    if (interrupts === 1) run.drain("interrupted");
    else if (interrupts === 2) run.terminate("interrupted");
    else run.terminate("interrupted", 0);
  };
  const terminated = (): void => {
    if (killWait === undefined) return run.terminate("terminated");
    const since = performance.now() - terminatedAt;
    if (deadline !== undefined) return since < REPEATED_MS ? undefined : run.terminate("terminated");
    terminatedAt = performance.now();
    const seconds = killWait();
    run.drain("terminated");
    deadline = setTimeout(() => run.terminate("terminated", seconds * TO_END), seconds * TO_FINISH * 1000);
  };
  const warned = (): void => run.drain("out-of-time");
  const handlers = new Map([
    ["SIGINT", interrupted],
    ["SIGTERM", terminated],
    ["SIGHUP", onTerminal ? terminated : (): void => undefined],
    ["SIGUSR1", warned],
    ["SIGUSR2", warned],
  ]);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    clearTimeout(deadline);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/** One of the standard streams is a terminal: somebody watches, and goes when it does. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}
