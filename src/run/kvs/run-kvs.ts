import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Environment } from "../../domain/environment.ts";
import { UserError } from "../../domain/errors.ts";
import type { RunObserver } from "../../domain/events.ts";
import { EXIT } from "../../domain/exit-codes.ts";
import { plural } from "../../domain/plural.ts";
import type { Barrier } from "../../domain/task.ts";
import { SecretFile } from "../../files/secret-file.ts";
import { formatAddress, type KvsAddress } from "../../kvs/address.ts";
import type { Counts } from "../../records/state/counts.ts";
import { Deliveries } from "../../tasks/kvs/deliveries.ts";
import { IdRanges } from "../../tasks/kvs/id-ranges.ts";
import type { KvsTaskSource } from "../../tasks/kvs/kvs-task-source.ts";
import type { SignIn } from "../../tasks/kvs/sign-in.ts";
import type { RunFiles } from "../files/run-files.ts";
import { BarrierKeys } from "./barrier-keys.ts";
import { CommandRun } from "./command-run.ts";
import type { KvsState } from "../files/kvs-state.ts";
import { callersLost, lostError } from "./lost-callers.ts";
import { openOwnServer, type OpenedValues, useServer, variablesOf } from "./open-values.ts";
import { StatusKey } from "./status-key.ts";

/** Milliseconds between two notes of what has arrived at a server. What arrived after the last one is put once more after a recovery. */
const NOTE_MS = 1_000;
/** Milliseconds that a server has, at the end, to take what has been put. */
const LAST_MS = 5_000;

/** Milliseconds that a program has, at the end, to hear of its last tasks; and between two looks whether it has. */
const HEARING_MS = 10_000;
const LOOK_MS = 50;

/** What a run wants of a key-value server. */
export interface KvsRequest {
  /** A server that is there; undefined for one of the run's own. */
  readonly address: KvsAddress | undefined;
  /** Whether a server of the run's own serves other hosts and users. */
  readonly open: boolean;
  /** Name by which other hosts know this one, where the user has given one. */
  readonly name: string | undefined;
  /** A command for bash that makes the tasks. */
  readonly command: string | undefined;
  readonly files: RunFiles;
  /** What the task command inherits. */
  readonly env: Environment;
  readonly cwd: string;
  /** What an earlier driver of the run has left. */
  readonly earlier: KvsState | undefined;
  readonly warn: (message: string) => void;
}

/** The run that a key-value server is there for. */
export interface ServedRun {
  readonly counts: Counts;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Where the tasks of programs go; undefined when the run has a task file. */
  readonly source: KvsTaskSource | undefined;
  /** Lines that the program has submitted before, to an earlier driver of the run or to the run that is resumed. */
  readonly kept: readonly string[];
  /** Barriers that an earlier driver of the run has passed. */
  readonly passed: readonly Barrier[];
  /** Resolves when what takes longest at the start of a run is done. */
  readonly ready: Promise<unknown>;
  /** Drains the run. */
  fail(error: UserError): void;
  /** Writes something into the log of the run. */
  note(message: string): void;
  noteWarning(message: string): void;
  /** Leaves this for the next driver of the run. */
  leave(state: KvsState): void;
}

/** What a run does with a key-value server: it tells programs where it stands, and takes their tasks. */
export class RunKvs {
  readonly #request: KvsRequest;
  readonly #opened: OpenedValues;
  readonly #info: SecretFile;
  readonly #deliveries: Deliveries;
  readonly #mark: string;
  #run: ServedRun | undefined;
  #signIn: SignIn | undefined;
  #command: CommandRun | undefined;
  #commandEnded: boolean;
  #observers: readonly RunObserver[] = [];
  readonly #hurried = new AbortController();
  #isClosing = false;
  #isGone = false;
  #noteTimer: NodeJS.Timeout | undefined;

  private constructor(request: KvsRequest, opened: OpenedValues) {
    const { earlier, files, warn } = request;
    this.#request = request;
    this.#opened = opened;
    this.#mark = earlier?.mark ?? randomBytes(8).toString("hex");
    this.#signIn = opened.own ? undefined : earlier?.signIn;
    this.#commandEnded = earlier?.commandEnded ?? false;
    // A server of the run's own has died with its driver, and knows nothing any more.
    const known = new IdRanges(opened.own ? [] : earlier?.delivered);
    this.#deliveries = new Deliveries(known, () => this.#noteSoon());
    this.#info = new SecretFile(files.kvsInfo, (why) => warn(`${why}: programs have to be told the address`));
    if (opened.own) this.#info.write(formatAddress(opened.address));
  }

  /** Opens or finds the server. @throws UserError `kvs-unreachable`, `kvs-not-listening`. */
  static async open(request: KvsRequest): Promise<RunKvs> {
    const { address, open, name, earlier, warn } = request;
    let self: RunKvs | undefined;
    const log = {
      info: (line: string) => self?.log(line, false),
      warning: (line: string) => self?.log(line, true),
    };
    const onLost = (): void => self?.noteLost();
    const opened =
      address === undefined
        ? await openOwnServer({ open, name, port: earlier?.own === true ? earlier.port : undefined, log, onLost, warn })
        : await useServer(address);
    self = new RunKvs(request, opened);
    return self;
  }

  /** Puts a line of the server's into the log of the run. */
  log(line: string, isWarning: boolean): void {
    if (isWarning) this.#run?.noteWarning(line);
    else this.#run?.note(line);
  }

