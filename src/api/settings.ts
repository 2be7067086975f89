import type { Binding } from "../domain/binding.ts";
import type { OnDriverLost } from "../domain/lease.ts";
import type { LogFormat, LogLevel } from "../domain/log.ts";
import type { OutputKeep } from "../domain/output-terms.ts";
import type { TermFields } from "../domain/terms/fields.ts";

/** Terms of all tasks, where they say nothing themselves. */
type TermSettings = Omit<TermFields, "resources" | "context" | "priority">;

/**
 * Settings of a run: the options of the command line, by the same words. What is missing has the default of the command line, which
 * docs/reference/command-line.md explains.
 */
export interface DisBatcherSettings extends TermSettings {
  /**
   * What tasks see as the name of their list (`DISBATCH_NAMETASKS`), also when the run is recovered, and made-up names of files begin
   * with; by default `DisBatcher`.
   */
  readonly name?: string | undefined;
  /** Options as the command line has them: `["-s", "localhost:5"]`. Settings that stand beside it come after them. */
  readonly args?: readonly string[] | undefined;
  /** `-s`: `localhost:5`, `node[01-16]:8`, or a list of such. By default the nodes of the Slurm job, or the cores of this machine. */
  readonly hosts?: string | readonly string[] | undefined;
  /** Paths of files of hosts. */
  readonly hostfile?: string | readonly string[] | undefined;
  readonly tasksPerNode?: number | undefined;
  readonly cpusPerTask?: number | undefined;
  /** Names of variables whose comma-separated values are dealt out to the slots, such as `CUDA_VISIBLE_DEVICES`. */
  readonly envResource?: string | readonly string[] | undefined;
  /** What each task is bound to, of that which it has been given. */
  readonly bind?: Binding | undefined;
  readonly contextTaskLimit?: number | undefined;
  readonly label?: string | undefined;
  /** An absolute path; by default the working directory of the program when the run begins. */
  readonly workdir?: string | undefined;
  readonly threadEnv?: boolean | undefined;
  readonly sshParallel?: number | undefined;
  readonly sshTransport?: "auto" | "ssh2" | "openssh" | undefined;
  readonly fill?: boolean | undefined;
  /** Seconds. */
  readonly minTimeLeft?: number | undefined;
  readonly retire?: boolean | undefined;
  readonly retireCmd?: string | undefined;
  /** Amounts of named resources that all tasks of the run share: numbers, or sizes such as `100G`. */
  readonly resource?: Readonly<Record<string, number | string>> | undefined;
  /** The same for the tasks of each engine. */
  readonly engineResource?: Readonly<Record<string, number | string>> | undefined;
  /** Variables for all tasks by their names, or a list of `NAME` and `NAME=VALUE`. */
  readonly env?: Readonly<Record<string, string>> | readonly string[] | undefined;
  readonly envAll?: boolean | undefined;
  readonly startupOnly?: boolean | undefined;
  readonly waitForEngines?: boolean | undefined;
  /** `HOST` or `HOST:PORT`. */
  readonly useAddress?: string | undefined;
  /** Seconds. */
  readonly lease?: number | undefined;
  readonly crashLimit?: number | undefined;
  readonly engineRestarts?: number | undefined;
  readonly onDriverLost?: OnDriverLost | undefined;
  /** Seconds. */
  readonly drainTimeout?: number | undefined;
  /** A name such as `TERM`. */
  readonly timeoutSignal?: string | undefined;
  /** Seconds, or a duration such as `2m`. */
  readonly warn?: number | string | undefined;
  /** A name such as `USR1`. */
  readonly warnSignal?: string | undefined;
  /** Seconds, or a duration. */
  readonly delay?: number | string | undefined;
  /** A load, or a part of the cores such as `80%`. */
  readonly maxLoad?: number | string | undefined;
  /** A size such as `8G`. */
  readonly minFreeMemory?: string | undefined;
  /** Folder, or beginning of the names, of the run's files; by default a made-up name in the working directory. */
  readonly prefix?: string | undefined;
  readonly overwrite?: boolean | undefined;
  readonly statusHeader?: boolean | undefined;
  readonly logfile?: string | undefined;
  readonly loglevel?: LogLevel | undefined;
  readonly logFormat?: LogFormat | undefined;
  readonly failFast?: boolean | undefined;
  /** When the run ends before all is done, such as `soon,fail=3`. */
  readonly halt?: string | undefined;
  readonly maxFailuresPerEngine?: number | undefined;
  /** Tasks of which it is kept what they print; `disbatch output` shows it. */
  readonly output?: OutputKeep | undefined;
  /** The last bytes of each stream of a task that are kept, such as `"1M"`. */
  readonly outputLimit?: string | undefined;
  readonly outputDir?: string | undefined;
  /** Paths of status files: tasks that have an outcome there are skipped. Submit the same lines in the same order. */
  readonly resumeFrom?: string | readonly string[] | undefined;
  readonly retry?: boolean | undefined;
  readonly forceResume?: boolean | undefined;
  readonly lenient?: boolean | undefined;
  /** Gives tasks a key-value server: with `true` the one that the environment names, or else the run's own; or `HOST:PORT`. */
  readonly kvsserver?: boolean | string | undefined;
  /** Lets the run's own key-value server serve other hosts and users, who can run commands as you then. */
  readonly kvsOpen?: boolean | undefined;
  /** How engines are started: path of an executable, or of a program and its first arguments. Found by itself where it is missing. */
  readonly program?: string | readonly string[] | undefined;
  /** Ends the run as `stop({ now: true })` does when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Told of each message that the command line would show while the run goes on, line by line: warnings, engines that cannot be started
   * or are lost, and that the run is stopping. By default nobody is.
   */
  readonly say?: ((message: string) => void) | undefined;
}
