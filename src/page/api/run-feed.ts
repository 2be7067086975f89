import type { RunDocument } from "../../web/api/answers.ts";
import { afterEvent, afterLoss, afterReturn, type LiveRun, type RunEvent, runFrom } from "./live-run.ts";

/** What a feed needs of the browser. */
export interface FeedSurroundings {
  /** Opens the stream of events. */
  open(url: string, hear: StreamListener): { close(): void };
  /** Where the run stands. */
  ask(signal: AbortSignal): Promise<RunDocument>;
  /** Milliseconds. */
  now(): number;
  /** Calls back after so many milliseconds. @returns what undoes it. */
  after(milliseconds: number, then: () => void): () => void;
}

export interface StreamListener {
  event(event: RunEvent): void;
  opened(): void;
  /** `isOver`: the browser does not try again by itself. */
  failed(isOver: boolean): void;
}

/** Milliseconds between looks at the stream. */
const LOOK = 2000;
/** Milliseconds by which a look comes late only when the machine has slept. */
const SLEPT = 10_000;
/** Milliseconds of silence after which the server is asked whether it is there: a connection can be dead and not know it. */
const SILENT = 15_000;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 15_000;

/**
 * Follows a run by one stream of events, until it is over, and again when somebody comes back who finds that it goes on. A stream that breaks is opened again, and after a sleep of the
 * machine, too; each begins with where the run stands, so that nothing is missed.
 */
export class RunFeed {
  #run: LiveRun;
  readonly #url: string;
  readonly #changed: (run: LiveRun) => void;
  readonly #around: FeedSurroundings;
  #stream: { close(): void } | undefined;
  #undoLook: (() => void) | undefined;
  #undoOpen: (() => void) | undefined;
  #delay = FIRST_DELAY;
  #looked: number;
  #asking: AbortController | undefined;
  #isClosed = false;

  constructor(document: RunDocument, url: string, changed: (run: LiveRun) => void, around: FeedSurroundings) {
    this.#run = runFrom(document, around.now());
    this.#url = url;
    this.#changed = changed;
    this.#around = around;
    this.#looked = around.now();
    if (this.#run.contact.state === "closed") return;
    this.#begin();
  }

  get run(): LiveRun {
    return this.#run;
  }

  /** Looks at once whether the stream is sound, or a run that was over goes on: the page is seen again, or the network has come back. */
  look(): void {
    const now = this.#around.now();
    const late = now - this.#looked - LOOK;
    this.#looked = now;
    if (this.#isClosed) return;
    if (this.#run.contact.state === "closed") return void this.#askAgain();
    if (late > SLEPT) this.#open();
    else if (now - this.#run.heardAt > SILENT && this.#run.contact.state === "open") void this.#probe();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #begin(): void {
    this.#open();
    this.#lookLater();
  }

  #stop(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#asking?.abort();
    this.#undoLook?.();
    this.#undoOpen?.();
  }

  #open(): void {
    this.#undoOpen?.();
    this.#stream?.close();
    let isCurrent = true;
    const stream = this.#around.open(this.#url, {
      opened: () => {
        if (!isCurrent) return;
        this.#delay = FIRST_DELAY;
        // Nothing is told by it where nothing has happened.
        this.#tell(afterReturn(this.#run));
      },
      event: (event) => {
        if (isCurrent) this.#tell(afterEvent(this.#run, event, this.#around.now()));
      },
      failed: (isOver) => {
        if (!isCurrent) return;
        this.#lost();
        if (isOver) this.#openLater();
      },
    });
    this.#stream = {
      close: () => {
        isCurrent = false;
        stream.close();
      },
    };
  }

  #tell(run: LiveRun): void {
    if (this.#isClosed || run === this.#run) return;
    this.#run = run;
    if (run.contact.state === "closed") this.#stop();
    this.#changed(run);
  }

  #lost(): void {
    this.#tell(afterLoss(this.#run, this.#around.now()));
  }

  #openLater(): void {
    this.#undoOpen?.();
    this.#undoOpen = this.#around.after(this.#delay, () => this.#open());
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY);
  }

  #lookLater(): void {
    this.#undoLook = this.#around.after(LOOK, () => {
      this.look();
      if (!this.#isClosed && this.#run.contact.state !== "closed") this.#lookLater();
    });
  }

  /** Somebody may have resumed a run that was over; it may be over again by now. */
  async #askAgain(): Promise<void> {
    if (this.#asking !== undefined) return;
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const document = await this.#around.ask(asking.signal);
      const { started, ended } = this.#run.view;
      const isOver = document.link.state === "over";
      if (this.#isClosed || (isOver && document.view.started === started && document.view.ended === ended)) return;
      this.#tell(runFrom(document, this.#around.now()));
      if (!isOver) this.#begin();
    } catch {
      // What is shown is how it ended, whether its server is still there or not.
    } finally {
      this.#asking = undefined;
    }
  }

  /**
   * Asks the server in another way than by the stream, of which nothing has come for long. Where something comes meanwhile,
   * the answer may be older than that, and nobody needs it any more.
   */
  async #probe(): Promise<void> {
    if (this.#asking !== undefined) return;
    const asking = new AbortController();
    this.#asking = asking;
    const undo = this.#around.after(LOOK * 2, () => asking.abort());
    const { heardAt } = this.#run;
    const isNeeded = (): boolean => !this.#isClosed && this.#run.heardAt === heardAt;
    try {
      const document = await this.#around.ask(asking.signal);
      if (isNeeded()) this.#tell(runFrom(document, this.#around.now()));
    } catch {
      if (!isNeeded()) return;
      this.#lost();
      this.#open();
    } finally {
      undo();
      this.#asking = undefined;
    }
  }
}
