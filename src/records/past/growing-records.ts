import { setTimeout as after } from "node:timers/promises";
import { Breather } from "../../domain/breather.ts";
import type { Diagnostic } from "../../domain/errors.ts";
import type { KnownResults } from "../../domain/run-results.ts";
import type { EngineSlots, RunView, TaskDetail, TaskPage, TaskQuery } from "../../domain/watch.ts";
import type { PicturedRun } from "../pictures/pictured-run.ts";
import type { MetBarrier } from "../state/counts.ts";
import type { RunState } from "../state/run-state.ts";
import type { RunIdentity } from "../state/snapshot.ts";
import { WatchedRun } from "../state/watched-run.ts";
import type { PastRecords, PastRun } from "./past-records.ts";
import { type ReadRun, RecordsReader } from "./records-reader.ts";

/** Milliseconds that an opening takes at the most before what has been read is shown. */
const FIRST_LOOK = 100;
/** Milliseconds from one reading to the next, at the least. */
const INTERVAL = 250;

/** Milliseconds that a text is searched for before there is a page. */
const PATIENCE = 120;

/** The records of a run, which may grow: read as they do, on demand. */
export interface GrowingRecords extends PastRun {
  /** Whether all has been read that there was when they were opened, or were found to be others than before. */
  readonly isComplete: boolean;
  /** How much of that has been read, from 0 to 1. */
  readonly progress: number;
  /** Becomes larger with whatever is read. */
  readonly revision: number;
  /** Resolves when what has been written by now has been read, but for the last quarter of a second; at once while they are not complete. */
  catchUp(): Promise<void>;
  /** Resolves when all has been read that there is now, however short ago that was done last. */
  latest(): Promise<void>;
  /** Resolves when they are complete. @throws UserError `no-status-file`, `status-file-unreadable`. */
  whole(): Promise<void>;
  /** What pictures are made of, up to date as `catchUp` has it. */
  pictured(): Promise<PicturedRun>;
  /** Nobody writes any more: what only one of the files tells counts as it stands. */
  settle(): void;
}

/** How records are read that may grow. */
export interface GrowingOptions {
  /** Whether somebody still writes them: the run is at its beginning, and time goes on. */
  readonly isLive?: () => boolean;
  /** Unix time in seconds. */
  readonly now?: () => number;
  /** Milliseconds from one reading to the next, at the least. */
  readonly interval?: number;
  /** Milliseconds that a text is searched for before there is a page. */
  readonly patience?: number;
  /** Resolves when nobody waits for anything else: they are read in the meantime, as long as they are not complete. */
  readonly giveWay?: () => Promise<void>;
}

/**
 * Opens the records of a run that may go on. Resolves soon: with what has been read by then, while the rest is being read.
 *
 * @throws UserError as `openPastRun` does.
 */
