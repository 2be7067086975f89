import { listedTallies, type TemplateTally } from "../../domain/instance-state.ts";
import type { KnownResults } from "../../domain/run-results.ts";
import type { RunView, WatchableRun } from "../../domain/watch.ts";
import type { StatusText } from "../statusfile/status-text.ts";
import { LiveEstimate } from "./live-estimate.ts";
import { ResultsOnRecord } from "./results-on-record.ts";
import type { RunState } from "./run-state.ts";
import type { RunIdentity } from "./snapshot.ts";
import { TaskInquiries } from "./task-inquiries.ts";
import { viewOf } from "./view.ts";

/** What is watched. */
export interface Watched {
  readonly state: RunState;
  readonly identity: RunIdentity;
  /** How many instances of each template stand where; of a workflow alone. */
  readonly tally?: (() => readonly TemplateTally[] | undefined) | undefined;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** The run's status file. */
  readonly file: StatusText;
  /** Size of the status file when the run began, in bytes: the table is told of lines behind it as they are written. */
  readonly toldFrom: number;
  /** Milliseconds that a text is searched for before there is a page; as long as it takes, where nothing is said. */
  readonly patience?: number | undefined;
}

/** A run whose state is folded in this process, or was. */
export class WatchedRun extends TaskInquiries implements WatchableRun {
  readonly #watched: Watched;
  readonly #estimate: LiveEstimate;
  /** What came of its tasks. */
  readonly results: KnownResults;

  constructor(watched: Watched) {
    super(watched.state, watched.file, watched.toldFrom, watched.patience);
    this.#watched = watched;
    this.results = new ResultsOnRecord(watched.state, watched.file, this);
    this.#estimate = new LiveEstimate(watched.state);
  }

  view(): RunView {
    const { state, identity, now, tally } = this.#watched;
    const tallies = tally?.();
    const run = tallies === undefined ? identity : { ...identity, templates: listedTallies(tallies) };
    return viewOf(state, run, now(), (time) => this.#estimate.at(time));
  }
}
