/** The one table of exit codes; the help text and the reference are checked against it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  unfinished: 3,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_MEANINGS: ReadonlyArray<readonly [ExitCode, string]> = [
  [EXIT.done, "all done (tasks may have failed, unless -e was given), or as much as --halt asks for"],
  [EXIT.failed, "a task failed and -e or -f was given, as many failed as --halt allows, or a BARRIER CHECK failed"],
  [EXIT.usage, "wrong usage, or a task or resume file was refused; nothing was run (of a stream: no more)"],
  [
    EXIT.unfinished,
    "could not finish: no engine left, out of time, stopped on request, disk full, or an error of disbatch",
  ],
  [EXIT.interrupted, "interrupted (Ctrl-C)"],
  [EXIT.terminated, "terminated (SIGTERM)"],
];