  /** A caller is lost that may have been a program of the user's: a run that waits for it would wait for ever. */
  noteLost(): void {
    if (this.#run?.source === undefined || this.#opened.lostCallers() > 1) return;
    this.#warn(callersLost(1));
  }

  /** Variables by which tasks find the server. */
  get variables(): Readonly<Record<string, string>> {
    return variablesOf(this.#opened.address);
  }

  /** The server can be reached from this machine only. */
  get isLoopback(): boolean {
    return this.#opened.own && !this.#request.open;
  }

  /** What is left for the next driver of the run. */
  get state(): KvsState {
    const { own, address } = this.#opened;
    const { host, port } = address;
    const state = { own, host, port, mark: this.#mark, commandEnded: this.#commandEnded };
    const delivered = own ? [] : this.#deliveries.ranges();
    return this.#signIn === undefined ? { ...state, delivered } : { ...state, delivered, signIn: this.#signIn };
  }

  /** The run is there: it is told of, and tasks are taken. @returns who is to be told of its events. */
  serve(run: ServedRun): readonly RunObserver[] {
    this.#run = run;
    const { values } = this.#opened;
    const isRecovered = this.#request.earlier !== undefined;
    this.#observers = [
      new StatusKey(values, run.counts, run.now, isRecovered && !this.#opened.own),
      new BarrierKeys(values, this.#deliveries, run.passed),
    ];
    void values.gone.then((reason) => this.#noteGone(reason));
    return this.#observers;
  }

  /** Takes tasks, and starts the command that makes them, once the lines can be kept. */
  async takeTasks(): Promise<void> {
    const run = this.#run;
    const source = run?.source;
    if (run === undefined || source === undefined) return;
    const { files, command, earlier, env, cwd } = this.#request;
    const { values, own, address } = this.#opened;
    const options = {
      signIn: this.#signIn,
      onSignIn: (signIn: SignIn) => this.#noteSignIn(signIn),
      // Only a program that goes on by itself, with a server that has outlived the driver, goes on where it was.
      repeated: own || command !== undefined ? run.kept : [],
      keptIn: files.tasks,
      deliveries: this.#deliveries,
      failed: (error: UserError) => run.fail(error),
      lost: (reason: string) => this.#noteGone(reason),
      warn: (message: string) => this.#warn(message),
    };
    if (command === undefined) return source.feed(values, options);
    if (this.#commandEnded) return source.end();
    this.#command = new CommandRun(
      { command, env: { ...env, ...this.variables }, cwd, mark: this.#mark, isRecovered: earlier !== undefined },
      { log: files.taskCommandLog, address, source, lostCallers: this.#opened.lostCallers, ready: run.ready },
      {
        succeeded: () => {
          this.#commandEnded = true;
          this.#note();
        },
        failed: (error) => run.fail(error),
        warn: (message) => this.#warn(message),
      },
    );
    await Promise.all([source.feed(values, options), this.#command.begin()]);
  }

  /** Whoever waits at the end of the run does not any more. */
  hurry(): void {
    this.#hurried.abort();
    this.#command?.hurry();
  }

  /**
   * The run is over: the task command has its time to end, what has been put arrives, and the server closes.
   *
   * @param isDone the run has come to the end of its tasks.
   * @returns what went wrong, if anything did that the run has not been told of.
   */
  async close(isDone: boolean): Promise<UserError | undefined> {
    const late = await this.#command?.close(isDone);
    this.#isClosing = true;
    for (const observer of this.#observers) await observer.close?.();
    await this.#flush();
    if (isDone) await this.#untilHeard();
    clearTimeout(this.#noteTimer);
    const left = this.#deliveries.open;
    if (left > 0) this.#warn(`${plural(left, "result")} could not be put on the key-value server`);
    const why = this.#info.remove();
    if (why !== undefined) this.#warn(why);
    await this.#opened.close();
    const lost = isDone && this.#run?.source !== undefined ? this.#opened.lostCallers() : 0;
    return late ?? lostError(lost);
  }

  async #flush(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref());
    await Promise.race([this.#opened.values.flushed().catch(() => undefined), late]);
  }

  /** A program that is there may still want to know what came of its last tasks: with the server that would be lost. */
  async #untilHeard(): Promise<void> {
    const { own, values, callers } = this.#opened;
    if (!own || this.#signIn === undefined || this.#request.command !== undefined) return;
    const key = `${this.#signIn.resultKey} done tasks`;
    const { signal } = this.#hurried;
    const late = performance.now() + HEARING_MS;
    while (callers() > 0 && performance.now() < late && !signal.aborted) {
      const isLeft = await values.view(key, AbortSignal.timeout(1)).then(
        () => true,
        () => false,
      );
      if (!isLeft) return;
      await delay(LOOK_MS);
    }
  }

  #noteSignIn(signIn: SignIn): void {
    this.#signIn = signIn;
    this.#run?.note(`${signIn.name} has signed in, and submits tasks`);
    this.#note();
  }

  #noteGone(reason: string): void {
    if (this.#isClosing || this.#isGone) return;
    this.#isGone = true;
    const { own } = this.#opened;
    // The reason names the address of a server elsewhere.
    const message = own ? `the key-value server of this run is gone: ${reason}` : reason;
    this.#run?.fail(new UserError("kvs-gone", message, { exitCode: EXIT.unfinished }));
  }

  #noteSoon(): void {
    if (this.#opened.own || this.#noteTimer !== undefined || this.#isClosing) return;
    this.#noteTimer = setTimeout(() => {
      this.#noteTimer = undefined;
      this.#note();
    }, NOTE_MS);
    this.#noteTimer.unref();
  }

  #note(): void {
    this.#run?.leave(this.state);
  }

  #warn(message: string): void {
    this.#request.warn(message);
    this.#run?.noteWarning(message);
  }
}
