import type { Binding } from "../domain/binding.ts";
import type { EngineTerms } from "../domain/engine-terms.ts";
import { basename } from "node:path";
import { FAIL_FAST, type HaltPolicy } from "../domain/halt-policy.ts";
import { OUTPUT_LIMIT, type OutputKeep } from "../domain/output-terms.ts";
import type { Address } from "../domain/launcher.ts";
import { LEASE, type OnDriverLost } from "../domain/lease.ts";
import { LIMITS, type LimitTerms } from "../domain/limits.ts";
import type { LogFormat, LogLevel } from "../domain/log.ts";
import type { MaxLoad, ThrottleTerms } from "../domain/throttle.ts";
import { filesOfTemplate, type ListTemplate, STANDARD_INPUT } from "../tasks/templates/list-template.ts";
import type { ContextSettings } from "../places/context-settings.ts";
import type { ReservedHosts } from "../places/reserved-contexts.ts";
import type { CarriedRequest } from "./carried-environment.ts";
import type { WorkflowRequest } from "./workflow/workflow-request.ts";

/** What a run is told: plain data, whoever begins it. */
export interface RunSettings extends ContextSettings, CarriedRequest {
  /** Further hosts, for tasks that name their label. */
  readonly context: readonly ReservedHosts[];
  /** Path of the task file; `-` is the stream that the run is given. Missing where all tasks are submitted. */
  readonly taskFile: string | undefined;
  /** What the tasks are made from, in place of a task file. */
  readonly template: ListTemplate | undefined;
  /** A document of tasks that depend on each other, in place of a task file. */
  readonly workflow: WorkflowRequest | undefined;
  /** More tasks can be submitted while the run goes on, which ends when somebody says that there are no more. */
  readonly keepOpen: boolean;
  /** What tasks see as the name of their list, and names of files begin with that are made up; by default that of the task file. */
  readonly name: string | undefined;
  /**
   * The key-value server that tasks are given: one that is there, or the run's own. `environment` stands for the one that the
   * caller's KVSSTCP_HOST and KVSSTCP_PORT name, and for the run's own where they name none.
   */
  readonly kvsserver: Address | "own" | "environment" | undefined;
  /** Tasks come from programs that put them on a key-value server: one that is there, or that of the run. */
  readonly taskserver: Address | "own" | undefined;
  /** For bash: a command that puts the tasks on the key-value server of the run. */
  readonly taskcommand: string | undefined;
  /** The run's own key-value server serves other hosts and users, too. */
  readonly kvsOpen: boolean;
  /** Doubtful directives of the task file are taken as disBatch 3 does, with a warning. */
  readonly lenient: boolean;

  /** Terms of all tasks, where the list says nothing: words of task files, as records have their values. */
  readonly terms: Readonly<Record<string, string>>;
  /** Amounts of named resources that all tasks of the run share. */
  readonly runResources: Readonly<Record<string, number>>;
  /** The same for the tasks of each engine. */
  readonly engineResources: Readonly<Record<string, number>>;
  /** What each task is bound to, of that which it has been given. */
  readonly bind: Binding | undefined;

  /** The run begins without engines of its own. */
  readonly startupOnly: boolean;
  /** When no engine is left, more are waited for. */
  readonly waitForEngines: boolean;
  /** Where engines of other hosts call, and nowhere else; port 0 stands for any free one. */
  readonly useAddress: Address | undefined;

  /** How long engines may be out of touch, in seconds. */
  readonly lease: number;
  /** What engines do with their tasks when the lease ends. */
  readonly onDriverLost: OnDriverLost;
  /** What still runs on an engine that leaves is ended after so many seconds; missing when it may take its time. */
  readonly drainTimeout: number | undefined;
  /** The first signal of a task that is over its time limit. */
  readonly timeoutSignal: NodeJS.Signals;
  /** Seconds before a task is ended when it is warned; missing when it is not. */
  readonly warn: number | undefined;
  readonly warnSignal: NodeJS.Signals;
  /** Seconds between two starts on each engine; missing where none have to be left. */
  readonly delay: number | undefined;
  /** No task is started on a host whose load is higher. */
  readonly maxLoad: MaxLoad | undefined;
  /** No task is started on a host that has fewer bytes of memory available. */
  readonly minFreeMemory: number | undefined;
  /** Engines that died are started again so many times on each host. */
  readonly engineRestarts: number;
  /** A task is given up when so many engines have died running it. */
  readonly crashLimit: number;
  /** The first task that fails ends everything: the same as a `halt` of `now,fail=1`, beside which it does not go. */
  readonly failFast: boolean;
  /** When the run ends before all is done; undefined when it does not. */
  readonly halt: HaltPolicy | undefined;
  /** An engine is stopped on which so many tasks in a row have failed while tasks succeeded elsewhere; undefined for never. */
  readonly maxFailuresPerEngine: number | undefined;

  /** Folder, or beginning of the names, of all files of the run; a name in the working directory where it is missing. */
  readonly prefix: string | undefined;
  /** The files of an earlier run of the prefix give way. */
  readonly overwrite: boolean;
  /** The status file begins with a line of column names. */
  readonly statusHeader: boolean;
  /** Where the driver logs, in place of the run's own file. */
  readonly logfile: string | undefined;
  readonly loglevel: LogLevel;
  readonly logFormat: LogFormat;

  /** Tasks of which it is kept what they print; missing: of all where it goes into files by name, else of those that fail. */
  readonly output: OutputKeep | undefined;
  /** The last bytes of each stream of each attempt that are kept. */
  readonly outputLimit: number;
  /** The folder of files by name, or their template, in place of the one file. */
  readonly outputDir: string | undefined;

