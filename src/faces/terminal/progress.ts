import type { RunEvent, RunObserver } from "../../domain/events.ts";
import type { Clock } from "./clock.ts";
import { LiveEstimate } from "../../records/state/live-estimate.ts";
import type { Counts } from "../../records/state/counts.ts";
import { holdUp } from "./hold-up.ts";
import { plainLine, progressLine, slowestLine, type ProgressView } from "./progress-line.ts";
import { RecentRate } from "./rate.ts";
import { type SlowTask, slowestTask } from "./slow-task.ts";
import type { Terminal } from "./terminal.ts";

/** Words for `--progress`. */
export const PROGRESS_MODES = ["auto", "bar", "plain", "none"] as const;

export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** Seconds between two looks at a bar: five a second look alive. */
const BAR_INTERVAL = 0.2;
/** Seconds between two looks in plain mode; the first line comes after one of them. */
const PLAIN_INTERVAL = 2;
/** A plain line comes with every fifth look, so every ten seconds. */
const LOOKS_PER_PLAIN_LINE = 5;

/** What to show: a bar needs a terminal that can redraw a line, which a dumb one cannot. */
export function resolveProgressMode(
  mode: ProgressMode,
  terminal: { readonly isTTY: boolean; readonly term: string | undefined },
): Exclude<ProgressMode, "auto"> {
  if (mode !== "auto") return mode;
  return terminal.isTTY && terminal.term !== "dumb" ? "bar" : "plain";
}

/** What progress needs from its surroundings. */
export interface ProgressOptions {
  /** The numbers to show; somebody else keeps them up to date. */
  readonly counts: Counts;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Whether terminal colours may be used. */
  readonly colour: boolean;
}

/** Looks at the numbers now and then, from the beginning of the run to its end. */
abstract class PeriodicProgress implements RunObserver {
  readonly name = "the progress display";
  readonly #options: Omit<ProgressOptions, "colour">;
  readonly #interval: number;
  #rate: RecentRate | undefined;
  readonly #estimate: LiveEstimate;
  #stop: (() => void) | undefined;

  constructor(options: Omit<ProgressOptions, "colour">, interval: number) {
    this.#options = options;
    this.#interval = interval;
    this.#estimate = new LiveEstimate(options.counts);
  }

  observe(event: RunEvent): void {
    // One timer for the run: an event costs nothing but this look at its type.
    if (event.type === "run-started" || event.type === "run-recovered") {
      this.#rate = new RecentRate(event.time, this.#options.counts.finished);
      this.#stop?.();
      this.#stop = this.#options.clock.every(this.#interval, () => this.#look());
    } else if (event.type === "run-ended") this.#end();
  }

  async close(): Promise<void> {
    this.#end();
  }

  /** Shows what there is to see, if it is time. */
  protected abstract show(view: ProgressView): void;

  #look(): void {
    const { counts, clock } = this.#options;
    this.show(this.#view(counts, clock.now()));
  }

  #view(counts: Counts, now: number): ProgressView {
    this.#rate?.sample(counts.finished, now, counts.slots);
    const estimate = this.#estimate.at(now);
    return { counts, now, rate: this.#rate?.perSecond, estimate, slowest: slowestTask(counts, now) };
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#options.terminal.clearLine();
  }
}

/** A line that is redrawn in place while the run goes on. */
export class ProgressBar extends PeriodicProgress {
  readonly #terminal: Terminal;
  readonly #colour: boolean;

  constructor(options: ProgressOptions) {
    super(options, BAR_INTERVAL);
    this.#terminal = options.terminal;
    this.#colour = options.colour;
  }

  protected override show(view: ProgressView): void {
    this.#terminal.showLine(progressLine(view, this.#terminal.width, this.#colour));
  }
}

/** A line every ten seconds, if anything has happened. */
export class PlainProgress extends PeriodicProgress {
  readonly #terminal: Terminal;
  #looks = 0;
  #lastNews = "";
  /** The task that was told of last, and how long it had run then. */
  #told: SlowTask | undefined;

  constructor(options: Omit<ProgressOptions, "colour">) {
    super(options, PLAIN_INTERVAL);
    this.#terminal = options.terminal;
  }

  protected override show(view: ProgressView): void {
    if (this.#looks++ % LOOKS_PER_PLAIN_LINE !== 0) return;
    this.#tell(view.slowest);
    const { done, failed, running, phase, enginesJoined } = view.counts;
    const news = [done, failed, running, phase, enginesJoined, holdUp(view.counts)].join(" ");
    if (news === this.#lastNews) return;
    this.#lastNews = news;
    this.#terminal.message(plainLine(view));
  }

  /** Told when it is another one, and again when it has run twice as long. */
  #tell(slowest: SlowTask | undefined): void {
    if (slowest === undefined) return;
    if (slowest.id === this.#told?.id && slowest.seconds < 2 * this.#told.seconds) return;
    this.#told = slowest;
    this.#terminal.message(slowestLine(slowest));
  }
}
