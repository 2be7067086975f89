import { constants } from "node:os";
import { type Ending, isSuccess } from "../../domain/ending.ts";

/**
 * An end of a task and a signal to its engine belong together when no more time than this lies between them, in milliseconds. Slurm
 * signals the processes of a step one after another: within 10 ms on an idle node, within 35 ms where six processes want
 * each processor. The rest is for nodes that are busier than that.
 */
export const WINDOW_MS = 200;

/** Ends become certain in batches that are so long, at least, in milliseconds. */
const BATCH_MS = 50;

/** How a shell says that a signal has ended what it ran. */
const BY_SIGNAL = 128;

/** By these an engine is told to leave. */
export const LEAVE = ["SIGTERM", "SIGUSR1", "SIGUSR2"] as const;

/** Numbers of the signals that call an engine away, or interrupt it. */
const TO_ENGINES: ReadonlySet<number> = new Set([...LEAVE, "SIGINT" as const].map((name) => constants.signals[name]));

/** What the end of a task means; `open` is what may yet turn out to be either of the others. */
type Meaning = "outcome" | "interrupted" | "open";

interface OpenEnd<End> {
  readonly end: End;
  /** On the clock of `performance.now`. */
  readonly heardAt: number;
}

export interface SignalledEndsOptions<End> {
  /** The engine's signals reach every process of its tasks, too, one after another, as Slurm's do. */
  readonly shared: boolean;
  /** Told what has become certain of ends that were open, in the order in which they were heard of. */
  readonly decided: (ends: readonly End[], meaning: Exclude<Meaning, "open">) => void;
}

/**
 * Tells the ends of tasks that are outcomes from those that a signal has brought about which was meant for the engine.
 *
 * A signal of that kind reaches a task that has only just been started and has no session of its own yet, or every process there is.
 * Then a task dies of it. Where signals are shared a task may also seem to end well: what its shell waits for is signalled first, and
 * the shell runs the rest of its line before its own turn comes. So there an end within the window before or after a
 * signal says nothing, whatever its code. Later ones count if they are good: those tasks have heard the signal, and gone on.
 */
export class SignalledEnds<End> {
  readonly #options: SignalledEndsOptions<End>;
  readonly #open: OpenEnd<End>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastSignal = Number.NEGATIVE_INFINITY;

  constructor(options: SignalledEndsOptions<End>) {
    this.#options = options;
  }

  /** A task has ended. @returns what that means; if that is open, `decided` is going to be told of it. */
  heard(end: End, ending: Ending): Meaning {
    const { shared } = this.#options;
    if (!shared && !isSuspicious(ending)) return "outcome";
    const now = performance.now();
    if (now - this.#lastSignal < WINDOW_MS) return "interrupted";
    // A task that has been told to end, and fails later, has most likely not got done what it was to do.
    if (shared && !isSuccess(ending) && Number.isFinite(this.#lastSignal)) return "interrupted";
    this.#open.push({ end, heardAt: now });
    this.#wait(WINDOW_MS);
    return "open";
  }

  /** The engine has got a signal. */
  signalled(): void {
    this.#lastSignal = performance.now();
    this.interruptOpen();
  }

  /** What is open counts as interrupted: the engine is going to end its tasks, and has no time to find out. */
  interruptOpen(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#decide(this.#open.length, "interrupted");
  }

  /** Ends that nothing is certain of yet. */
  get open(): End[] {
    return this.#open.map(({ end }) => end);
  }

  get isAnyOpen(): boolean {
    return this.#open.length > 0;
  }

  #wait(ms: number): void {
    this.#timer ??= setTimeout(() => {
      const until = performance.now() - WINDOW_MS;
      // A process that was busy or frozen hears of time before it hears of signals: those that have come by now go first.
      this.#timer = setTimeout(() => this.#settle(until), 0);
    }, ms);
  }

  /** No signal has come in time for ends that were heard of by then. */
  #settle(until: number): void {
    this.#timer = undefined;
    const next = this.#open.findIndex(({ heardAt }) => heardAt > until);
    this.#decide(next < 0 ? this.#open.length : next, "outcome");
    const [first] = this.#open;
    if (first !== undefined) this.#wait(Math.max(BATCH_MS, first.heardAt + WINDOW_MS - performance.now()));
  }

  #decide(count: number, meaning: "outcome" | "interrupted"): void {
    const ends = this.#open.splice(0, count).map(({ end }) => end);
    if (ends.length > 0) this.#options.decided(ends, meaning);
  }
}

/** Whether one of those signals may have ended the task, or what its shell ran. */
function isSuspicious(ending: Ending): boolean {
  if (ending.type === "exited") return TO_ENGINES.has(ending.code - BY_SIGNAL);
  return ending.type === "signalled" && TO_ENGINES.has(ending.signal);
}
