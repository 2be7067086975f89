import type { RunDocument } from "../../web/api/answers.ts";
import { ProblemError } from "./client.ts";
import {
  afterEvent,
  afterLoss,
  afterRefusal,
  afterReturn,
  isFollowed,
  type LiveRun,
  type RunEvent,
  runFrom,
} from "./live-run.ts";

/** What a feed needs of the browser. */
export interface FeedSurroundings {
  /** Opens the stream of events. */
  open(url: string, hear: StreamListener): { close(): void };
  /** Where the run stands. Fails with a ProblemError where the server has refused to say. */
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
/** Milliseconds for which the page may be out of sight before its stream is closed. */
const UNSEEN = 10_000;
/** Milliseconds between two questions while it is out of sight: its title says how far the run is. */
const RESTING = 30_000;
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 15_000;

/**
 * Follows a run by one stream of events, until it is over, and again when somebody comes back who finds that it goes on. A stream that breaks is opened again, and after a sleep of the
 * machine, too; each begins with where the run stands, so that nothing is missed. A server that lets the page in no more, or has the run no more, is
 * not asked again by itself.
 *
 * A page that is not seen has no stream, since a browser has no more than six connections to an address, for all of its tabs.
 */
export class RunFeed {
  #run: LiveRun;
  readonly #url: string;
  readonly #changed: (run: LiveRun) => void;
  readonly #around: FeedSurroundings;
  #stream: { close(): void } | undefined;
  #undoLook: (() => void) | undefined;
  #undoOpen: (() => void) | undefined;
  #undoRest: (() => void) | undefined;
  #isResting = false;
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
    if (isFollowed(this.#run)) this.#begin();
  }

  get run(): LiveRun {
    return this.#run;
  }

  /** Says whether the page is seen; also when the network has come back. What is seen is up to date at once. */
  see(isSeen: boolean): void {
    if (this.#isClosed) return;
    this.#undoRest?.();
    this.#undoRest = isSeen || this.#isResting ? undefined : this.#around.after(UNSEEN, () => this.#rest());
    if (!isSeen) return;
    if (this.#isResting) this.#wake();
    else this.#look();
  }

  close(): void {
    this.#isClosed = true;
    this.#undoRest?.();
    this.#stop();
  }

  /** Whether the stream is sound, or a run that was not followed any more goes on. */
  #look(): void {
    const now = this.#around.now();
    // A clock that was set back tells as little of how long nothing has come as one of a machine that has slept.
    const late = Math.abs(now - this.#looked - LOOK);
    this.#looked = now;
    if (!isFollowed(this.#run)) return void this.#askAgain();
    if (late > SLEPT) this.#open();
    else if (now - this.#run.heardAt > SILENT && this.#run.contact.state === "open") void this.#askIfSilent();
  }

  #begin(): void {
    this.#looked = this.#around.now();
    this.#open();
    this.#lookLater();
  }

  #rest(): void {
    if (this.#isClosed || !isFollowed(this.#run)) return;
    this.#stop();
    this.#isResting = true;
    this.#askLater();
  }

  #wake(): void {
    this.#stop();
    this.#isResting = false;
    if (isFollowed(this.#run)) this.#begin();
    else void this.#askAgain();
  }

  #stop(): void {
    this.#stream?.close();
    this.#stream = undefined;
    this.#asking?.abort();
    this.#asking = undefined;
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
        if (!isOver) return;
        this.#openLater();
        // A browser does not tell why: it may be that the server does not let the page in any more.
        void this.#ask({ came: () => undefined, failed: () => undefined });
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
    if (!isFollowed(run)) this.#stop();
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
      this.#lookLater();
      this.#look();
    });
  }

  /** Asks now and then while nobody looks. */
  #askLater(): void {
    this.#undoLook = this.#around.after(RESTING, () => {
      this.#askLater();
      void this.#ask({ came: (document) => this.#tellAll(document), failed: () => this.#lost() });
    });
  }

  /**
   * Somebody may have resumed a run that was over, which may be over again by now, or let this page in again. Where not, what is
   * shown stays as it is.
   */
  async #askAgain(): Promise<void> {
    await this.#ask({
      came: (document) => {
        const isOver = document.link.state === "over";
        const { started, ended } = this.#run.view;
        const isSame = document.view.started === started && document.view.ended === ended;
        if (isOver && isSame && this.#run.contact.state === "closed") return;
        this.#tellAll(document);
        if (!isOver) this.#begin();
      },
      failed: () => undefined,
    });
  }

  /** Asks the server in another way than by the stream, of which nothing has come for long. */
  async #askIfSilent(): Promise<void> {
    await this.#ask({
      came: (document) => this.#tellAll(document),
      failed: () => {
        this.#lost();
        this.#open();
      },
    });
  }

  /** Asks where the run stands. Where something comes meanwhile, the answer may be older than that, and nobody needs it any more. */
  async #ask(then: { readonly came: (document: RunDocument) => void; readonly failed: () => void }): Promise<void> {
    if (this.#asking !== undefined) return;
    const asking = new AbortController();
    this.#asking = asking;
    const undo = this.#around.after(LOOK * 2, () => asking.abort());
    const { heardAt } = this.#run;
    const isNeeded = (): boolean => this.#asking === asking && this.#run.heardAt === heardAt;
    try {
      const document = await this.#around.ask(asking.signal);
      if (isNeeded()) then.came(document);
    } catch (error) {
      if (!isNeeded()) return;
      const isRefused = error instanceof ProblemError && (error.status === 401 || error.status === 404);
      if (!isRefused) then.failed();
      else if (isFollowed(this.#run)) this.#tell(afterRefusal(this.#run, error));
    } finally {
      undo();
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  #tellAll(document: RunDocument): void {
    this.#tell(runFrom(document, this.#around.now()));
  }
}
