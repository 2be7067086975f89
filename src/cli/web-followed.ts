import { statSync } from "node:fs";
import { countIn, listedTallies, type TemplateTally } from "../domain/instance-state.ts";
import { doneOf } from "../domain/task-tally.ts";
import type { FollowedRun, RunView, WatchableRun, WatchLink } from "../domain/watch.ts";
import { type GrowingRecords, openGrowingRecords } from "../records/past/growing-records.ts";
import { isTaken, type RunFiles } from "../run/files/run-files.ts";
import type { CallableRun } from "./with-run.ts";
import { openWatched } from "./watched-run.ts";
import { WebStanding } from "./web-standing.ts";
import { isWorkflow, lastStanding } from "./workflow-records.ts";

/** How often those who listen are told how far the reading of records has come, in milliseconds. */
const TOLD_MS = 250;
/** How often it is looked whether another run has begun, or has been, under the prefix of one that is over, in milliseconds. */
const LOOK_MS = 1000;

/**
 * A run as a page follows it. Where it stands is told by the run itself, and all that is asked of its tasks is read in its records, so
 * that no question goes to the driver. Once nobody writes these any more they tell all.
 */
export class WebFollowed implements FollowedRun {
  readonly records: GrowingRecords;
  /** Where instances stand, of a workflow. */
  readonly standing: WebStanding;
  readonly #called: CallableRun;
  readonly #files: RunFiles;
  readonly #listeners = new Set<() => void>();
  #followed: FollowedRun | undefined;
  /** How it was reached when it was heard of last. */
  #noted: WatchLink["state"] | undefined;
  /** Tallies of a workflow that nobody runs any more, once they have been counted. */
  #tallies: readonly TemplateTally[] | undefined;
  #shown: Shown | undefined;
  /** All has been read of records that nobody writes, as far as is known. */
  #hasAll = false;
  /** How many look for what is left of them; the last one knows all. */
  #readings = 0;
  /** The run has never answered: only its records tell where it stands. */
  #isByRecords = false;
  /** How often the run has gone on after it was thought to be over, or lost. */
  #lives = 0;
  /** What its records were like before they were read last. */
  #read = "";
  #looking: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  private constructor(records: GrowingRecords, called: CallableRun, files: RunFiles) {
    this.records = records;
    this.#called = called;
    this.#files = files;
    this.standing = new WebStanding(
      () => lastStanding(files, () => undefined),
      () => this.#followed?.link.state === "over",
    );
  }

  /**
   * Follows a run, also while its records are still being read. To be closed.
   *
   * @param giveWay resolves when nobody waits for an answer.
   * @throws UserError as `openWatched` does.
   */
  static async open(called: CallableRun, files: RunFiles, giveWay: () => Promise<void>): Promise<WebFollowed> {
    const { status, journal, jobId } = files;
    let run: WebFollowed | undefined;
    const isLive = (): boolean => run?.isLive ?? isTaken(files.contact);
    const records = await openGrowingRecords({ status, journal, jobId }, { isLive, giveWay });
    run = new WebFollowed(records, called, files);
    try {
      await run.#follow();
      return run;
    } catch (error) {
      await run.close();
      throw error;
    }
  }

  get view(): RunView {
    const { view, link } = this.#known;
    // What it has said last is more than a part of its records.
    return link.state !== "live" && (this.#hasAll || this.#isByRecords) ? this.#recorded() : view;
  }

  get link(): FollowedRun["link"] {
    const { link } = this.#known;
    return this.#readings > 0 && link.state === "over" ? { state: "reading", share: this.records.progress } : link;
  }

  /** Whether somebody writes its records; undefined as long as nobody knows. */
  get isLive(): boolean | undefined {
    return this.#followed === undefined ? undefined : this.#followed.link.state === "live";
  }

  listen(changed: () => void): void {
    this.#listeners.add(changed);
  }

  stop(request: Parameters<FollowedRun["stop"]>[0]): Promise<string> {
    return this.#known.stop(request);
  }

  async tasks(query: Parameters<FollowedRun["tasks"]>[0]): ReturnType<FollowedRun["tasks"]> {
    await this.records.catchUp();
    return this.records.tasks(query);
  }

  async task(id: number): ReturnType<FollowedRun["task"]> {
    await this.records.catchUp();
    return this.records.task(id);
  }

  async slots(): ReturnType<FollowedRun["slots"]> {
    await this.records.catchUp();
    return this.records.slots();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#listeners.clear();
    clearTimeout(this.#looking);
    this.standing.forget();
    await this.#followed?.close();
    await this.records.close();
  }

  get #known(): FollowedRun {
    if (this.#followed === undefined) throw new Error("a run is asked for that is not followed yet");
    return this.#followed;
  }

  async #follow(): Promise<void> {
    const before = this.#followed;
    const followed = await openWatched(this.#called, this.#files, () => this.#recordsNow());
    if (this.#isClosed) return await followed.close();
    this.#followed = followed;
    followed.listen(() => this.#note());
    await before?.close();
    this.#settle();
    this.#note();
  }

  #note(): void {
    const { state } = this.#known.link;
    if (state === "live" && this.#noted !== "live") this.#forget();
    this.#noted = state;
    if (state === "over") this.#lookLater();
    this.#tell();
  }

  /** The run goes on, and with it its records: what was read of them to tell where it stands is old. */
  #forget(): void {
    this.#lives++;
    this.#hasAll = false;
    this.#isByRecords = false;
    this.#tallies = undefined;
    this.standing.forget();
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      void this.#look();
    }, LOOK_MS).unref();
  }

  /** Follows the run anew that has begun where one is over. It may be over, too: then only its records tell that it was there. */
  async #look(): Promise<void> {
    const { contact, lock } = this.#files;
    try {
      if (isTaken(contact)) await this.#follow();
      else if (!isTaken(lock) && this.#mark() !== this.#read) {
        this.#forget();
        await this.#follow();
      }
    } catch {
      // It may be beginning, or be out of reach: what is known of the one before is shown.
    }
    if (!this.#isClosed && this.#known.link.state === "over") this.#lookLater();
  }

  /** What stands for the records as they are now. */
  #mark(): string {
    const { status, journal } = this.#files;
    const stats = [status, journal].map((path) => statSync(path, { throwIfNoEntry: false }));
    return stats.map((stat) => `${stat?.dev} ${stat?.ino} ${stat?.size}`).join(" ");
  }

  /** The records, for whoever is told by nobody else where the run stands. They are closed with the page. */
  async #recordsNow(): Promise<WatchableRun & { close(): Promise<void> }> {
    const { records } = this;
    this.#isByRecords ||= this.#followed === undefined;
    this.#read = this.#mark();
    // Its last lines may have come after the last look.
    if (records.isComplete) await records.latest();
    void this.#readAll();
    return {
      // Where instances stand is told once it has been read.
      view: () => ({ templates: this.#followed?.view.templates, ...this.#recorded() }),
      tasks: (query) => records.tasks(query),
      task: (id) => records.task(id),
      slots: () => records.slots(),
      close: () => Promise.resolve(),
    };
  }

  /** Reads what is left of the records of a run that nobody runs any more, and tells meanwhile how far that has come. */
  async #readAll(): Promise<void> {
    const { records } = this;
    const timer = setInterval(() => this.#tell(), TOLD_MS);
    const lives = this.#lives;
    this.#readings++;
    try {
      await records.whole();
      await records.latest();
      if (this.#isClosed || this.#lives !== lives) return;
      this.#hasAll = true;
      this.#settle();
      // What was read before may lack its last lines.
      this.standing.forget();
      if (isWorkflow(this.#files)) this.#tallies = (await this.standing.read()).tallies;
    } catch {
      // What has been read is shown; what is wrong with the rest is among the warnings, or is told to whoever asks.
    } finally {
      clearInterval(timer);
      this.#readings--;
    }
    this.#tell();
  }

  /** Nobody writes the records of a run that is over any more: what only one of them tells counts. */
  #settle(): void {
    if (!this.#hasAll || this.#followed?.link.state !== "over") return;
    this.records.settle();
    this.#shown = undefined;
  }

  #recorded(): RunView {
    const { revision } = this.records;
    const tallies = this.#tallies;
    const link = this.#followed === undefined ? undefined : this.link.state;
    const shown = this.#shown;
    if (shown?.revision === revision && shown.tallies === tallies && shown.link === link) return shown.view;
    const view = withTemplates(asFarAsRead(this.records.view(), link), tallies);
    this.#shown = { view, revision, tallies, link };
    return view;
  }

  #tell(): void {
    if (!this.#isClosed) for (const changed of this.#listeners) changed();
  }
}

/** What its records tell, and by what it is known that it still holds. */
interface Shown {
  readonly view: RunView;
  readonly revision: number;
  readonly tallies: unknown;
  readonly link: unknown;
}

/** The records may lack their last line. While they have been read in part, what they tell is no sign of what is to come. */
function asFarAsRead(view: RunView, link: WatchLink["state"] | undefined): RunView {
  if (link === "reading") return { ...view, estimate: undefined, stalls: [] };
  if (link !== "over" || view.phase === "ended") return view;
  return { ...view, phase: "ended", ended: view.ended ?? view.now };
}

/** With where the instances of a workflow stand: those that this run has settled, or cut short, and those that are left. */
function withTemplates(view: RunView, tallies: readonly TemplateTally[] | undefined): RunView {
  if (tallies === undefined) return view;
  const left = countIn(tallies, "waiting", "ready", "running", "retrying");
  return { ...view, tasks: { ...view.tasks, total: doneOf(view.tasks) + left }, templates: listedTallies(tallies) };
}
