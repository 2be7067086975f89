import type { RunEvent, RunObserver } from "../../domain/events.ts";
import { type KeyValues, type KvsValue, textValue } from "../../kvs/key-values.ts";
import type { Counts } from "../../records/state/counts.ts";
import { returnCodeOf } from "../../records/statusfile/return-code.ts";
import { statusOf } from "./status-of.ts";

/** The key under which a run says where it stands. */
export const STATUS_KEY = "DisBatch status";

/** Milliseconds between two values. */
const AT_LEAST_MS = 1_000;
/** Without any change, the time at which engines were last heard of is told anew after so many milliseconds. */
const AT_MOST_MS = 10_000;
/** A value of a large run takes its time to make: the next comes no sooner than after so many times that. */
const TIMES_ITS_COST = 50;
/** Milliseconds that a server has to give the old value; longer than that it has none. */
const TAKEN_MS = 1_000;

/** Keeps one value under a key of a key-value server that says where the run stands, for the monitor of disBatch. */
export class StatusKey implements RunObserver {
  readonly name = `the key '${STATUS_KEY}'`;
  readonly #values: KeyValues;
  readonly #counts: Counts;
  readonly #now: () => number;
  /** By rank, Unix times in seconds. */
  readonly #joined = new Map<number, number>();
  readonly #lastHeard = new Map<number, number>();
  #returnCode = 0;
  #timer: NodeJS.Timeout | undefined;
  #isChanged = false;
  #isClosed = false;
  #pauseMs = AT_LEAST_MS;
  /** Values take the place of one another in turn. */
  #turn: Promise<void> = Promise.resolve();

  /**
   * Puts a first value.
   *
   * @param isRecovered an earlier driver of the run has left its last value there.
   * @param now Unix time in seconds.
   */
  constructor(values: KeyValues, counts: Counts, now: () => number, isRecovered: boolean) {
    this.#values = values;
    this.#counts = counts;
    this.#now = now;
    this.#put(textValue("<Starting...>"), isRecovered);
  }

  observe(event: RunEvent): void {
    this.#note(event);
    if (this.#isChanged) return;
    this.#isChanged = true;
    this.#wait(this.#pauseMs);
  }

  /** Tells how the run has ended. */
  async close(): Promise<void> {
    this.#tell();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#turn;
  }

  #note(event: RunEvent): void {
    const { type } = event;
    if (type === "engine-joined") this.#joined.set(event.engine.rank, event.time);
    if (type === "engine-silent" || type === "engine-left" || type === "engine-lost")
      this.#lastHeard.set(event.engine, event.time);
    if (type === "task-finished") this.#returnCode ||= returnCodeOf(event.result.ending);
    if (type === "task-skipped") this.#returnCode ||= returnCodeOf(event.skipped.previous.ending);
    if (type === "barrier-passed") this.#returnCode = 0;
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), milliseconds);
    this.#timer.unref();
  }

  #tell(): void {
    if (this.#isClosed) return;
    const begun = performance.now();
    const facts = {
      now: this.#now(),
      returnCode: this.#returnCode,
      joined: (rank: number) => this.#joined.get(rank),
      lastHeard: (rank: number) => this.#lastHeard.get(rank),
    };
    this.#put(textValue(JSON.stringify(statusOf(this.#counts, facts)), "JSON"), true);
    this.#pauseMs = Math.max(AT_LEAST_MS, TIMES_ITS_COST * (performance.now() - begun));
    this.#isChanged = false;
    this.#wait(Math.max(AT_MOST_MS, this.#pauseMs));
  }

  /** Whoever looks waits until there is a value; so it does no harm that for a moment there is none. */
  #put(value: KvsValue, replaces: boolean): void {
    this.#turn = this.#turn.then(() => this.#replace(value, replaces));
  }

  async #replace(value: KvsValue, replaces: boolean): Promise<void> {
    // Somebody else may have taken it.
    if (replaces) await this.#values.get(STATUS_KEY, AbortSignal.timeout(TAKEN_MS)).catch(() => undefined);
    this.#values.put(STATUS_KEY, value);
  }
}
