/** The keys of the monitor and what they do. The page of the reference has the same table. */
export const HELP: readonly (readonly [keys: string, words: string])[] = [
  ["1 to 7, Tab", "another tab; so do the arrows to the left and right; 7 is that of a workflow"],
  ["j k, d u, arrows", "another row"],
  ["PgDn, PgUp, g, G", "a page on or back, the first row, the last row"],
  [
    "Enter",
    "all about a task, a whole line of the log; the tasks of a kind of failure, of an engine, of a workflow's task",
  ],
  ["Esc", "back to where one came from; in a list: without a filter"],
  ["/", "filter: text, SIGKILL, exit 2, state:failed node:NAME engine:RANK code:137 kind:2 id:10-20"],
  [
    "Ctrl-U, Ctrl-W",
    "clear what is typed, or its last word; arrows, Ctrl-A, Ctrl-E and Ctrl-K do what they do in a shell",
  ],
  ["e", "errors only, or all again; goes together with a filter"],
  ["< >", "sort by something else"],
  [":", "go to the task of this TaskID"],
  ["Space", "freeze what is shown, or let it go on"],
  ["l", "the log of the run"],
  ["r", "the command that runs the failed tasks again, or that goes on with a run whose driver has died"],
  ["x", "stop a task, an engine, a context or the run; it asks before it does"],
  ["E, C", "stop the engine, or the context, of the chosen row: what runs there may finish"],
  ["s", "lines of plain text in place of the screen, and back"],
  ["h, ?", "these keys"],
  ["q, Ctrl-C", "leave the monitor; the run goes on"],
];
