/**
 * What the manual says of an option beyond its line in the help: one to three sentences, with what is typed between backquotes.
 * The keys are long names, and those of operands. An option whose line says all has none.
 */
const OF_ALL_COMMANDS: Readonly<Record<string, string>> = {
  "--ssh-node":
    "A host is whatever `ssh HOST` reaches without asking for a password; a user's name may stand before it, as in `jo@web1:8`. " +
    "A host that is named twice adds up. " +
    "Without hosts, disbatch uses the Slurm job that it runs in, else DISBATCH_SSH_NODELIST, else all cores of this machine.",
  "--hostfile":
    "A line may also be `HOST slots=COUNT`, and a `#` begins a comment. A host without a count has one core.",
  "--tasksPerNode":
    "With `0` a host runs as many tasks as its cores allow. In a Slurm job, this option counts more than what the job was submitted with.",
  "--cpusPerTask":
    "A host of 8 cores runs 4 tasks at a time with `-c 2`, and 16 with `-c 0.5`. In a Slurm job the default is the `-c` of sbatch.",
  "--bind":
    "With `cores`, a task finds only its own processors, and those of one NUMA node are given together. " +
    "A host with fewer processors than cores were promised binds no task, and says so.",
  "--env-resource":
    "With `VAR=0,1,2,3` the first slot of a host finds `VAR=0`, the second `VAR=1`, and so on. " +
    "A host runs no more tasks at a time than VAR has values there. This is made for CUDA_VISIBLE_DEVICES.",
  "--failed":
    "Failures are of one kind when they ended in the same way and wrote the same first line, numbers and quoted names aside.",
  "--format":
    "The documentation of imports says what becomes of each of its words. Runs and plans of it are as of every other document.",
  "--tasks":
    "Commands stand there as they were run, with PREFIX and SUFFIX. Barriers between them are kept, and terms at the ends of lines. " +
    "Terms of `#DISBATCH TERMS` and of options are not in it. Task numbers begin at 0 again.",
  "--task-file": "A run's journal names its task file. A status file alone, or a run of standard input, does not.",
  "--label": "Letters, digits and the characters `_`, `.` and `-` may be part of it.",
  "--param":
    "The option may be given several times. The document says which parameters there are, and what they may be.",
  "--groups":
    "With `all` a job waits for every group that is for it, as Stolos itself does. With `any` one of them is enough, as its documentation says.",
  "--job-id-template": "It stands in the place of Stolos's own option for apps that say no template.",
  "--from":
    "`--from fetch` means all instances of a task, and `--from 'fetch[day=3]'` one. They are wanted as goals are.",
  "--force":
    "Names are as for `--from`. What depends on it runs when its rule says so: by default since what it needs has run, with `cache: true` only if that made other contents.",
  "--no-cache": "Records are written all the same, so that the next run reuses again.",
  "--max-instances": "Nothing is built of a document that has more, and the message tells how many it has.",
  "--secrets-file":
    "The file must be yours, with mode 0600. Lines that begin with `#` say nothing. A secret that is not in it comes from the environment.",
  "--workdir": "DIR is an absolute path. A host that has no such folder is not used.",
  "--no-thread-env":
    "Without this option, OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, MKL_NUM_THREADS and NUMEXPR_NUM_THREADS are the cores of a task. " +
    "disbatch never changes those that you have set.",
  "--ssh-transport":
    "`auto` uses a library of disbatch, and the system's `ssh` for what that library cannot do, such as ProxyCommand. " +
    "The other values choose one of the two for all hosts.",
  "--fill":
    "This option counts more than `--ntasks-per-node` of sbatch. A job with GPUs is never filled: it keeps its number of tasks.",
  "--cores":
    "Without this option, a task takes one slot, which has the cores of `-c`. " +
    "This and the options below are terms: what the task file says of a task counts more.",
  "--memory":
    "SIZE is a number with K, M, G, T or P behind it, which are powers of 1024. " +
    "A task starts where so much is free, and is ended when it uses more.",
  "--gpus": "A task starts where so many are free.",
  "--timeout":
    "The time runs from the start of the task. DURATION is a number of seconds, or a text such as `90s`, `1h30m`, `2d` or `1:30:00`.",
  "--timeout-signal":
    "The signal goes to every process of the task, and SIGKILL follows ten seconds later. SIGNAL is a name such as `TERM` or `SIGINT`, or a number.",
  "--warn":
    "The warning comes before the time limit of a task, before the end of `--drain-timeout`, and before the end of a Slurm job. " +
    "It reaches only processes that have a handler for the signal, since all others would die of it. TIME is as that of `--timeout`.",
  "--warn-signal": "SIGNAL is as that of `--timeout-signal`.",
  "--delay": "Each host keeps its own time. TIME is as that of `--timeout`.",
  "--max-load":
    "The load is the average of the last minute, with the tasks that were started since. What runs goes on. " +
    "The driver says once that tasks are held back, and `disbatch status` shows it.",
  "--min-free-memory":
    "SIZE is as that of `--memory`. The host is looked at once a second. A task takes its memory only as it runs, so use `--delay` as well.",
  "--min-time": "Less may be left before the end of a Slurm job, for example.",
  "--resource":
    "A task takes part of it by the term NAME=AMOUNT, and waits until so much is free. AMOUNT is a number, or a size such as `100G`.",
  "--engine-resource": "Each engine has so much of it for its own tasks, beside its cores and memory.",
  "--retries": "With `0` no task is tried again. Only the last try counts for the status file and the exit code.",
  "--retry-on":
    "CAUSES are exit codes and ranges of them such as `1,74-84`, and the words `any`, `signal`, `timeout` and `memory`, with commas between them. " +
    "Without this option, a task is tried again after any failure.",
  "--retry-delay":
    "DURATION is as that of `--timeout`. Without this option, a retry does not wait. A task that waits holds no slot.",
  "--retry-backoff": "Without this option, all retries of a task wait equally long.",
  "--retry-limit": "Without this option it is an hour.",
  "--retry-elsewhere": "Without this option, a retry runs wherever there is room.",
  "--retry-cores": "With `x2` the second try of a task of 2 cores has 4, and the third 8.",
  "--retry-memory": "With `x2` the second try of a task of `--memory 4G` has 8G, and the third 16G.",
  "--retry-timeout": "With `x2` the second try of a task of `--timeout 1h` has two hours, and the third four.",
  "--context":
    "LABEL is what `-l` or `--context` calls a group of hosts, and `disbatch status` shows. Tasks that name no label do not run on hosts of `--context`.",
  "--priority": "N may be below 0. Tasks that run already go on.",
  "--min-time-left": "Tasks that run may go on. The summary then prints the command that runs the rest in a new job.",
  "--done": "Tasks that were submitted are still run. Whoever submits more later is refused with `list-ended`.",
  "--keep-open":
    "Tasks come from `disbatch submit PREFIX LINE...`, from any shell that can read the files of the run. " +
    "The run goes on until `disbatch submit PREFIX --done`, and keeps its engines until then. A task file may come first.",
  "--wait": "The numbers of the tasks are then not printed, because each line of JSON has one.",
  "--no-retire": "Without this option, a node goes back to Slurm as soon as no task is left for it.",
  "--retire-cmd":
    "CMD is run by bash in place of `scontrol`, and cannot go with `-s` or `--hostfile`. " +
    "It also finds the variables NODE, RETCODES, ACTIVE and RETIRED, and DRIVER_NODE when that node has nothing left to do.",
  "--env":
    "`NAME` alone takes the value that the variable has here, and works for exported functions too. `NAME=VALUE` sets a value.",
  "--env-all":
    "Variables that describe your login are left out, such as HOME, USER, TMPDIR and those that begin with SSH_.",
  "--startup-only":
    "The run waits until somebody adds hosts, which may happen on any machine that shares the file system. " +
    "This option goes with none of `-s`, `--hostfile`, `--context`, `-E` and `--retire-cmd`.",
  "--wait-for-engines": "Without this option, a run that has no engine left ends with exit code 3.",
  "--use-address":
    "Without this option, engines try every address of this host. When none answers, they use a port that the SSH connection forwards.",
  "--lease":
    "An engine that stays away longer ends its tasks, and the driver gives them to other engines. " +
    "A laptop that sleeps for a night needs a longer lease, such as `28800`.",
  "--crash-limit": "The status file then records the task with return code -100.",
  "--engine-restarts": "With `0` no engine is started again.",
  "--on-driver-lost":
    "`kill` ends the tasks. `finish` lets them end by themselves, and keeps their results in files for `disbatch recover`.",
  "--drain-timeout":
    "An engine leaves when PREFIX_dbUtil.sh stops it, or when it receives SIGTERM or SIGUSR1. " +
    "Tasks that were ended run again on other engines. Without this option they may take any time.",
  "--recover":
    "This is the same as `disbatch recover PREFIX`. It goes with no other option, because the run has its options already.",
  "--requeue-resume":
    "The run finds its files by `-p`. Without `-p` their names are made from those of the task file and the job.",
  "--prefix":
    "In a folder, and without this option, the names are made from the name of the task file and the time. " +
    "A prefix that an earlier run has used goes with `-r` or `--overwrite` only.",
  "--overwrite":
    "The records and logs of the earlier run are removed. A run that goes on, or that was cut off, is never overwritten.",
  "--mailTo":
    "The first mail comes a few seconds after the first failure, later ones with new kinds of failures, at most one in 10 minutes. " +
    "The end is always told.",
  "--mailFreq": "A mail that is still under way when the next is due is followed by one with the newest numbers.",
  "--smtp":
    "With `smtps://USER@HOST` and `starttls://USER@HOST` disbatch checks the certificate of the server, and logs in as USER. " +
    "The password comes from `--smtp-password-file`, or from the variable DISBATCH_SMTP_PASSWORD, and never stands in the URL.",
  "--smtp-password-file": "The file has to be yours, and nobody else may read or write it (`chmod 600`).",
  "--on-failure":
    "CMD is run by bash on the driver's machine, in this folder, at most once a minute and once more at the end, and has 30 seconds. " +
    "It finds what has failed in variables such as DISBATCH_KINDS. Its output goes into the log of the run.",
  "--on-end": "CMD is run as that of `--on-failure` is, and finds how the run ended in DISBATCH_REASON.",
  "--logfile": "Lines are added to a file that is there already.",
  "--progress": "`auto` is `bar` on a terminal, and `plain` elsewhere. `none` shows the summary only.",
  "--web":
    "The page is served by a process of its own, and its URL is printed once that serves. It is gone soon after the run has ended, unless somebody looks at it. " +
    "The run goes on whatever becomes of that process.",
  "--web-address":
    "A socket can be opened by you alone. Other machines reach the page by `ssh -L`, and the line for that is printed where you have come by ssh.",
  "--web-control":
    "Whoever is let in may then stop tasks, engines, groups of hosts and the run, as PREFIX_dbUtil.sh does.",
  "--url":
    "The URL lets one browser in, once. The server is found by PREFIX_web.txt. When none serves, the exit code is 3.",
  "--exit-code":
    "Without this option, exit code 0 says that all tasks have been run, whatever their own exit codes were.",
  "--fail-fast":
    "Tasks that run at that moment are ended, and count as not done. It is the same as `--halt now,fail=1`.",
  "--halt":
    "`soon` starts nothing more and lets running tasks finish, `now` ends them. N counts tasks that `fail`, `success` or are `done` in this run, " +
    "and N% is of all tasks; of a stream their number is known at its end, and of a document when no generator can make more. A try that is followed by another one does not count.",
  "--max-failures-per-engine":
    "Tries count, too. Nothing is started in place of such an engine, and the last engine of a run is never stopped.",
  "--resume-from":
    "With several status files, a task that has succeeded in one of them is done. Nothing left to do is a success.",
  "--retry": "A failed task may have another command by then.",
  "--force-resume": "Without this option, disbatch runs nothing when a command differs, and shows both.",
  "--kvsserver":
    "Tasks find the server by the variables KVSSTCP_HOST, KVSSTCP_PORT and DISBATCH_KVSSTCP_HOST. " +
    "Without HOST:PORT it is the one that KVSSTCP_HOST and KVSSTCP_PORT name here, and where they are not set the run opens its own. " +
    "A task file goes before this option, since a word behind it is taken for its value.",
  "--taskserver":
    "A program signs in on the server, puts lines of a task file there, and finds the results there. " +
    "Without HOST:PORT the run opens a server, whose address stands in PREFIX_kvsinfo.txt.",
  "--taskcommand":
    "CMD is run by bash on this machine, and finds the server by its variables. What CMD prints goes into PREFIX_taskcommand.log. " +
    "The run ends when CMD has said that there are no more tasks, or has ended with exit code 0. When CMD fails, the run ends with exit code 3.",
  "--output": "`disbatch output PREFIX` shows what is kept. The default is `failed`, and `all` with `--output-dir`.",
  "--output-limit": "K and M stand for KiB and MiB. The default is `64K`, and the most is `16M`.",
  "--output-dir":
    "Task 12345 gets `DIR/12/12345.out` and `DIR/12/12345.err`. " +
    "A DIR with `{id}` in it is a template of your own, which may also have `{thousand}`, `{attempt}` and `{stream}`.",
  "--stderr": "Without this option, standard error goes to standard error, and standard output to standard output.",
  "--attempt": "The first start of a task is attempt 1. Each further start counts one more.",
  "--follow": "With IDs the command ends when these tasks have ended, and without them when the run ends.",
  "--grep":
    "A line stands behind the number of its task, unless only one task is named. The exit code is 1 when no line matches.",
  "--dry-run": "A line shows kind, task id, line, repeat index, command and terms, with tabs between them.",
  "--lenient": "Without this option, every mistake in the task file is an error, and nothing is run.",
  "--stop-task":
    "The task and all of its processes get SIGTERM, and SIGKILL ten seconds later. A task that waits on its engine is never started, " +
    "and has the return code -102. ID is the TaskID of the status file. The option can be given several times.",
  "--stop-engine":
    "RANK is the number that `--status` shows for the engine. What the engine has not started goes to others.",
  "--stop-context": "LABEL is the name that `--status` shows for the group.",
  FOLDER: "A run whose files are elsewhere, by `-p`, is listed there.",
  TASK:
    "Without it, the whole run is explained. Of an instance it says what it waits for or is blocked by, down to the first cause, " +
    "what it needs, and what needs it.",
  "--server": "An IPv6 address stands in brackets.",
  "--encoding": "The server keeps it beside the value and gives it back. Text is `ASTR`, and JSON is `JSON`.",
  "--host": "With `--kvs-open` the default is every address of this machine.",
  "--port": "The port is printed, and with `--info` kept in a file.",
  "--kvs-open":
    "Without this option, only programs of your own user are served, on this machine. " +
    "The protocol has no passwords, so use it only where all who can reach this machine may run commands as you.",
  "--info": "Only you can read the file. It is removed when the server ends.",
  "--stop-run": "Asked once more, the run ends what it still runs, too.",
};

