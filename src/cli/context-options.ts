import { type Command, Option } from "commander";
import { SSH_TRANSPORTS } from "../places/ssh/session.ts";
import { DEFAULTS } from "../run/settings.ts";
import { absolutePath, atLeast, collect, label, positiveNumber, wholeNumber } from "./option-values.ts";

/** Adds the options that a run's command line and its dbUtil.sh have in common: each sets what `ContextSettings` calls by its name. */
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
    .option(
      "-C, --context-task-limit <N>",
      "take no more than N tasks (0: no limit)",
      wholeNumber(0),
      DEFAULTS.contextTaskLimit,
    )
    .option("-l, --label <NAME>", "name of this group of hosts in the names of log files", label)
    .option(
      "--workdir <DIR>",
      "folder that tasks run in, on every host (default: where disbatch was started)",
      absolutePath,
    )
    .option("--no-thread-env", "do not set OMP_NUM_THREADS and its like to the cores per task")
    .option("--ssh-parallel <N>", "connections that are being opened at a time", wholeNumber(1), DEFAULTS.sshParallel)
    .addOption(
      new Option("--ssh-transport <HOW>", "what speaks SSH").choices(SSH_TRANSPORTS).default(DEFAULTS.sshTransport),
    )
    .optionsGroup("In a Slurm job:")
    .option("--fill", "use all cores of the job's nodes, whatever number of tasks it was submitted with", DEFAULTS.fill)
    .option(
      "--min-time-left <SECONDS>",
      "start nothing when the job has no more time left",
      atLeast(0),
      DEFAULTS.minTimeLeft,
    )
    .option("--no-retire", "keep nodes that have nothing left to do until the end")
    .addOption(
      new Option("--retire-cmd <CMD>", "give nodes back by CMD, not by scontrol; it finds them in NODES").conflicts([
        "sshNode",
        "hostfile",
      ]),
    );
}
