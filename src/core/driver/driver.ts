import type { RunEnd } from "../../domain/events.ts";
import { LEASE_MARGIN } from "../../domain/lease.ts";
import type { EarlierState, RoomWanted } from "../scheduler/commands.ts";
import { messageOf } from "../../domain/system-error.ts";
import { type Audience, Chronicle } from "./chronicle.ts";
import { Controllers } from "./controllers.ts";
import type { EarlierRun } from "./earlier-run.ts";
import type { DriverOptions, DriverOutcome } from "./options.ts";
import { Hearing } from "./hearing.ts";
import { RunLoop } from "./run-loop.ts";
import { takeUp } from "./take-up.ts";
import { Verbs } from "./verbs.ts";
import { Watchers } from "./watchers.ts";

/** Owns a run from its first to its last event: it begins, or is taken up, and is cleaned up after. */
export class Driver {
  readonly #options: DriverOptions;
  readonly #chronicle: Chronicle;
  readonly #loop: RunLoop;
  readonly #controllers: Controllers;
  #ended: (reason: RunEnd) => void = () => undefined;
  #isUnwatchable = false;

  constructor(options: DriverOptions) {
    const { now, state, watch } = options;
    this.#options = options;
    const hearing = new Hearing((rank) => this.#loop.pool.silence(rank));
    const watchers = new Watchers(
      () => hearing.addTo(watch.view()),
      (error) => this.#noteUnwatchable(error),
    );
    const audience: Audience = {
      ...options,
      state: {
        handle: (event) => {
          state.handle(event);
          watchers.noteEvent();
        },
      },
    };
    // A record that cannot be written ends the run, once what runs has finished.
    this.#chronicle = new Chronicle(audience, now, (error) => this.#loop.fail("record-failed", error));
    this.#loop = new RunLoop(options, this.#chronicle, {
      ended: (reason) => this.#ended(reason),
      controller: (socket) => this.#controllers.accept(socket),
    });
    this.#controllers = new Controllers(new Verbs(options, this.#loop, this.#chronicle), watchers);
  }

  /** Runs everything; resolves when no engine and no task is left. Records and observers are not closed. */
  async run(): Promise<DriverOutcome> {
    const { launchers, earlier, hold, grace } = this.#options;
    const { scheduler, pool } = this.#loop;
    const ended = new Promise<RunEnd>((resolve) => (this.#ended = resolve));
    const state = earlier === undefined ? this.#begin() : this.#takeUp(earlier);
    if (hold !== undefined) this.#hold(hold);
    const listening = pool.listen().catch((error: unknown) => this.#loop.fail("no-engines", error));
    // Where others are to add the engines, they can as soon as the run says so; and engines that are there may call.
    if (launchers.length === 0 || earlier !== undefined) await listening;
    this.#loop.apply(scheduler.start(state));
    this.#loop.noteTotal();
    if (earlier !== undefined) pool.watch();
    if (earlier?.runEnd !== undefined) this.#loop.terminate(earlier.runEnd, grace);
    const reason = await ended;
    this.#sayWhoIsMissing(reason);
    await this.#cleanUp();
    this.#chronicle.tellNow({ type: "run-ended", reason });
    this.#chronicle.close();
    return { reason, error: this.#chronicle.failure ?? this.#loop.error };
  }

  /** Takes note of something that is worth a line in the log. */
  note(message: string): void {
    if (this.#loop.isOver) return;
    this.#chronicle.tellNow({ type: "note", message });
    this.#chronicle.commit();
  }

  /** Tells the user something about the run that has gone wrong. */
  warn(message: string): void {
    if (this.#loop.isOver) return;
    this.#chronicle.warn(message);
    this.#chronicle.commit();
  }

  /** Nothing new starts, whoever has wanted that. */
  /** The task that is to be started next and fits nowhere yet. */
  waitsForRoom(): RoomWanted | undefined {
    return this.#loop.isOver ? undefined : this.#loop.scheduler.waitsForRoom();
  }

  get isDraining(): boolean {
    return this.#loop.scheduler.isDraining;
  }

  /** Starts nothing new; what runs may finish. */
  drain(reason: RunEnd): void {
    this.#loop.drain(reason);
  }

  /** Whoever makes the tasks has failed: nothing new starts, what runs may finish, and this is why. */
  failSource(error: unknown): void {
    this.#loop.fail("source-failed", error);
  }

  /** Ends what runs. @param grace seconds between TERM and KILL; less than the usual when in a hurry. */
  terminate(reason: RunEnd, grace = this.#options.grace): void {
    this.#loop.terminate(reason, grace);
  }

  /** Said once: whoever watches calls again. */
  #noteUnwatchable(error: unknown): void {
    if (this.#isUnwatchable) return;
    this.#isUnwatchable = true;
    this.note(`nobody can watch the run: ${messageOf(error)}`);
  }

  #begin(): undefined {
    const { jobId, source, launchers } = this.#options;
    const total = source.total === undefined ? {} : { total: source.total };
    this.#chronicle.tellNow({ type: "run-started", jobId, taskFile: source.name, ...total });
    for (const { context } of launchers) {
      this.#loop.pool.addContext(context);
      this.#loop.noteContext(context, false);
    }
  }

  /** Goes on where an earlier driver of this run has left it. @returns how the scheduler is to begin. */
  #takeUp(earlier: EarlierRun): EarlierState {
    const { host, pid, launchers } = this.#options;
    this.#chronicle.tellNow({ type: "run-recovered", host, pid });
    return takeUp(earlier, launchers, this.#loop.pool, this.#loop.quotas, this.#chronicle.now());
  }

  /** By then every engine is back, or has ended what it had; also one whose arrival is not on record. */
  #hold(why: string): void {
    const { scheduler, timers } = this.#loop;
    scheduler.hold();
    const seconds = this.#options.lease + LEASE_MARGIN;
    this.#chronicle.warn(`${why}: nothing is started for ${seconds} s, while engines come back`);
    timers.after(seconds * 1000, () => this.#loop.apply(scheduler.release()));
  }

  #sayWhoIsMissing(reason: RunEnd): void {
    const { pool, quotas } = this.#loop;
    const latecomers = pool.latecomers();
    if (latecomers !== undefined) {
      this.#chronicle.warn(`the run ended before engines on these hosts had joined it: ${latecomers}`);
    }
    if (reason === "no-engines") quotas.exhausted().forEach((message) => this.#chronicle.warn(message));
  }

  async #cleanUp(): Promise<void> {
    const { pool } = this.#loop;
    this.#loop.rest();
    await this.#options.source.close();
    await pool.endEngines();
    await this.#controllers.close();
    pool.close();
  }
}
