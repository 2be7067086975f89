import type { Readable } from "node:stream";
import type { RunObserver } from "../domain/events.ts";
import type { AskSlurm } from "../places/slurm/ask.ts";
import type { Environment } from "../domain/environment.ts";
import type { SlurmPlace } from "../places/slurm-place.ts";
import type { FinishedTasks } from "../records/finished/finished-tasks.ts";
import type { RunState } from "../records/state/run-state.ts";
import type { OpenList } from "../tasks/sources/open-list.ts";
import type { RunFiles } from "./files/run-files.ts";
import type { Program } from "./program-name.ts";
import type { RunSettings } from "./settings.ts";

/** What a run is given by whoever begins it, beside its settings. */
export interface Surroundings {
  /** How this program was started: engines are started by its command, and the run is recovered by its arguments. */
  readonly program: Program;
  /** Variables that the run goes by, and that its processes inherit. */
  readonly env: Environment;
  /** Takes variables out of the environment that processes of the run inherit: secrets of some of its tasks. */
  readonly hideVariables?: ((names: readonly string[]) => void) | undefined;
  /** Where the tasks come from when the task file is `-`. */
  readonly input?: (() => Readable) | undefined;
  /** Where tasks are submitted to, when the run takes some and has no task file; by default a list of its own. */
  readonly list?: OpenList | undefined;
  /** Makes what is told of every event of the run, from the first. The outcome of the run waits until these are closed. */
  readonly observers: (run: ObservedRun) => readonly RunObserver[];
  /** The same for what may take its time: these are closed when the outcome has been told. */
  readonly notices?: ((run: ObservedRun) => readonly RunObserver[]) | undefined;
  /** Tells the user something that is no event of the run, in one line. */
  readonly say: (message: string) => void;
  /** Called before a run uses this machine because nobody has named another; throws a UserError if it is not to. */
  readonly refuseThisMachine?: ((program: Program, ask: AskSlurm) => Promise<void>) | undefined;
  /**
   * Called once the run could be taken up by another process if this one died. What it returns is called, and waited for, as
   * soon as that is over.
   */
  readonly recoverable?: ((run: ObservedRun) => () => Promise<void>) | undefined;
}

/** What can be seen of a run from its first moment on. */
export interface ObservedRun {
  readonly settings: RunSettings;
  /** The program that began it: an earlier one, when it has been taken up. */
  readonly program: Program;
  /** Paths of its files. */
  readonly files: RunFiles;
  /** How many tasks it has done, and which engines it has; true at any moment. */
  readonly counts: RunState;
  /** Tells programs what comes of tasks. */
  readonly finished: FinishedTasks;
  /** Its time: Unix time in seconds, which no calendar moves. */
  readonly now: () => number;
  /** The Slurm job that it has begun in. */
  readonly slurm: SlurmPlace | undefined;
  /** Its list of tasks is a stream: whoever wants it again has to give it again. */
  readonly isStream: boolean;
  /** Tasks of the whole list that earlier runs have settled; undefined when nobody knows the list yet. */
  readonly skips: number | undefined;
  /** Whether it has kept something that a failed task has printed. */
  readonly keepsFailures: boolean;
  /** Writes something into its log that is no event of it, also when it has ended. */
  note(message: string): void;
  /** The same for something that has gone wrong. */
  noteWarning(message: string): void;
}
