import { chmodSync, existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { findSystemProgram } from "../support/programs.ts";
import { type DisbatchRun, KEEP_OPEN } from "../support/run-disbatch.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

/** What a user presses to have the word completed. */
export const TAB = "\t";

/** Typed in two parts, so that what the shell shows of its own is told from what it echoes. */
const PROMPT = /ready> /;
const SET_PROMPT = "PS1='re''ady> '";
const ENTER = "\r";
const TAKE_BACK = "\u0015";
const END_OF_INPUT = "\u0004";

/** Stands for `disbatch` in these shells: notes its words, each followed by a null character. */
const NOTE_WORDS = `#!/bin/bash
printf '%s\\0' "$@" >"$NOTED.new" && mv "$NOTED.new" "$NOTED"
`;

/** A shell that completes what is typed into it. */
export interface ShellKind {
  readonly name: "bash" | "zsh";
  /** Words that start it so that it reads nothing of the user's. */
  readonly start: string;
  /** Typed first: reads the completions, and makes `all` insert all that is offered. */
  readonly preparation: (completions: string) => readonly string[];
  /** Keys that complete a word and do nothing else: zsh by itself evaluates what stands before the cursor when TAB is pressed. */
  readonly complete: string;
  /** Keys that insert all that is offered. */
  readonly all: string;
}

/** As users have it who have no bash-completion. */
export const bash: ShellKind = {
  name: "bash",
  start: "bash --norc --noprofile",
  preparation: (completions) => ["bind 'set enable-bracketed-paste off'", `source ${completions}`],
  complete: TAB,
  all: "\u001b*",
};

/** Reads completions as it does those of any program: from a folder in its \`fpath\`. */
export const zsh: ShellKind = {
  name: "zsh",
  start: "zsh -f",
  preparation: (completions) => [
    `fpath=(${path.dirname(completions)} $fpath)`,
    "autoload -U compinit; compinit -u -D",
    "zle -C all-matches complete-word _generic",
    "zstyle ':completion:all-matches:*' completer _all_matches _complete",
    "zstyle ':completion:all-matches:*' insert yes",
    String.raw`bindkey '\ea' all-matches '\ec' complete-word`,
    "unset zle_bracketed_paste",
    // As other shells do with what looks like a pattern.
    "setopt no_nomatch",
  ],
  complete: "\u001bc",
  all: "\u001ba",
};

/** A shell on a terminal of its own, in the folder of a workspace. What is called `disbatch` there notes its words. */
export class InteractiveShell {
  readonly #workspace: Workspace;
  readonly #kind: ShellKind;
  readonly #run: DisbatchRun;

  private constructor(workspace: Workspace, kind: ShellKind, run: DisbatchRun) {
    this.#workspace = workspace;
    this.#kind = kind;
    this.#run = run;
  }

  /**
   * Starts one and has it read completions.
   *
   * @param completions path of a file.
   * @param more lines that are typed after that.
   * @throws Error saying which package to install when the machine has no such shell.
   */
  static async open(
    workspace: Workspace,
    kind: ShellKind,
    completions: string,
    more: readonly string[] = [],
  ): Promise<InteractiveShell> {
    findSystemProgram(kind.name, `install the package ${kind.name}`);
    for (const name of ["disbatch", "disBatch"]) {
      workspace.write(`../bin/${name}`, NOTE_WORDS);
      chmodSync(workspace.path(`../bin/${name}`), 0o755);
    }
    const onTerminal = {
      name: kind.name,
      file: kind.name,
      command: ["script", "-qefc", kind.start, "/dev/null"],
    } as const;
    const run = workspace.run(onTerminal, [], {
      stdin: KEEP_OPEN,
      env: {
        TERM: "xterm",
        PATH: `${workspace.path("../bin")}:${workspace.env["PATH"]}`,
        NOTED: workspace.path("../noted"),
      },
    });
    const shell = new InteractiveShell(workspace, kind, run);
    const lines = ["stty rows 50 cols 200", ...kind.preparation(completions), ...more, SET_PROMPT];
    run.stdin.write(lines.map((line) => `${line}\n`).join(""));
    await run.stdoutShows(PROMPT);
    return shell;
  }

  /** The words that `disbatch` is started with, when this is typed and then Enter. */
  async wordsOf(keys: string): Promise<readonly string[]> {
    const noted = this.#workspace.path("../noted");
    rmSync(noted, { force: true });
    this.#run.stdin.write(keys + ENTER);
    await until(
      () => existsSync(noted),
      () => `disbatch, started by ${JSON.stringify(keys)} in ${this.#kind.name}: ${JSON.stringify(this.#run.stdout())}`,
    );
    return readFileSync(noted, "utf8").split("\0").slice(0, -1);
  }

  /** All that is offered in place of the last word of a line. */
  async offers(line: string): Promise<readonly string[]> {
    const before = line.trimEnd().split(/\s+/).length - (line.endsWith(" ") ? 1 : 2);
    const words = await this.wordsOf(line + this.#kind.all);
    const offered = words.slice(before).toSorted();
    // What is typed stays there when nothing is offered.
    return offered.length === 1 && line.endsWith(` ${offered[0]}`) ? [] : offered;
  }

  /** Asks twice for the last word of a line to be completed, and takes the line back. */
  async completeAndForget(line: string): Promise<void> {
    this.#run.stdin.write(line + this.#kind.complete.repeat(2) + TAKE_BACK);
    await this.wordsOf("disbatch over");
  }

  async close(): Promise<void> {
    this.#run.stdin.write(END_OF_INPUT);
    this.#run.stdin.end();
    await this.#run.exited;
  }
}