/** What differs where an option means something else in one command, by the command's name. */
const OF_ONE_COMMAND: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  kvs: {
    "--timeout":
      "When the time is over the exit code is 3, and nothing has been taken. Without this option the command waits.",
  },
  each: {
    COMMAND:
      "`{NAME}` stands for a value, which is quoted for bash where it has to be; `{=NAME}` is not quoted. " +
      "`{NAME.}` has no extension, `{NAME/}` no folder, and `{NAME//}` is the folder. `{#}` is the number of the task. `{{` is a brace.",
    VALUES:
      "`NAME=01..10`, `NAME=1..100..5` and `NAME=a,b,1..3` are possible, too; a comma within a value is written `\\,`. " +
      "Without a NAME, `::: a b` gives values for `{}` and `{1}` as in GNU parallel, which also knows `:::+`, `::::` and `::::+`. " +
      "These words and the values behind them come last.",
    "--dry-run": "The lines go to standard output, and how many there are to standard error.",
    "--zip": "Without this option, all values are combined with all others, and the last ones change fastest.",
    "--csv": "Fields stand in double quotes as RFC 4180 has it. Every row makes commands of its own.",
  },
  retry: {
    INSTANCE:
      "An instance that is named runs even if it is done, and all that follows it. " +
      "Without any, what has failed runs again, what was killed, and what these have blocked. " +
      "The document is read anew, so that what you have mended in it counts.",
    "--only": "What an instance needs runs before it all the same, where that is not done.",
  },
  mark: {
    STATE: "A mark counts until the instance runs again.",
    INSTANCE: "Of an open axis any value may be named, whether a run was asked for it or not.",
  },
  plan: {
    "--prefix": "What was done under another prefix does not count.",
    "--instances":
      "Each has a line with the reason: it `never ran`, `failed before`, its task has `changed`, `a need runs again`, or it is `forced` by `--from`. " +
      "Others run `only on failure` of what they need, or `stays done` is said of them.",
    "--limit": "The last line says how many are left out.",
  },
  lineage: {
    "--depth": "Where the drawing stops, a file that other files were made from is shown without these.",
    "--limit": "What is left out is counted.",
  },
  diff: {
    RUN: "Runs of a prefix are counted from 1.",
    "--limit": "Instances are counted by task in any case.",
  },
  report: {
    "--format":
      "`html` is one file for a browser, with pictures. `csv` has one row for each task with an outcome. `trace` is for ui.perfetto.dev and shows what each slot ran.",
  },
  graph: {
    "--prefix": "The drawing is that of the document as it was then.",
    "--format":
      "`dot` is for Graphviz, as in `disbatch graph flow.yaml | dot -Tsvg > flow.svg`. `mermaid` is what Markdown pages show. " +
      "`json` has `nodes`, `edges`, and under `more` and `moreEdges` how many nodes and arrows are left out. " +
      "The option is given twice to draw a document of another program in another language.",
    "--instances":
      "A task stands for all of its instances. Those that generators tell of are known when these have run.",
    "--limit": "The drawing says how many it leaves out, and how many arrows beyond 100,000.",
  },
  submit: {
    "--resource":
      "The run offers it by its own `--resource` or `--engine-resource`. AMOUNT is a number, or a size such as `100G`.",
  },
  completion: {
    SHELL:
      "In bash, write `source <(disbatch completion bash)` into ~/.bashrc. " +
      "In zsh, write `source <(disbatch completion zsh)` into ~/.zshrc, behind `compinit`. " +
      "In fish, write `disbatch completion fish | source` into config.fish in ~/.config/fish.",
  },
  "disbatch output": {
    "--failed": "A task that succeeded in the end is none of them.",
  },
  "PREFIX_dbUtil.sh": {
    "--ssh-node":
      "A host is whatever `ssh HOST` reaches without asking for a password. " +
      "In a Slurm job the script needs no hosts: it adds the nodes of the job.",
    "--min-time-left": "Tasks that run may go on.",
    "--drain-timeout": "Without this option, the value is that of the run.",
  },
};

/** The sentences for an option or an operand; undefined when there are none. @param name the longest, with its dashes. */
export function explanationOf(command: string, name: string): string | undefined {
  return OF_ONE_COMMAND[command]?.[name] ?? OF_ALL_COMMANDS[name];
}

/** The options and operands that there are sentences for, by their longest names. */
export function explainedNames(): readonly string[] {
  const ofOne = Object.values(OF_ONE_COMMAND).flatMap((sentences) => Object.keys(sentences));
  return [...new Set([...Object.keys(OF_ALL_COMMANDS), ...ofOne])];
}
