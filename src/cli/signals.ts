import type { RunEnd } from "../domain/events.ts";

/**
 * A signal that comes again within so many milliseconds is the same one: Slurm may send it from a node and through the srun of a
 * step, and `timeout` to its command and to the group of that.
 */
export const REPEATED_MS = 1_000;

/** What signals do to a run. */
export interface Interruptible {
  /** Nothing new starts, whoever has wanted that. */
  readonly isDraining: boolean;
  drain(reason: RunEnd): void;
  terminate(reason: RunEnd, graceSeconds?: number): void;
}

/** What signals mean in a Slurm job. */
export interface SlurmSignals {
  /** Seconds between SIGTERM and SIGKILL. */
  readonly killWait: () => number;
  /** Told of the warnings that Slurm was asked for. */
  readonly warned: (signal: NodeJS.Signals) => void;
}

/** Parts of the time between SIGTERM and SIGKILL: what tasks have to end by themselves, and then after SIGTERM of their own. */
const TO_FINISH = 0.5;
const TO_END = 0.2;

/**
 * First Ctrl-C: nothing new starts. Second, or first where nothing new starts already: running tasks are ended, with a time
 * of grace. One more: at once. SIGUSR1 and SIGUSR2 are like the first. SIGTERM, and SIGHUP of a terminal that goes away,
 * end running tasks. A run that has no terminal, under `nohup` or cron, outlives it.
 *
 * In a Slurm job SIGTERM announces SIGKILL: nothing new starts, and what still runs is ended while there is time to say so.
 * SIGUSR1 and SIGUSR2 are the warnings that users can ask Slurm for there.
 *
 * @param onTerminal one of the standard streams is a terminal.
 * @param slurm for a process that is part of a Slurm job.
 * @returns a function that gives the signals back their usual meaning.
 */
export function obeySignals(run: Interruptible, onTerminal: boolean, slurm?: SlurmSignals): () => void {
  let interrupts = 0;
  let deadline: NodeJS.Timeout | undefined;
  let terminatedAt = Number.NEGATIVE_INFINITY;
  const interrupted = (): void => {
    if (run.isDraining) interrupts = Math.max(interrupts, 1);
    interrupts++;
    if (interrupts === 1) run.drain("interrupted");
    else if (interrupts === 2) run.terminate("interrupted");
    else run.terminate("interrupted", 0);
  };
  const terminated = (): void => {
    if (slurm === undefined) return run.terminate("terminated");
    const since = performance.now() - terminatedAt;
    if (deadline !== undefined) return since < REPEATED_MS ? undefined : run.terminate("terminated");
    terminatedAt = performance.now();
    const seconds = slurm.killWait();
    run.drain("terminated");
    deadline = setTimeout(() => run.terminate("terminated", seconds * TO_END), seconds * TO_FINISH * 1000);
  };
  const warned = (signal: NodeJS.Signals): void => {
    slurm?.warned(signal);
    run.drain(slurm === undefined ? "interrupted" : "out-of-time");
  };
  const handlers = new Map<NodeJS.Signals, (signal: NodeJS.Signals) => void>([
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

/**
 * Has Ctrl-C, SIGTERM, and SIGHUP of a terminal that goes away, put an end to waiting for something.
 *
 * @returns a function that puts an end to that.
 */
export function hurryBySignals(patience: AbortController, onTerminal: boolean): () => void {
  const hurry = (): void => patience.abort();
  const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", ...(onTerminal ? (["SIGHUP"] as const) : [])];
  for (const signal of signals) process.on(signal, hurry);
  return () => {
    for (const signal of signals) process.off(signal, hurry);
  };
}

/** One of the standard streams is a terminal: somebody watches, and goes when it does. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
}
