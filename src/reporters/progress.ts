import type { Reporter, RunEvent } from "../domain/events.ts";
import type { Clock } from "./clock.ts";
import type { Counts } from "./counts.ts";
import { plainLine, progressLine, type ProgressView } from "./progress-line.ts";
import { RecentRate } from "./rate.ts";
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
  /** The numbers to show; another reporter keeps them up to date. */
  readonly counts: Counts;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Whether terminal colours may be used. */
  readonly colour: boolean;
}

/** A line that is redrawn in place while the run goes on. */
export class ProgressBar implements Reporter {
  readonly #options: ProgressOptions;
  #rate: RecentRate | undefined;
  #stop: (() => void) | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  handle(event: RunEvent): void {
    // One timer for the run: an event costs nothing but this look at its type.
    if (event.type === "run-started") {
      this.#rate = new RecentRate(event.time);
      this.#stop = this.#options.clock.every(BAR_INTERVAL, () => this.#draw());
    } else if (event.type === "run-ended") this.#end();
  }

  async close(): Promise<void> {
    this.#end();
  }

  #draw(): void {
    const { counts, terminal, clock, colour } = this.#options;
    terminal.showLine(progressLine(look(counts, clock.now(), this.#rate), terminal.width, colour));
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#options.terminal.clearLine();
  }
}

/** A line every ten seconds, if anything has happened. */
export class PlainProgress implements Reporter {
  readonly #options: Omit<ProgressOptions, "colour">;
  #rate: RecentRate | undefined;
  #stop: (() => void) | undefined;
  #looks = 0;
  #lastNews = "";

  constructor(options: Omit<ProgressOptions, "colour">) {
    this.#options = options;
  }

  handle(event: RunEvent): void {
    if (event.type === "run-started") {
      this.#rate = new RecentRate(event.time);
      this.#stop = this.#options.clock.every(PLAIN_INTERVAL, () => this.#look());
    } else if (event.type === "run-ended") this.#end();
  }

  async close(): Promise<void> {
    this.#end();
  }

  #look(): void {
    const { counts, terminal, clock } = this.#options;
    const view = look(counts, clock.now(), this.#rate);
    if (this.#looks++ % LOOKS_PER_PLAIN_LINE !== 0) return;
    const news = `${counts.done} ${counts.failed} ${counts.running} ${counts.phase} ${counts.enginesJoined}`;
    if (news === this.#lastNews) return;
    this.#lastNews = news;
    terminal.message(plainLine(view));
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

function look(counts: Counts, now: number, rate: RecentRate | undefined): ProgressView {
  rate?.sample(counts.finished, now, counts.slots);
  return { counts, now, rate: rate?.perSecond };
}
