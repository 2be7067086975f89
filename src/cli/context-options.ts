import { type Command, Option } from "commander";
import { SSH_TRANSPORTS } from "../places/ssh/session.ts";
import { DEFAULTS } from "../run/settings.ts";
import { absolutePath, atLeast, collect, label, positiveNumber, wholeNumber } from "./option-values.ts";

/** What counts where these options are not given, in words. */
export interface ContextDefaults {
  readonly tasksPerNode: string;
  readonly cpusPerTask: string;
}

/** Adds the options that a run's command line and its dbUtil.sh have in common: each sets what `ContextSettings` calls by its name. */
export function addContextOptions(command: Command, defaults: ContextDefaults): Command {
  return command
    .option("-s, --ssh-node <HOST:COUNT,...>", "use COUNT cores of HOST; node[01-16]:8 is 16 hosts", collect, [])
    .option("--hostfile <FILE>", "use the hosts of FILE, one a line: HOST or HOST:COUNT", collect, [])
    .option(
      "-t, --tasksPerNode <N>",
      `tasks at a time on each host (default: ${defaults.tasksPerNode})`,
      wholeNumber(0),
    )
    .option(
      "-c, --cpusPerTask <N>",
      `cores for each task, or a fraction of one (default: ${defaults.cpusPerTask})`,
      positiveNumber,
    )
    .option("-E, --env-resource <VAR>", "deal the comma-separated values of VAR out to the slots", collect, [])
    .option(
      "-C, --context-task-limit <N>",
      "run no more than N tasks there; 0 is no limit",
      wholeNumber(0),
      DEFAULTS.contextTaskLimit,
    )
    .option("-l, --label <NAME>", "name this group of hosts, for the names of its log files", label)
    .option("--workdir <DIR>", "run tasks in DIR on every host (default: this folder)", absolutePath)
    .option("--no-thread-env", "leave OMP_NUM_THREADS and its like as they are")
    .option("--ssh-parallel <N>", "open N connections at a time", wholeNumber(1), DEFAULTS.sshParallel)
    .addOption(
      new Option("--ssh-transport <HOW>", "which program speaks SSH")
        .choices(SSH_TRANSPORTS)
        .default(DEFAULTS.sshTransport),
    )
    .optionsGroup("In a Slurm job:")
    .option("--fill", "use all cores of the job's nodes, not only those of -n", DEFAULTS.fill)
    .option(
      "--min-time-left <SECONDS>",
      "start nothing when the job has less time left than this",
      atLeast(0),
      DEFAULTS.minTimeLeft,
    )
    .option("--no-retire", "keep nodes without work until the run ends")
    .addOption(
      new Option("--retire-cmd <CMD>", "give nodes back by CMD, which finds them in NODES").conflicts([
        "sshNode",
        "hostfile",
      ]),
    );
}
