import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { linesOf, SESSION_PROGRAM } from "./page/session.ts";

/** Where a shell is started. */
export interface ShellPlace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Words before `bash` that lead to the place. */
  readonly login: readonly string[];
  /** A file that takes what commands write; what runs on in the background writes there, too, as to the terminal of a user. */
  readonly screen: string;
  /** How long a command may take, in milliseconds. */
  readonly patience: number;
}

/** What a command has come to. */
export interface CommandEnd {
  /** What has been written while it ran. */
  readonly lines: readonly string[];
  /** Its exit code; `ended` when the shell has ended with it, `too long` when it was ended. */
  readonly code: number | "ended" | "too long";
}

/** A bash that is given one command after the other. */
export class Shell {
  readonly #place: ShellPlace;
  readonly #process: ChildProcess;
  readonly #commands: Writable;
  /** Takes how the command that runs has ended. */
  #answer: (code: CommandEnd["code"]) => void = () => {};
  #hasEnded = false;

  constructor(place: ShellPlace) {
    const screen = openSync(place.screen, "a");
    const bash = ["bash", "--noprofile", "--norc", "-c", SESSION_PROGRAM];
    const [program = "", ...words] = place.login.concat(bash);
    this.#place = place;
    this.#process = spawn(program, words, {
      cwd: place.folder,
      env: { ...place.env },
      stdio: ["ignore", screen, screen, "pipe", "pipe"],
      detached: true,
    });
    closeSync(screen);
    const [, , , commands, codes] = this.#process.stdio;
    if (!(commands instanceof Writable && codes instanceof Readable))
      throw new Error("bash has no descriptors 3 and 4");
    this.#commands = commands;
    // A shell that has ended takes no more commands: that is told when its codes end.
    this.#commands.on("error", () => {});
    createInterface({ input: codes })
      .on("line", (code) => this.#answer(Number(code)))
      .once("close", () => {
        this.#hasEnded = true;
        this.#answer("ended");
      });
  }

  /** Runs a command; resolves when it has ended. */
  async run(command: string): Promise<CommandEnd> {
    const seen = this.#screen().length;
    const code = await new Promise<CommandEnd["code"]>((resolve) => {
      const timer = setTimeout(() => resolve("too long"), this.#place.patience);
      this.#answer = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      if (this.#hasEnded) this.#answer("ended");
      else this.#commands.write(`${command}\0`);
    });
    return { lines: linesOf(this.#screen().slice(seen)), code };
  }

  /** Ends the shell, not what it has started. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }

  #screen(): string {
    return readFileSync(this.#place.screen, "utf8");
  }
}