  /** Paths of status files: tasks that have an outcome there are skipped. */
  readonly resumeFrom: readonly string[];
  /** Whether tasks that failed there are run again. */
  readonly retry: boolean;
  /** Only the ids of tasks are compared with theirs, not the commands. */
  readonly forceResume: boolean;
  /** A job that Slurm has requeued takes its run up again. */
  readonly requeueResume: boolean;
}

/** Whether the tasks come from programs, by a key-value server. */
export function takesFromPrograms({
  taskserver,
  taskcommand,
}: Pick<RunSettings, "taskserver" | "taskcommand">): boolean {
  return taskserver !== undefined || taskcommand !== undefined;
}

/** Files that values of the template are read from, standard input aside. */
export function valueFiles({ template }: Pick<RunSettings, "template">): readonly string[] {
  return template === undefined ? [] : filesOfTemplate(template).filter((path) => path !== STANDARD_INPUT);
}

/** Whether tasks, or values of a template, are read from the stream that the run is given. */
export function takesStream({ taskFile, template }: Pick<RunSettings, "taskFile" | "template">): boolean {
  return taskFile === STANDARD_INPUT || (template !== undefined && filesOfTemplate(template).includes(STANDARD_INPUT));
}

/** Whether there is a key-value server for the run. */
export function hasKvs(settings: Pick<RunSettings, "kvsserver" | "taskserver" | "taskcommand">): boolean {
  return settings.kvsserver !== undefined || takesFromPrograms(settings);
}

/** Name of the list of tasks, as tasks see it: the task file's base name, `stdin`, `each`, or `STREAM` where there is none. */
export function nameOfTasks({
  taskFile,
  template,
  workflow,
  name,
}: Pick<RunSettings, "taskFile" | "template" | "name"> & Partial<Pick<RunSettings, "workflow">>): string {
  if (name !== undefined) return name;
  if (workflow !== undefined) return basename(workflow.file);
  if (template !== undefined) return "each";
  if (taskFile === undefined) return "STREAM";
  return taskFile === "-" ? "stdin" : basename(taskFile);
}

/** What a run does that is told nothing but its task file. */
export const DEFAULTS: Omit<RunSettings, "taskFile"> = {
  context: [],
  sshNode: [],
  hostfile: [],
  tasksPerNode: undefined,
  cpusPerTask: undefined,
  envResource: [],
  contextTaskLimit: 0,
  label: undefined,
  workdir: undefined,
  fill: false,
  retire: true,
  retireCmd: undefined,
  minTimeLeft: 0,
  threadEnv: true,
  // As many handshakes as keep a machine busy and as its servers take: sshd refuses some from the tenth at once on.
  sshParallel: 32,
  sshTransport: "auto",
  env: [],
  envAll: false,
  lenient: false,
  terms: {},
  runResources: {},
  engineResources: {},
  bind: undefined,
  template: undefined,
  workflow: undefined,
  keepOpen: false,
  name: undefined,
  kvsserver: undefined,
  taskserver: undefined,
  taskcommand: undefined,
  kvsOpen: false,
  startupOnly: false,
  waitForEngines: false,
  useAddress: undefined,
  lease: LEASE,
  onDriverLost: "kill",
  drainTimeout: undefined,
  timeoutSignal: LIMITS.timeoutSignal,
  warn: LIMITS.warn,
  warnSignal: LIMITS.warnSignal,
  delay: undefined,
  maxLoad: undefined,
  minFreeMemory: undefined,
  // An engine that dies a fourth time on its host dies of that host.
  engineRestarts: 3,
  // One death is bad luck, two may be; what kills a third engine would kill all of them.
  crashLimit: 3,
  failFast: false,
  halt: undefined,
  maxFailuresPerEngine: undefined,
  prefix: undefined,
  overwrite: false,
  statusHeader: false,
  logfile: undefined,
  loglevel: "INFO",
  logFormat: "text",
  output: undefined,
  outputLimit: OUTPUT_LIMIT,
  outputDir: undefined,
  resumeFrom: [],
  retry: false,
  forceResume: false,
  requeueResume: false,
};

/** When the run ends before all is done. */
export function haltOf({ failFast, halt }: Pick<RunSettings, "failFast" | "halt">): HaltPolicy | undefined {
  return halt ?? (failFast ? FAIL_FAST : undefined);
}

/** Tasks of which a run keeps what they print. */
export function outputKept({ output, outputDir }: Pick<RunSettings, "output" | "outputDir">): OutputKeep {
  return output ?? (outputDir === undefined ? "failed" : "all");
}

/** What the settings say to all engines. @param prefix of the run's files. */
export function engineTermsOf(settings: RunSettings, cwd: string, prefix: string): EngineTerms {
  return {
    resources: settings.envResource,
    cwd,
    prefix,
    threadEnv: settings.threadEnv,
    offer: { named: settings.engineResources, bind: settings.bind },
    logLevel: settings.loglevel,
    logFormat: settings.logFormat,
    lease: settings.lease,
    onDriverLost: settings.onDriverLost,
    drainTimeout: settings.drainTimeout,
    limits: limitsOf(settings),
    throttle: throttleOf(settings),
    output: { keep: outputKept(settings), limit: settings.outputLimit },
  };
}

function throttleOf({ delay, maxLoad, minFreeMemory }: RunSettings): ThrottleTerms | undefined {
  if (delay === undefined && maxLoad === undefined && minFreeMemory === undefined) return undefined;
  return { delay, maxLoad, minFreeMemory };
}

function limitsOf({ timeoutSignal, warn, warnSignal }: RunSettings): LimitTerms {
  return { timeoutSignal, grace: LIMITS.grace, warn, warnSignal };
}
