import { type ChildProcess, spawn } from "node:child_process";
import { printableLines } from "../../domain/printable.ts";

/** Says its first argument when nobody has told it before that all is well. */
const SCRIPT = `trap '' HUP INT TERM USR1 USR2; read -r word; [ "$word" = done ] && exit; [ -t 2 ] && printf '\\r\\033[K' >&2; printf '%s\\n' "$1" >&2`;

/** One that does not leave by then is left. */
const FAREWELL_MS = 500;

/**
 * What the user is told when this process is killed, and can no longer say it: a small process waits for that, at the other
 * end of a pipe.
 */
export class LastWords {
  readonly #child: ChildProcess;

  constructor(words: string) {
    // A session of its own: Ctrl-C is not for it.
    this.#child = spawn("/bin/sh", ["-c", SCRIPT, "disbatch-last-words", printableLines(words)], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "inherit"],
    });
    // Where it cannot be started nothing is said.
    this.#child.on("error", () => undefined);
    this.#child.stdin?.on("error", () => undefined);
    this.#child.unref();
  }

  /** Nothing is to be said. Resolves when the process is gone. */
  async withdraw(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    let late: NodeJS.Timeout | undefined;
    const gone = new Promise<void>((resolve) => {
      this.#child.once("exit", () => resolve());
      late = setTimeout(resolve, FAREWELL_MS);
    });
    this.#child.ref();
    this.#child.stdin?.end("done\n");
    await gone;
    clearTimeout(late);
  }
}
