import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../domain/errors.ts";
import type {
  EngineSlots,
  FollowedRun,
  RunInquiries,
  RunView,
  StopRequest,
  TaskDetail,
  TaskPage,
  TaskQuery,
  WatchableRun,
  WatchLink,
} from "../domain/watch.ts";
import { filesByContact, isTaken } from "../run/files/run-files.ts";
import { hasDied, lockHolder } from "../run/files/run-lock.ts";
import type { Closing } from "../wire/connection.ts";
import { applyChange } from "../domain/view-changes.ts";
import type { DriverLine, Notice } from "./driver-line.ts";
import { IS_OVER, pauseBeforeCall, untilClosed } from "./patience.ts";
import { type ReachedRun, reachRun } from "./reach-run.ts";
import { stopMessage, wordsOfDone } from "./words.ts";

/** A run as its records tell it. */
interface OpenRecords extends WatchableRun {
  /** Lets go of them. */
  close(): Promise<void>;
}

interface FollowOptions {
  /** Calls the run; nobody has said anything yet. @throws UserError when it cannot be reached now. */
  readonly call: () => Promise<ReachedRun>;
  /** Whether a run that has said that it has ended has closed its records. */
  readonly hasClosed: () => boolean;
  /** Whether its driver is known to be dead. */
  readonly hasDied: () => boolean;
  /** What the records of the run say, once it does not answer any more. @throws UserError when there are none. */
  readonly records: () => Promise<OpenRecords>;
}

/**
 * Follows a run from wherever it can be called, or by its records when it is over.
 *
 * @param file path of its contact file.
 * @param program the words that start this program.
 * @throws UserError when it cannot be followed: as `reachRun` does, or when nothing can be read of a run that is over.
 */
export function followRun(
  file: string,
  program: readonly string[],
  records: FollowOptions["records"],
): Promise<FollowedRun> {
  const driverHasDied = (): boolean => {
    const holder = lockHolder(filesByContact(file).lock);
    return holder !== undefined && hasDied(holder, hostname());
  };
  return CalledRun.follow({
    ...{ call: () => reachRun(file, program), hasClosed: () => !isTaken(file), hasDied: driverHasDied, records },
  });
}

/** A run that is watched over the wire. It is called again whenever contact is lost; once it is over its records answer. */
class CalledRun implements FollowedRun {
  readonly #options: FollowOptions;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #line: DriverLine | undefined;
  /** What answers when the run does not. */
  #records: OpenRecords | undefined;
  #view: RunView;
  #link: WatchLink;
  /** The last one that was asked for: answers to them cannot be told apart. */
  #stopping: Promise<unknown> = Promise.resolve();

  private constructor(options: FollowOptions, view: RunView, link: WatchLink) {
    this.#options = options;
    this.#view = view;
    this.#link = link;
  }

  /** Calls the run for the first time. @throws UserError as `followRun` does. */
  static async follow(options: FollowOptions): Promise<CalledRun> {
    try {
      const { line, view } = await begin(options);
      const run = new CalledRun(options, view, { state: "live" });
      run.#attend(line);
      return run;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (IS_OVER.has(error.code)) return CalledRun.#overFrom(options);
      // Its driver has died, perhaps: then its records say how far it has come, and somebody may recover it.
      if (error.code !== "run-unreachable" && error.code !== "connection-lost") throw error;
      return CalledRun.#lostFrom(options, error);
    }
  }