export async function openGrowingRecords(records: PastRecords, options: GrowingOptions = {}): Promise<GrowingRecords> {
  const run = new GrowingRun(records, { patience: PATIENCE, ...options });
  try {
    await (run.looksForeign ? run.whole() : run.soon(FIRST_LOOK));
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** What is known of a run, and its records, which are read on. */
export class GrowingRun implements GrowingRecords {
  readonly #jobId: string;
  readonly #reader: RecordsReader;
  readonly #isLive: () => boolean;
  readonly #now: () => number;
  readonly #interval: number;
  readonly #patience: number | undefined;
  readonly #giveWay: () => Promise<void>;
  readonly looksForeign: boolean;
  #watched: { readonly of: ReadRun; readonly run: WatchedRun } | undefined;
  #reading: Promise<void> | undefined;
  #readAt = -Infinity;
  #isClosed = false;

  constructor(records: PastRecords, options: GrowingOptions = {}) {
    const { isLive = () => false, now = () => Date.now() / 1000, interval = INTERVAL, patience } = options;
    const { giveWay = () => Promise.resolve() } = options;
    this.#jobId = records.jobId;
    this.#isLive = isLive;
    this.#now = now;
    this.#interval = interval;
    this.#patience = patience;
    this.#giveWay = giveWay;
    this.#reader = new RecordsReader(records, now);
    this.looksForeign = this.#reader.looksForeign;
  }

  get state(): RunState {
    return this.#reader.run.state;
  }

  get hasJournal(): boolean {
    return this.#reader.journal !== undefined;
  }

  get warnings(): readonly Diagnostic[] {
    return this.#reader.warnings;
  }

  get results(): KnownResults {
    return this.#run.results;
  }

  get revision(): number {
    return this.#reader.revision;
  }

  get isComplete(): boolean {
    return this.#reader.isWhole;
  }

  get progress(): number {
    return this.isComplete ? 1 : this.#reader.progress;
  }

  view(): RunView {
    return this.#run.view();
  }

  tasks(query: TaskQuery): Promise<TaskPage> {
    return this.#run.tasks(query);
  }

  task(id: number): Promise<TaskDetail | undefined> {
    return this.#run.task(id);
  }

  slots(): Promise<readonly EngineSlots[]> {
    return this.#run.slots();
  }

  catchUp(): Promise<void> {
    const isDue = performance.now() - this.#readAt >= this.#interval;
    const reading = this.#reading ?? (isDue ? this.#begin() : undefined);
    return (this.isComplete ? reading : undefined) ?? Promise.resolve();
  }

  async latest(): Promise<void> {
    await this.#reading;
    await this.#begin();
  }

  async whole(): Promise<void> {
    while (!this.isComplete && !this.#isClosed) await (this.#reading ?? this.#begin());
  }

  /** Resolves when all has been read, or after so many milliseconds. */
  async soon(milliseconds: number): Promise<void> {
    const reading = this.#reading ?? this.#begin();
    const tired = new AbortController();
    try {
      await Promise.race([reading, after(milliseconds, undefined, { signal: tired.signal })]);
    } finally {
      tired.abort();
    }
  }

  async pictured(): Promise<PicturedRun> {
    await this.catchUp();
    const { state, barriers } = this.#reader.run;
    const until = this.#time();
    return {
      table: state.table,
      engines: state.engines,
      kinds: state.kinds.list(),
      started: state.started ?? until,
      until,
      hasEnded: state.ended !== undefined,
      barriers: state.waitsAt === undefined ? barriers.all : [...barriers.all, waitUntil(until, state.waitsAt)],
      reconstructed: !this.hasJournal,
      isComplete: this.isComplete,
      revision: this.revision,
    };
  }

  /** Nobody writes any more: what only one of the files tells counts as it stands. */
  settle(): void {
    this.#reader.settle();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#reading?.catch(() => undefined);
    this.#reader.close();
  }

  /** The run that the records are of now: a new one may have begun in them. */
  get #run(): WatchedRun {
    const of = this.#reader.run;
    if (this.#watched?.of !== of) this.#watched = { of, run: this.#watch(of) };
    return this.#watched.run;
  }

  #watch(of: ReadRun): WatchedRun {
    const identity = (): RunIdentity => this.#identity();
    return new WatchedRun({
      state: of.state,
      // A driver that takes up the run is told later.
      get identity() {
        return identity();
      },
      file: this.#reader.text,
      toldFrom: 0,
      patience: this.#patience,
      now: () => this.#time(),
    });
  }

  #identity(): RunIdentity {
    const { journal } = this.#reader;
    const { host = "", pid = 0 } = journal?.driver ?? {};
    return { jobId: journal?.jobId ?? this.#jobId, taskFile: journal?.taskFile ?? "", host, pid };
  }

  /** The time up to which is known what has happened, Unix time in seconds. */
  #time(): number {
    const { ended } = this.state;
    if (ended !== undefined) return ended;
    const latest = this.#reader.time;
    return this.#isLive() ? Math.max(this.#now(), latest) : latest;
  }

  #begin(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#readAt = performance.now();
    const reading = this.#read().finally(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    // Whoever waits for it is told, and nobody may.
    reading.catch(() => undefined);
    this.#reading = reading;
    return reading;
  }

  async #read(): Promise<void> {
    const breather = new Breather();
    for (const _ of this.#reader.read()) {
      if (breather.isDue) {
        await breather.rest();
        if (!this.isComplete) await this.#giveWay();
      }
      if (this.#isClosed) return;
    }
  }
}

/** A barrier at which the run waits, as if it passed it now. */
function waitUntil(now: number, { barrier, since }: MetBarrier): PicturedRun["barriers"][number] {
  return { line: barrier.line, since, passed: Math.max(since, now) };
}
