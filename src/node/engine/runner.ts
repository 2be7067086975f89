import { constants } from "node:os";
import { resolve } from "node:path";
import { exited, isSuccess } from "../../domain/ending.ts";
import { NO_LEAK } from "../../domain/result.ts";
import { keepsOutput } from "../../domain/output.ts";
import type { OutputTerms } from "../../domain/output-terms.ts";
import { isFolder } from "../../files/look.ts";
import { BASH, bashArguments, MAX_ARGUMENT } from "../process/bash.ts";
import { programWords } from "../process/program-words.ts";
import { waitAndRetry } from "../process/backoff.ts";
import type { CapturePair, CapturePool } from "../process/capture-pool.ts";
import type { CommandDone, HeardPart, Printed, PrintedPart, StartHow, StreamPositions } from "./workplace.ts";
import { type ChildEnd, notStarted, spawn } from "../process/spawn.ts";
import { noneHeard } from "./heard-tasks.ts";
import { LONGEST_TEXT, noted } from "./noted.ts";
import { Stopwatch } from "./stopwatch.ts";

/** What running commands share. */
export interface RunnerSetup {
  readonly cwd: string;
  readonly captures: CapturePool;
  /** What is kept of what they print. */
  readonly output: OutputTerms;
  /** File descriptor of /dev/null, open for reading. */
  readonly devNull: number;
}

/** How the text begins that says why a command could not be started. */
export const CANNOT_START = "disbatch: cannot start the task: ";

/** A command on its way: waiting for the system to have room for it, or running. */
export class RunningCommand {
  /** Process id of its shell, which leads a process group of that number; -1 while there is none. */
  pid = -1;
  /** When that was started, Unix time in seconds; undefined while there is none. */
  start: number | undefined;
  #files: CapturePair | undefined;
  #abandoned = false;
  /** Somebody wants what it prints, whatever is kept. */
  #isFollowed = false;
  /** What it prints on stdout is heard from this byte on; undefined where nobody hears it. */
  #neededFrom: number | undefined;

  readonly #setup: RunnerSetup;
  readonly #command: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #done: CommandDone;
  readonly #started: ((pid: number, start: number) => void) | undefined;
  readonly #how: StartHow | undefined;
  /** Where it works. */
  readonly #cwd: string;

  /**
   * @param env is read only while a child is being started.
   * @param done is called once, never before this returns.
   * @param started is told of the process as soon as there is one, also before this returns.
   * @param how it is started, where that is not by a bash in the folder of the setup.
   */
  constructor(
    setup: RunnerSetup,
    command: string,
    env: Readonly<Record<string, string | undefined>>,
    done: CommandDone,
    started?: (pid: number, start: number) => void,
    how?: StartHow,
  ) {
    this.#setup = setup;
    this.#command = command;
    this.#env = env;
    this.#done = done;
    this.#started = started;
    this.#how = how;
    if (how?.isHeard === true) this.#neededFrom = 0;
    this.#cwd = how?.workdir === undefined ? setup.cwd : resolve(setup.cwd, how.workdir);
    this.#start(0);
  }

  /** A command that has no process yet is given up; one that has is left to whoever signals its process group. */
  abandon(): void {
    this.#abandoned = true;
  }

