/** A command line that a user may want, and what it is for, with what is typed between backquotes. */
export interface Example {
  readonly purpose: string;
  readonly command: string;
}

/** From the simplest to what is needed on a bad day. */
export const EXAMPLES: readonly Example[] = [
  { purpose: "Run five tasks of the file at a time on this machine:", command: "disbatch -s localhost:5 Tasks" },
  {
    purpose: "Run seven here, and three more on web1, which `ssh web1` reaches:",
    command: "disbatch -s localhost:7,web1:3 Tasks",
  },
  { purpose: "Run eight at a time on each of 16 hosts:", command: "disbatch -s node[01-16]:8 Tasks" },
  {
    purpose: "Run twenty tasks of four cores at a time in a Slurm job, on the nodes that it gets:",
    command: "sbatch -n 20 -c 4 disbatch Tasks",
  },
  {
    purpose: "Run a command for all combinations of values:",
    command: "disbatch each 'sim {seed} {n}' seed=1..100 n=10,20,50",
  },
  { purpose: "Check a task file, and run nothing:", command: "disbatch --dry-run Tasks" },
  { purpose: "Read tasks as another program writes them:", command: "generate | disbatch -s localhost:5 -" },
  { purpose: "Begin a run that takes tasks from other shells:", command: "disbatch --keep-open -s localhost:5 -p run" },
  { purpose: "Add a task to it, and wait for what comes of it:", command: "disbatch submit run 'make test' --wait" },
  { purpose: "Say that no more tasks come:", command: "disbatch submit run --done" },
  {
    purpose: "Run tasks that depend on each other, and in later runs only what has changed:",
    command: "disbatch run -s localhost:5 weather.yaml",
  },
  { purpose: "Say what the next run of them would do, and why:", command: "disbatch plan weather.yaml" },
  { purpose: "Begin a run without hosts, under the prefix run:", command: "disbatch -S -p run Tasks" },
  { purpose: "Add four cores of web2 to that run:", command: "./run_dbUtil.sh -s web2:4" },
  { purpose: "See how far it is:", command: "disbatch status run" },
  { purpose: "Run what is not done yet, and what has failed:", command: "disbatch -r run_status.txt -R -p run Tasks" },
  { purpose: "Go on with a run whose driver was killed:", command: "disbatch recover run" },
];
