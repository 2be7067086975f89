import { countIn, listedTallies, type TemplateTally } from "../domain/instance-state.ts";
import { doneOf } from "../domain/task-tally.ts";
import type { FollowedRun, RunView, WatchableRun } from "../domain/watch.ts";
import { type GrowingRecords, openGrowingRecords } from "../records/past/growing-records.ts";
import { isTaken, type RunFiles } from "../run/files/run-files.ts";
import type { CallableRun } from "./with-run.ts";
import { openWatched } from "./watched-run.ts";
import { WebStanding } from "./web-standing.ts";
import { isWorkflow } from "./workflow-records.ts";

/** How often those who listen are told how far the reading of records has come, in milliseconds. */
const TOLD_MS = 250;

/**
 * A run as a page follows it. Where it stands is told by the run itself, and all that is asked of its tasks is read in its records, so
 * that no question goes to the driver. Once nobody writes these any more they tell all.
 */
export class WebFollowed implements FollowedRun {
  readonly records: GrowingRecords;
  /** Where instances stand, of a workflow. */
  readonly standing: WebStanding;
  readonly #files: RunFiles;
  readonly #listeners = new Set<() => void>();
  #followed: FollowedRun | undefined;
  /** Tallies of a workflow that nobody runs any more, once they have been counted. */
  #tallies: readonly TemplateTally[] | undefined;
  #shown: { readonly view: RunView; readonly revision: number; readonly tallies: unknown } | undefined;
  /** All has been read of records that nobody writes, as far as is known. */
  #hasAll = false;
  #isClosed = false;

  private constructor(records: GrowingRecords, files: RunFiles) {
    this.records = records;
    this.#files = files;
    this.standing = new WebStanding(files, () => this.isLive !== false);
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
    run = new WebFollowed(records, files);
    try {
      await run.#follow(called);
      return run;
    } catch (error) {
      await records.close();
      throw error;
    }
  }

  get view(): RunView {
    const followed = this.#known;
    return followed.link.state === "over" ? this.#recorded() : followed.view;
  }

  get link(): FollowedRun["link"] {
    return this.#known.link;
  }

  /** Whether somebody writes its records; undefined as long as nobody knows. */
  get isLive(): boolean | undefined {
    return this.#followed === undefined ? undefined : this.link.state === "live";
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
    this.standing.close();
    await this.#followed?.close();
    await this.records.close();
  }

  get #known(): FollowedRun {
    if (this.#followed === undefined) throw new Error("a run is asked for that is not followed yet");
    return this.#followed;
  }

  async #follow(called: CallableRun): Promise<void> {
    const followed = await openWatched(called, this.#files, () => this.#recordsNow());
    this.#followed = followed;
    followed.listen(() => this.#tell());
    this.#settle();
  }

  /** The records, for whoever is told by nobody else where the run stands. They are closed with the page. */
  async #recordsNow(): Promise<WatchableRun & { close(): Promise<void> }> {
    const { records } = this;
    await records.catchUp();
    void this.#readAll();
    return {
      view: () => this.#recorded(),
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
    try {
      // Once more: its last lines may have come after the last look.
      await records.whole();
      await records.catchUp();
      if (this.#isClosed) return;
      this.#hasAll = true;
      this.#settle();
      if (isWorkflow(this.#files)) this.#tallies = (await this.standing.read()).tallies;
    } catch {
      // What has been read is shown; what is wrong with the rest is among the warnings, or is told to whoever asks.
    } finally {
      clearInterval(timer);
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
    if (this.#shown?.revision === revision && this.#shown.tallies === tallies) return this.#shown.view;
    const view = withTemplates(
      asOver(this.records.view(), this.isLive === false && this.link.state === "over"),
      tallies,
    );
    this.#shown = { view, revision, tallies };
    return view;
  }

  #tell(): void {
    if (!this.#isClosed) for (const changed of this.#listeners) changed();
  }
}

/** The records may have been read but in part, or lack their last line. */
function asOver(view: RunView, isOver: boolean): RunView {
  if (!isOver || view.phase === "ended") return view;
  return { ...view, phase: "ended", ended: view.ended ?? view.now };
}

/** With where the instances of a workflow stand: those that this run has settled, or cut short, and those that are left. */
function withTemplates(view: RunView, tallies: readonly TemplateTally[] | undefined): RunView {
  if (tallies === undefined) return view;
  const left = countIn(tallies, "waiting", "ready", "running", "retrying");
  return { ...view, tasks: { ...view.tasks, total: doneOf(view.tasks) + left }, templates: listedTallies(tallies) };
}
