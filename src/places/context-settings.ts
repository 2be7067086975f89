import type { SshTransport } from "./ssh/session.ts";

/** Where tasks are to run and how many at a time: what whoever begins a run says, and whoever adds a context to one. */
export interface ContextSettings {
  /** Lists of hosts, as in `node[01-16]:8,web1:3`. */
  readonly sshNode: readonly string[];
  /** Paths of files that list hosts. */
  readonly hostfile: readonly string[];
  /** Tasks at a time on each host; 0 sets no limit, in place of one that would count else. */
  readonly tasksPerNode: number | undefined;
  /** Cores for each task, may be a fraction. */
  readonly cpusPerTask: number | undefined;
  /** Names of variables whose values are dealt out over the slots. */
  readonly envResource: readonly string[];
  /** The context takes so many tasks and no more; 0 sets no limit. */
  readonly contextTaskLimit: number;
  /** Name of the context; the run makes one up where it is missing. */
  readonly label: string | undefined;
  /** Working directory of the tasks, an absolute path; where the run was started when it is missing. */
  readonly workdir: string | undefined;
  /** Slots on all cores that Slurm has allotted. */
  readonly fill: boolean;
  /** Nodes of a Slurm job are given back when nothing is left for them. */
  readonly retire: boolean;
  /** What gives them back, in place of scontrol. */
  readonly retireCmd: string | undefined;
  /** Nothing is started when a Slurm job has no more time left than this, in seconds. */
  readonly minTimeLeft: number;
  /** Tasks are told how many threads they may use. */
  readonly threadEnv: boolean;
  /** Connections that are being opened at a time. */
  readonly sshParallel: number;
  readonly sshTransport: SshTransport;
}
