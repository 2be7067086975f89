import type { Artifact } from "../../support/artifacts.ts";
import { CTRL_C, runOnTerminal } from "../../support/terminal.ts";
import { openHome } from "../home.ts";
import { type Row, screenOf } from "./screen.ts";

/** Columns of the terminal. */
export const COLUMNS = 100;
/** More rows than are needed. */
const ROWS = 24;

/** What the tasks run: a program that fails for some of its seeds, and takes its time. */
const PROGRAM = [
  "#!/bin/bash",
  "sleep 0.1",
  'case $2 in 17) echo "cannot open input" >&2; exit 3 ;; 29) kill -SEGV $$ ;; esac',
  "",
].join("\n");

/** The cursor is at the top, and the shell waits. */
const IS_CLEAR = new RegExp(String.raw`\u001b\[H[^]*\$ $`);
/** What is typed, and what the screen shows when the next is. */
const FIRST = "disbatch -s localhost:4 -p first Seeds";
const FIRST_IS_OVER = /to run the failed ones again: .*[^]*\$ $/;
const SECOND = "disbatch -s localhost:4 -p second MoreSeeds";
/** Far enough for all of the progress line: its rate and what is left. */
const SECOND_GOES_ON = /\b[4-6]\d\/120 done[^\r\n]*ETA [0-9:]+/;

/** Runs two lists on a terminal. @returns the screen while the second goes on, with the summary of the first above. */
export async function takeScreen(): Promise<Row[]> {
  const { workspace, names, env } = openHome();
  try {
    workspace.write("simulate", PROGRAM);
    for (const [name, count] of [
      ["Seeds", 40],
      ["MoreSeeds", 120],
    ] as const)
      workspace.write(name, Array.from({ length: count }, (_, seed) => `./simulate --seed ${seed}\n`).join(""));
    const bash: Artifact = { name: "bash", file: "/bin/bash", command: ["/bin/bash", "--noprofile", "--norc", "-i"] };
    const terminal = runOnTerminal(workspace, bash, [], {
      columns: COLUMNS,
      env: { ...env, PS1: "$ ", TERM: "xterm-256color" },
    });
    await terminal.stdoutShows(/\$ $/);
    terminal.stdin.write("chmod +x simulate; clear\r");
    await terminal.stdoutShows(IS_CLEAR);
    terminal.stdin.write(`${FIRST}\r`);
    await terminal.stdoutShows(FIRST_IS_OVER);
    terminal.stdin.write(`${SECOND}\r`);
    await terminal.stdoutShows(SECOND_GOES_ON);
    const written = terminal.stdout();
    terminal.stdin.write(CTRL_C);
    terminal.stdin.write(CTRL_C);
    await terminal.stdoutShows(/to run the rest[^]*\$ $/);
    terminal.stdin.write("exit\r");
    await terminal.exited;
    const screen = await screenOf(written, COLUMNS, ROWS);
    return screen.map((row) => row.map((piece) => ({ ...piece, text: names.toShown(piece.text) })));
  } finally {
    workspace.close();
  }
}