  static async #overFrom(options: FollowOptions): Promise<CalledRun> {
    const records = await options.records();
    const run = new CalledRun(options, ended(records.view()), { state: "over" });
    run.#records = records;
    return run;
  }

  static async #lostFrom(options: FollowOptions, cause: UserError): Promise<CalledRun> {
    let records: OpenRecords;
    try {
      records = await options.records();
    } catch {
      throw cause;
    }
    const run = new CalledRun(options, records.view(), lostNow(cause.message, options));
    run.#records = records;
    void run.#find();
    return run;
  }

  get view(): RunView {
    return this.#view;
  }

  get link(): WatchLink {
    return this.#link;
  }

  listen(changed: () => void): void {
    this.#listeners.add(changed);
  }

  async tasks(query: TaskQuery): Promise<TaskPage> {
    const known = this.#answering();
    if ("tasks" in known) return known.tasks(query);
    return (await known.inquire({ type: "tasks", query }, "task-page")).page;
  }

  async task(id: number): Promise<TaskDetail | undefined> {
    const known = this.#answering();
    if ("tasks" in known) return known.task(id);
    return (await known.inquire({ type: "task", id }, "task-detail")).detail;
  }

  async slots(): Promise<readonly EngineSlots[]> {
    const known = this.#answering();
    if ("tasks" in known) return known.slots();
    return (await known.inquire({ type: "slots" }, "engine-slots")).engines;
  }

  stop(request: StopRequest): Promise<string> {
    const done = this.#stopping.then(async () => {
      if (this.#line === undefined) throw this.#unanswered();
      return wordsOfDone(await this.#line.ask(stopMessage(request), "done"));
    });
    this.#stopping = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await Promise.all([this.#line?.close(), this.#records?.close()]);
  }

  #answering(): DriverLine | RunInquiries {
    const answering = this.#line ?? this.#records;
    if (answering === undefined) throw this.#unanswered();
    return answering;
  }

  #unanswered(): UserError {
    if (this.#link.state === "lost") return new UserError("connection-lost", this.#link.why);
    return new UserError("run-ended", "the run has ended");
  }

  #attend(line: DriverLine): void {
    this.#line = line;
    void this.#records?.close();
    this.#records = undefined;
    line.listen((notice) => this.#note(notice));
    void line.closed.then((closing) => this.#noteClosed(line, closing));
  }

  #note(notice: Notice): void {
    if (notice.type === "view") this.#view = notice.view;
    else if (notice.type === "changed") this.#view = applyChange(this.#view, notice.change);
    else return;
    this.#tell();
  }

  #noteClosed(line: DriverLine, { refusal, failure }: Closing): void {
    this.#line = undefined;
    if (this.#closing.signal.aborted) return;
    if (line.runHasEnded) return void this.#end();
    const why = `contact with the run is lost: ${refusal ?? failure}`;
    this.#link = lostNow(why, this.#options);
    this.#tell();
    void this.#find();
  }

  /** Calls the run again until it answers, or is over. */
  async #find(): Promise<void> {
    for (let calls = 0; !this.#closing.signal.aborted; calls++) {
      const pause = pauseBeforeCall(calls);
      await delay(pause, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      if (!this.#closing.signal.aborted && (await this.#findNow())) return;
    }
  }

  /** @returns whether there is nothing more to look for. */
  async #findNow(): Promise<boolean> {
    try {
      const { line, view } = await begin(this.#options);
      if (this.#closing.signal.aborted) {
        await line.close();
        return true;
      }
      this.#view = view;
      this.#link = { state: "live" };
      this.#attend(line);
      this.#tell();
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (IS_OVER.has(error.code)) {
        await this.#end();
        return true;
      }
      if (this.#link.state === "lost" && this.#link.why !== error.message) {
        this.#link = { ...this.#link, why: error.message, hasDied: this.#options.hasDied() };
        this.#tell();
      }
      return false;
    }
  }

  /** The run has ended: from now on its records answer, as soon as they are complete. */
  async #end(): Promise<void> {
    this.#view = ended(this.#view);
    await untilClosed(this.#options.hasClosed, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    try {
      void this.#records?.close();
      this.#records = await this.#options.records();
      this.#view = ended(this.#records.view());
      if (this.#closing.signal.aborted) return await this.#records.close();
    } catch (error) {
      // What was told last stays; why nothing else can be said is no fault of the run's.
      if (!(error instanceof UserError)) throw error;
    }
    this.#link = { state: "over" };
    this.#tell();
  }

  #tell(): void {
    for (const changed of this.#listeners) changed();
  }
}

/** Calls the run and has it say where it stands. @throws UserError when it cannot be reached, or wants none of it. */
async function begin({ call }: FollowOptions): Promise<{ readonly line: DriverLine; readonly view: RunView }> {
  const { line } = await call();
  try {
    await line.greet();
    let view: RunView | undefined;
    await new Promise<void>((resolve, reject) => {
      line.listen((notice) => {
        if (notice.type === "view") view = notice.view;
        // More may arrive with it.
        else if (notice.type === "changed" && view !== undefined) view = applyChange(view, notice.change);
        if (view !== undefined) resolve();
      });
      void line.closed.then(({ refusal, failure }) => {
        const lost = new UserError("connection-lost", `contact with the run is lost: ${refusal ?? failure}`);
        return reject(line.runHasEnded ? new UserError("run-ended", "the run has ended") : lost);
      });
      line.say({ type: "watch" });
    });
    if (view === undefined) throw new Error("it has been told where the run stands");
    return { line, view };
  } catch (error) {
    void line.close();
    throw error;
  }
}

function lostNow(why: string, { hasDied: has }: FollowOptions): WatchLink {
  return { state: "lost", since: Date.now() / 1000, why, hasDied: has() };
}

/** The records may have been read a moment before their last line was written. */
function ended(view: RunView): RunView {
  return view.phase === "ended" ? view : { ...view, phase: "ended", ended: view.ended ?? view.now };
}
