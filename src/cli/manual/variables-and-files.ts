/** A name, and what it stands for in a sentence with what is typed between backquotes. */
export type Named = readonly [name: string, meaning: string];

/** Variables that tasks find. */
export const VARIABLES_OF_TASKS: readonly Named[] = [
  ["DISBATCH_JOBID", "Name of the run: the last part of its prefix."],
  ["DISBATCH_NAMETASKS", "Name of the task file."],
  ["DISBATCH_TASKID", "Number of the task, from 0. Barriers count."],
  ["DISBATCH_ATTEMPT", "1, and one more each time the task is started again: it has failed, or its engine was lost."],
  ["DISBATCH_RETRY", "How many tries of the task have failed, from 0."],
  ["DISBATCH_LAST_ENDING", "How the last of them ended, such as exit 3, SIGKILL or timed out; empty at first."],
  ["DISBATCH_STREAM_INDEX", "Line of the task file, from 1."],
  ["DISBATCH_REPEAT_INDEX", "Index that REPEAT gives the task, or -1."],
  [
    "DISBATCH_TASKID_ZP, DISBATCH_STREAM_INDEX_ZP, DISBATCH_REPEAT_INDEX_ZP",
    "The same numbers with six places, as in 000017.",
  ],
  ["DISBATCH_CORES_PER_TASK", "Whole cores of each slot, or those that the task needs; at least 1."],
  ["DISBATCH_RESOURCES", "What a task has that says what it needs, as JSON."],
  [
    "OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, MKL_NUM_THREADS, NUMEXPR_NUM_THREADS",
    "The same number, where you have not set them; not with `--no-thread-env`.",
  ],
  ["DISBATCH_CYLINDER_RANK", "Slot that the task runs in, from 0; -1 for commands of PERENGINE."],
  ["DISBATCH_ENGINE_RANK", "Engine that runs the task, from 0."],
  ["DISBATCH_ENGINE_ID", "Mark by which disbatch finds all processes of an engine."],
];

/** Variables of a run with a key-value server, for its tasks and its task command; the last two for that alone. */
export const VARIABLES_OF_KVS: readonly Named[] = [
  ["KVSSTCP_HOST, KVSSTCP_PORT", "Host and port of the key-value server of the run."],
  ["DISBATCH_KVSSTCP_HOST", "The same as HOST:PORT."],
  [
    "DISBATCH_RECOVERED",
    "1 when the command of `--taskcommand` is started again, because the driver of the run was killed.",
  ],
  ["DISBATCH_TASKCOMMAND_ID", "Mark by which disbatch finds all processes of that command."],
];

/** Variables that disbatch itself goes by. */
export const VARIABLES_READ: readonly Named[] = [
  ["DISBATCH_SSH_NODELIST", "Hosts as `-s` takes them, used when no option and no Slurm job says where tasks run."],
  [
    "DISBATCH_SLURM_SRUN_OPTIONS_FILE",
    "File of lines NAME=VALUE that srun gets in its environment in place of SLURM_CPU_BIND and SLURM_MPI_TYPE.",
  ],
  ["SLURM_JOB_ID", "In a Slurm job, disbatch reads this variable and others of Slurm to learn its nodes and cores."],
  [
    "KVSSTCP_HOST, KVSSTCP_PORT",
    "The server of `disbatch kvs`, where `--server` names none, and the one that `--kvsserver` without a value means.",
  ],
  ["DISBATCH_KVSSTCP_HOST", "The same as `HOST:PORT`, where KVSSTCP_HOST is not set."],
  ["NO_COLOR", "When it is set and not empty, nothing is coloured."],
  ["TERM", "The bar of `--progress` is drawn only on a terminal that can move its cursor."],
  ["TMPDIR", "Folder for the output of tasks while they run."],
  ["SSH_AUTH_SOCK", "The agent that holds your keys for SSH."],
];

/** The files of a run. */
export const FILES: readonly Named[] = [
  ["PREFIX_status.txt", "One line for each task that has ended. `-r` takes this file."],
  ["PREFIX_journal.jsonl", "Everything that happened in the run, as JSON lines."],
  ["PREFIX_tasks.txt", "Lines that were submitted to a run of `--keep-open`, as a task file."],
  [
    "PREFIX_workflow.jsonl",
    "The document of a workflow as its runs found it, what its generators made, and marks; later runs go on by it.",
  ],
  [
    "PREFIX_cache.jsonl",
    "What cached tasks of a workflow were made from, and what they made; later runs reuse them by it.",
  ],
  [
    "PREFIX_output.bin",
    "What tasks have printed, as far as it is kept; `disbatch output` shows it. Only you can read it.",
  ],
  ["PREFIX_driver.log", "The log of the driver; `--logfile` names another."],
  ["PREFIX_LABEL_HOST_engine_RANK.log", "The log of an engine."],
  ["PREFIX_LABEL_HOST_engine_wrap.log", "What the process of an engine has printed."],
  [
    "PREFIX_..._undelivered.jsonl",
    "Results and output of an engine that lost its driver; `disbatch recover` takes them in.",
  ],
  ["PREFIX_dbUtil.sh", "The script that shows the run, and changes its engines."],
  ["PREFIX_contact.json", "How that script reaches the run; only while the run goes on. It is a secret of yours."],
  ["PREFIX_recovery.json", "What `disbatch recover` needs; only while the run goes on. It is a secret of yours."],
  ["PREFIX_kvsinfo.txt", "The address of the key-value server that the run has opened; only while the run goes on."],
  [
    "PREFIX_web.txt",
    "Where the web page of the run is served, and a token for programs; only as long as it is. It is a secret of yours.",
  ],
  ["PREFIX_taskcommand.log", "What the command of `--taskcommand` has printed."],
  ["PREFIX_run.lock", "Keeps a second run away; only while the run goes on."],
  ["~/.ssh/config", "Settings of ssh, which disbatch follows as ssh does."],
  ["~/.cache/disbatch", "On other hosts: copies of the program, where the file system is not shared."],
];
