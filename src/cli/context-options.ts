import { type Command, Option } from "commander";
import { SSH_TRANSPORTS, type SshTransport } from "../places/ssh/session.ts";
import { absolutePath, atLeast, collect, label, positiveNumber, wholeNumber } from "./option-values.ts";

/** Where tasks are to run and how many at a time: what a run's command line and its dbUtil.sh have in common. */
export interface ContextOptions {
  readonly sshNode: readonly string[];
  readonly hostfile: readonly string[];
  /** 0 sets no limit, in place of one that would count else. */
  readonly tasksPerNode?: number;
  readonly cpusPerTask?: number;
  readonly envResource: readonly string[];
  readonly contextTaskLimit: number;
  readonly label?: string;
  readonly workdir?: string;
  /** Slots on all cores that Slurm has allotted. */
  readonly fill: boolean;
  /** Nodes of a Slurm job are given back when nothing is left for them. */
  readonly retire: boolean;
  /** What gives them back, in place of scontrol. */
  readonly retireCmd?: string;
  /** Nothing is started when a Slurm job has no more time left than this, in seconds. */
  readonly minTimeLeft: number;
  /** Tasks are told how many threads they may use. */
  readonly threadEnv: boolean;
  /** Connections that are being opened at a time. */
  readonly sshParallel: number;
  readonly sshTransport: SshTransport;
}

/** As many handshakes as keep a machine busy and as its servers take: sshd refuses some from the tenth at once on. */
const SSH_PARALLEL = 32;

export function addContextOptions(command: Command): Command {
  return command
    .option("-s, --ssh-node <HOST:COUNT,...>", "use COUNT cores of HOST, as in node[01-16]:8 (repeatable)", collect, [])
    .option("--hostfile <FILE>", "use the hosts of FILE, one a line: HOST, HOST:COUNT (repeatable)", collect, [])
    .option(
      "-t, --tasksPerNode <N>",
      "tasks at a time on each host (default, and 0: its cores / cores per task)",
      wholeNumber(0),
    )
    .option("-c, --cpusPerTask <N>", "cores for each task, may be a fraction (default: 1)", positiveNumber)
    .option(
      "-E, --env-resource <VAR>",
      "deal the comma-separated values of VAR out, one to each slot (repeatable)",
      collect,
      [],
    )
    .option("-C, --context-task-limit <N>", "take no more than N tasks (0: no limit)", wholeNumber(0), 0)
    .option("-l, --label <NAME>", "name of this group of hosts in the names of log files", label)
    .option(
      "--workdir <DIR>",
      "folder that tasks run in, on every host (default: where disbatch was started)",
      absolutePath,
    )
    .option("--no-thread-env", "do not set OMP_NUM_THREADS and its like to the cores per task")
    .option("--ssh-parallel <N>", "connections that are being opened at a time", wholeNumber(1), SSH_PARALLEL)
    .addOption(new Option("--ssh-transport <HOW>", "what speaks SSH").choices(SSH_TRANSPORTS).default("auto"))
    .optionsGroup("In a Slurm job:")
    .option("--fill", "use all cores of the job's nodes, whatever number of tasks it was submitted with", false)
    .option("--min-time-left <SECONDS>", "start nothing when the job has no more time left", atLeast(0), 0)
    .option("--no-retire", "keep nodes that have nothing left to do until the end")
    .addOption(
      new Option("--retire-cmd <CMD>", "give nodes back by CMD, not by scontrol; it finds them in NODES").conflicts([
        "sshNode",
        "hostfile",
      ]),
    );
}
