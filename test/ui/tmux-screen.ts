import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { findSystemProgram } from "../support/programs.ts";
import { shellWords } from "../../src/domain/shell-words.ts";
import { until, untilAnswered } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";

const run = promisify(execFile);

/** What the shell says when it waits, with the exit code of the last command. */
const PROMPT = "[$?]ready> ";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A shell in a terminal of tmux, in the folder of a workspace: what is typed there, and what it shows. */
export class TmuxScreen {
  readonly #tmux: string;
  readonly #socket: string;
  readonly #workspace: Workspace;

  private constructor(workspace: Workspace, tmux: string) {
    this.#workspace = workspace;
    this.#tmux = tmux;
    this.#socket = path.join(workspace.folder, "..", "tmux.sock");
  }

  /**
   * Opens one for the running test, and closes it in the end.
   *
   * @param term what the shell and its programs take the terminal for.
   * @throws Error saying which package to install when the machine has no tmux.
   */
  static async open(workspace: Workspace, { columns, rows }: Size, term = "tmux-256color"): Promise<TmuxScreen> {
    const screen = new TmuxScreen(workspace, findSystemProgram("tmux", "install the package tmux"));
    const shell = shellWords(["env", `PS1=${PROMPT}`, "bash", "--norc", "--noprofile"]);
    const size = ["-x", String(columns), "-y", String(rows)];
    // Closed before the workspace, which looks for what is left behind.
    onTestFinished(() => screen.#close());
    await screen.#ask("-f", "/dev/null", "new-session", "-d", ...size, "-c", workspace.folder, `TERM=${term} ${shell}`);
    await screen.shows(/ready> $/);
    return screen;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.#ask("send-keys", "-l", text);
  }

  /** Presses keys one after another, by tmux's names for them: `Enter`, `Escape`, `C-c`, `x`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#ask("send-keys", key);
  }

  /** Types a command line, and Enter. */
  async command(words: readonly string[] | string): Promise<void> {
    await this.type(typeof words === "string" ? words : shellWords(words));
    await this.press("Enter");
  }

  /** What it shows now: its lines, without blanks at their ends. */
  async text(): Promise<string> {
    const shown = await this.#ask("capture-pane", "-p");
    return shown
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** Waits until what it shows matches. @returns that. @throws Error with what it shows instead. */
  async shows(pattern: RegExp): Promise<string> {
    let last = "";
    return untilAnswered(
      async () => {
        last = await this.text();
        return pattern.test(`${last} `) || pattern.test(last) ? last : undefined;
      },
      () => `${pattern} on the screen, which shows\n${last}`,
    );
  }

  /** Whether the shell has its terminal as before: its own screen, with a cursor, and lines that can be typed. */
  async isRestored(): Promise<boolean> {
    await this.press("C-l");
    await this.shows(/^\[\d+\]ready>$/);
    await this.command("stty -a | tr ';' '\\n' | grep -c -E ' (icanon|echo) '");
    const lines = await this.shows(/^\d+$/m);
    const flags = await this.#ask("display-message", "-p", "#{alternate_on} #{cursor_flag} #{mouse_any_flag}");
    return flags.trim() === "0 1 0" && /^[12]$/m.test(lines);
  }

  async resize({ columns, rows }: Size): Promise<void> {
    await this.#ask("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** Closes its window, as when somebody closes a terminal. */
  async vanish(): Promise<void> {
    await this.#ask("kill-session");
  }

  async #close(): Promise<void> {
    await this.#ask("kill-server").catch(() => undefined);
    const left = (): string[] =>
      this.#workspace
        .processes()
        .map(({ command }) => command)
        // A monitor gives the screen back before it has ended.
        .filter((command) => / monitor |tmux|^bash --norc/.test(command));
    await until(
      () => left().length === 0,
      () => `the end of ${left().join(", ")}`,
    );
  }

  async #ask(...words: readonly string[]): Promise<string> {
    const { stdout } = await run(this.#tmux, ["-S", this.#socket, ...words], { env: { ...this.#workspace.env } });
    return stdout;
  }
}
