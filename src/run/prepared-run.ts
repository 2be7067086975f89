import type { Barrier } from "../domain/task.ts";
import type { EarlierRun } from "../core/driver/earlier-run.ts";
import type { RunState } from "../records/state/run-state.ts";
import type { Recovery } from "./files/recovery-file.ts";
import type { RunFiles } from "./files/run-files.ts";
import type { RunKvs } from "./kvs/run-kvs.ts";
import type { Preparation } from "./prepare.ts";

/** Everything a run needs, its files included. */
export interface PreparedRun extends Preparation {
  readonly files: RunFiles;
  /** Base name of the task file, or `stdin`. */
  readonly taskFileName: string;
  /** The key-value server of the run, if it has one. */
  readonly kvs?: RunKvs | undefined;
  /** What a driver that died has left of this run. */
  readonly earlier?: EarlierPart | undefined;
  /** Why engines may be there that nobody knows of, and that have to be waited for. */
  readonly hold?: string | undefined;
  /** What has been dropped from the ends of the records, for the log. */
  readonly dropped?: readonly string[] | undefined;
}

/** A run that is taken up again. */
interface EarlierPart {
  /** Missing when hardly anything is known of it: then it begins anew. */
  readonly run: EarlierRun | undefined;
  readonly recovery: Recovery;
  /** Barriers that have been passed and have a key. */
  readonly passed: readonly Barrier[];
  /** Where the run stood. */
  readonly state: RunState;
}
