import { closeSync, readSync, fstatSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../../domain/errors.ts";
import { excerpt } from "../../domain/excerpt.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { appendOwnFile, openOwnFile, reasonOf } from "../../files/own-file.ts";
import type { KvsAddress } from "../../kvs/address.ts";
import type { KvsTaskSource } from "../../tasks/kvs/kvs-task-source.ts";
import { callersLost } from "./lost-callers.ts";
import { STATUS_KEY } from "./status-key.ts";
import { endEarlierCommand, faultOf, TaskCommand, type TaskCommandRequest } from "./task-command.ts";

/** Seconds that a task command has to end by itself when all its tasks are done. */
const PATIENCE = 10;
/** What a command has put arrives while a server answers so many requests that came after it. */
const QUIET_ANSWERS = 5;
/** The run has time for others when so many turns in a row have taken less than so many milliseconds; it is looked so often at the most. */
const CALM_LOOKS = 5;
const CALM_MS = 4;
const MOST_LOOKS = 200;
/** Bytes at the end of its output that are looked at for its last words. */
const TAIL_BYTES = 4096;

/** What a task command works with. */
interface CommandMeans {
  /** Where its output goes. */
  readonly log: string;
  readonly address: KvsAddress;
  readonly source: KvsTaskSource;
  /** How many had sent something to the server, and closed before anybody could tell whose they were: it is not taken. */
  readonly lostCallers: () => number;
  /** Resolves when the run has time for whoever calls. */
  readonly ready: Promise<unknown>;
}

/** Told how it went. */
interface CommandListener {
  /** The command has ended well, and its tasks have all been taken. */
  succeeded(): void;
  /** The command has failed, and has not said that there are no more tasks. */
  failed(error: UserError): void;
  warn(message: string): void;
}

/** A task command from its start to its end, and what that means for the list of tasks. */
export class CommandRun {
  readonly #request: Omit<TaskCommandRequest, "output">;
  readonly #means: CommandMeans;
  readonly #listener: CommandListener;
  readonly #hurried = new AbortController();
  #command: TaskCommand | undefined;
  #isClosing = false;
  /** How the command failed when all of its tasks were known. */
  #late: UserError | undefined;
  #whole: Promise<void> = Promise.resolve();

  constructor(request: Omit<TaskCommandRequest, "output">, means: CommandMeans, listener: CommandListener) {
    this.#request = request;
    this.#means = means;
    this.#listener = listener;
  }

  /** Starts it, once nothing of an earlier one is left. */
  begin(): Promise<void> {
    this.#whole = this.#run();
    return this.#whole;
  }

  /** Nobody waits for it any more. */
  hurry(): void {
    this.#hurried.abort();
    this.#command?.hurry();
  }

  /**
   * The run is over.
   *
   * @param isDone all tasks are done: then it may end by itself, for some seconds.
   * @returns how it has failed, if nobody has been told.
   */
  async close(isDone: boolean): Promise<UserError | undefined> {
    const command = this.#command;
    if (isDone && command !== undefined && !command.hasEnded) {
      const { signal } = this.#hurried;
      await Promise.race([command.ended, delay(PATIENCE * 1000, undefined, { signal }).catch(() => undefined)]);
    }
    if (command?.hasEnded === false) {
      this.#isClosing = true;
      if (isDone) this.#listener.warn("all tasks are done, and the task command has not ended: it is ended now");
    }
    await command?.end();
    this.#isClosing = true;
    await this.#whole;
    return this.#late;
  }

  async #run(): Promise<void> {
    const { source, lostCallers } = this.#means;
    await this.#untilCalm();
    if (this.#request.isRecovered) await endEarlierCommand(this.#request.mark);
    const output = this.#isClosing ? undefined : this.#openLog();
    if (output === undefined) return;
    this.#command = new TaskCommand({ ...this.#request, output });
    const end = await this.#command.ended;
    if (this.#isClosing) return;
    await this.#untilQuiet();
    const fault = faultOf(end);
    if (fault === undefined) return this.#noteSuccess(lostCallers());
    const error = this.#errorOf(fault);
    if (source.isEnded) this.#late = error;
    else this.#listener.failed(error);
  }

  /**
   * Ends the list, if the command has not done so itself.
   *
   * @param lost callers that may have been anybody's, and had put something. They are no failure of a command of which anything
   *   has been taken: else whoever else is on this machine could end its run.
   */
  #noteSuccess(lost: number): void {
    const { source } = this.#means;
    if (!source.isEnded && !source.hasSignedIn) {
      if (lost > 0 && !source.hasTasks) return this.#listener.failed(this.#nobodyKnown(lost));
      if (lost === 0) this.#listener.warn(this.#saidNothing());
    }
    source.end();
    this.#listener.succeeded();
  }

  /** A command that calls and ends at once has to be looked at in that moment: see the owners of sockets. */
  async #untilCalm(): Promise<void> {
    await this.#means.ready.catch(() => undefined);
    for (let calm = 0, looks = 0; calm < CALM_LOOKS && looks < MOST_LOOKS; looks++) {
      const from = performance.now();
      await delay(1);
      calm = performance.now() - from < CALM_MS ? calm + 1 : 0;
    }
  }

  /** Resolves when what it had put before it ended has been taken. */
  async #untilQuiet(): Promise<void> {
    const { address, source } = this.#means;
    try {
      const { connectKvs } = await import("../../kvs/client.ts");
      const values = await connectKvs(address);
      let quiet = 0;
      do {
        const { taken } = source;
        await values.view(STATUS_KEY);
        quiet = source.taken === taken ? quiet + 1 : 0;
      } while (quiet < QUIET_ANSWERS && !source.isEnded);
      await values.close();
    } catch {
      // The server is gone, of which others tell.
    }
  }

  #openLog(): number | undefined {
    const { log } = this.#means;
    try {
      return appendOwnFile(log);
    } catch (error) {
      const message = `the task command is not started: its output cannot be kept in ${log}: ${reasonOf(error)}`;
      this.#listener.failed(new UserError("task-command-failed", message, { exitCode: EXIT.unfinished, cause: error }));
      return undefined;
    }
  }

  #errorOf(fault: string): UserError {
    const { log } = this.#means;
    const words = lastWords(log);
    const message = `the task command ${fault}${words === "" ? "" : `: ${words}`} (its output is in ${log})`;
    return new UserError("task-command-failed", message, { exitCode: EXIT.unfinished });
  }

  #nobodyKnown(lost: number): UserError {
    const message = `the task command has ended and has not signed in on the key-value server; ${callersLost(lost)}`;
    return new UserError("task-command-failed", message, { exitCode: EXIT.unfinished });
  }

  #saidNothing(): string {
    const way = "for a command that prints its tasks write: COMMAND | disbatch -";
    return `the task command has ended and has not signed in on the key-value server: there are no tasks (${way})`;
  }
}

/** The last line that is not empty. */
function lastWords(path: string): string {
  try {
    const fd = openOwnFile(path, "others");
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString().split("\n");
      return excerpt(lines.findLast((line) => line.trim() !== "") ?? "");
    } finally {
      closeSync(fd);
    }
  } catch {
    return "";
  }
}
