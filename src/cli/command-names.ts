/** Every command, in the order of the help, and what it does in a few words. The first word of a command line chooses one. */
export const COMMAND_SUMMARIES = {
  run: "run a task file; this word may be left out",
  each: "run a command for each combination of values",
  recover: "go on with a run whose driver was killed",
  retry: "run again what has failed of a document",
  mark: "say that instances of a document are done, or not",
  validate: "check a document, and tell all mistakes in it",
  plan: "say what a run of a document would do, and why",
  graph: "draw which tasks of a document need which",
  import: "make a document of one of another program",
  diff: "say how two runs of a document differ",
  schema: "print the schema of documents, for editors",
  submit: "add tasks to a run that was begun with --keep-open",
  wait: "wait for tasks of a run, and print what came of them",
  status: "show how far a run is, and its engines",
  monitor: "watch a run on the full screen, or in lines",
  web: "show runs in a browser, and to programs over HTTP",
  report: "tell what came of a run: outcomes, failures, time",
  output: "print what tasks printed",
  explain: "say why a run or a task stands where it stands",
  lineage: "say what a file was made from, and what from it",
  runs: "list the runs of a folder, and how to go on with each",
  kvs: "hand values to other programs, by keys",
  completion: "print the completions for bash, zsh or fish",
  help: "show the options of a command",
} as const;

export type CommandName = keyof typeof COMMAND_SUMMARIES;

/** Whether this is the exact name of a command. A task file of such a name is given as `./NAME`. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMAND_SUMMARIES, word);
}

/** The word that names this task file on a command line, where it is no command and no option. */
export function taskFileWord(taskFile: string): string {
  return isCommandName(taskFile) ? `./${taskFile}` : taskFile;
}