  /** Keeps what a long-running command writes from filling the disk. */
  async boundOutput(): Promise<void> {
    if (this.#files !== undefined) await this.#setup.captures.bound(this.#files, this.#neededFrom);
  }

  /** What it has printed on stdout so far, or until its end: see `Running.heard`. */
  heard(from: number, safe: number, most: number): Promise<HeardPart> {
    this.#neededFrom = Math.max(this.#neededFrom ?? 0, safe);
    const output = this.#files?.output;
    if (output === undefined) return Promise.resolve(noneHeard(from));
    return Promise.resolve({ ...output.after(from, most), bytes: output.bytes });
  }

  letGo(): void {
    if (this.#files !== undefined) this.#setup.captures.discard(this.#files);
    this.#files = undefined;
  }

  /** What it has printed so far, from these bytes on. What it prints until its end is kept from now on. */
  printed(from: StreamPositions, most: number): Promise<Printed> {
    this.#isFollowed = true;
    const files = this.#files;
    const none = (at: number): PrintedPart => ({ from: at, data: Buffer.alloc(0) });
    return Promise.resolve({
      stdout: files?.output.after(from.stdout, most) ?? none(from.stdout),
      stderr: files?.error.after(from.stderr, most) ?? none(from.stderr),
    });
  }

  #start(tries: number): void {
    const { captures, devNull } = this.#setup;
    const clock = new Stopwatch();
    let files: CapturePair;
    try {
      files = captures.open();
    } catch (error) {
      return void this.#retry(notStarted(error), tries, clock);
    }
    if (this.#neededFrom !== undefined && captures.isNowhere(files)) {
      captures.discard(files);
      return void this.#retry(noRoom(), tries, clock);
    }
    this.#files = files;
    const stdio = [devNull, files.output.fd, files.error.fd] as const;
    const [file = BASH, ...args] = [...(this.#how?.before ?? []), ...this.#words];
    const request = { file, args, env: this.#env, cwd: this.#cwd, stdio };
    const { pid } = spawn(request, (end, usage) => {
      const isHeard = this.#neededFrom !== undefined;
      if (!isHeard || end.type === "not-started") this.#files = undefined;
      if (end.type === "not-started") {
        captures.discard(files);
        void this.#retry(end, tries, clock);
      } else {
        const ending = end.type === "exited" ? exited(end.code) : end;
        const times = clock.times();
        // Whether what a heard command has printed is of use is known later.
        const isKept = isHeard || this.#isFollowed || keepsOutput(this.#setup.output, ending);
        const kept = isKept ? captures.tail(files, this.#setup.output.limit) : undefined;
        const { output, error } = isHeard ? captures.look(files) : captures.take(files, times.finish - times.start);
        const blamed = isSuccess(ending) ? undefined : captures.blamed(files);
        const told = blamed === undefined ? error : noted(error, blamed);
        this.#done({ pid, ending, ...times, output, error: told, usage }, kept);
      }
    });
    this.pid = pid;
    captures.started(files, pid);
    if (pid <= 0) return;
    this.start = clock.start;
    this.#started?.(pid, clock.start);
  }

  /** What is started: a program with its arguments, or a bash with the command. */
  get #words(): readonly string[] {
    const argv = this.#how?.argv;
    return argv === undefined ? [BASH, ...bashArguments(this.#command)] : programWords(argv, this.#env, this.#cwd);
  }

  async #retry(end: NotStarted, tries: number, clock: Stopwatch): Promise<void> {
    if (!this.#abandoned && (await waitAndRetry(end.errno, tries)) && !this.#abandoned) this.#start(tries + 1);
    else this.#giveUp(end, clock);
  }

  #giveUp(end: NotStarted, clock: Stopwatch): void {
    const text = `${CANNOT_START}${this.#explain(end)}`.slice(0, LONGEST_TEXT);
    const error = { bytes: Buffer.byteLength(text), snippet: text };
    const ending = { type: "not-started", errno: end.errno } as const;
    this.#done({ pid: -1, ending, ...clock.times(), output: NO_LEAK, error });
  }

  #explain(end: NotStarted): string {
    if (end.errno === constants.errno.E2BIG) {
      const length = Math.max(...this.#words.map((argument) => Buffer.byteLength(argument)));
      return length >= MAX_ARGUMENT
        ? `its command has ${length} bytes, and the system passes at most ${MAX_ARGUMENT - 1}`
        : "its command and environment together are too long for the system";
    }
    if ((end.errno === ENOENT || end.errno === ENOTDIR) && !isFolder(this.#cwd)) {
      return `the working directory ${this.#cwd} is missing`;
    }
    return end.reason;
  }
}

const { ENOENT, ENOTDIR } = constants.errno;

/** What a command prints that is heard must not be thrown away. */
function noRoom(): NotStarted {
  return { type: "not-started", errno: constants.errno.ENOSPC, reason: "there is no room for what it prints" };
}

type NotStarted = Extract<ChildEnd, { type: "not-started" }>;
