import { UserError } from "../../domain/errors.ts";
import { messageOf } from "../../domain/system-error.ts";
import type { TaskSource } from "../../domain/source.ts";
import type { StreamItem, Task, TaskOutcome } from "../../domain/task.ts";
import { type KeyValues, textValue } from "../../kvs/key-values.ts";
import type { OpenList } from "../sources/open-list.ts";
import type { Deliveries } from "./deliveries.ts";
import { RepeatedLines } from "./repeated-lines.ts";
import { resultText } from "./result-text.ts";
import { type SignIn, takeSignIn, textOf } from "./sign-in.ts";

/** What a source begins with that takes the tasks of programs. */
export interface FeedOptions {
  /** How the program signed in, where an earlier driver of the run has taken that. */
  readonly signIn: SignIn | undefined;
  /** Told how the program has signed in. */
  readonly onSignIn: (signIn: SignIn) => void;
  /** Lines that were submitted before, and that are to come again; none where the program goes on with new ones. */
  readonly repeated: readonly string[];
  /** Where they stand, for messages. */
  readonly keptIn: string;
  readonly deliveries: Deliveries;
  /** Told of a line that cannot be used. */
  readonly failed: (error: UserError) => void;
  /** Told why the server cannot be asked any more. */
  readonly lost: (reason: string) => void;
  /** Told what the user should know, in one line. */
  readonly warn: (message: string) => void;
}

/**
 * Takes the lines that a program puts on a key-value server into a list of tasks, each as it arrives, and puts there what came
 * of the tasks. The protocol is that of disBatch.
 */
export class KvsTaskSource implements TaskSource {
  readonly #list: OpenList;
  readonly #closed = new AbortController();
  #results: { readonly values: KeyValues; readonly key: string; readonly deliveries: Deliveries } | undefined;
  /** What came of tasks before the program had signed in. */
  #unheard: (readonly [task: Task, outcome: TaskOutcome])[] = [];
  #hasSignedIn = false;
  /** Values that have been taken from the task key. */
  #taken = 0;

  constructor(list: OpenList) {
    this.#list = list;
  }

  get name(): string {
    return this.#list.name;
  }

  get total(): number | undefined {
    return this.#list.total;
  }

  get hasSignedIn(): boolean {
    return this.#hasSignedIn;
  }

  /** Whether it has any tasks, from whichever program. */
  get hasTasks(): boolean {
    return this.#list.ids > 0;
  }

  /** How many values have been taken from the task key. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether nothing more is taken. */
  get isEnded(): boolean {
    return this.#list.isEnded;
  }

  /**
   * Takes what the program submits until it has said that there is no more, or has made a mistake.
   *
   * @returns when nothing more is taken, whyever.
   */
  async feed(values: KeyValues, options: FeedOptions): Promise<void> {
    const { signal } = this.#closed;
    try {
      const signIn = options.signIn ?? (await takeSignIn(values, signal));
      this.#hasSignedIn = true;
      options.onSignIn(signIn);
      this.#hear(values, signIn.resultKey, options.deliveries);
      if (this.isEnded) return;
      await this.#takeLines(values, signIn, options);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof UserError && !error.code.startsWith("kvs-")) options.failed(error);
      else options.lost(messageOf(error));
    }
  }

  /** Nothing more is submitted. */
  end(): void {
    this.#list.end();
  }

  next(limit: number): Promise<readonly StreamItem[]> {
    return this.#list.next(limit);
  }

  settled(task: Task, outcome: TaskOutcome): void {
    if (this.#results === undefined) this.#unheard.push([task, outcome]);
    else this.#put(task, outcome);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#list.close();
  }

  #hear(values: KeyValues, key: string, deliveries: Deliveries): void {
    this.#results = { values, key, deliveries };
    for (const [task, outcome] of this.#unheard) this.#put(task, outcome);
    this.#unheard = [];
  }

  #put(task: Task, outcome: TaskOutcome): void {
    if (this.#results === undefined || this.#results.deliveries.has(task.id)) return;
    const { values, key, deliveries } = this.#results;
    values.put(`${key} ${task.id}`, textValue(resultText(task, outcome), "JSON"));
    values.put(`${key} done tasks`, textValue(String(task.id)));
    deliveries.sent(values, task.id);
  }

  async #takeLines(
    values: KeyValues,
    { name, doneTask, taskKey }: SignIn,
    { repeated, keptIn, warn }: FeedOptions,
  ): Promise<void> {
    const lines = new RepeatedLines(repeated, name, keptIn);
    for (;;) {
      const text = textOf(await values.get(taskKey, this.#closed.signal), taskKey);
      if (this.isEnded) return;
      this.#taken++;
      if (isSameLine(text, doneTask)) break;
      const fresh = lines.withoutThose(text);
      if (fresh !== undefined) this.#list.submit(fresh, { from: name });
    }
    if (lines.left > 0) {
      warn(`${name} has ended before it gave all lines again that the run had: those run all the same`);
    }
    this.#list.end();
  }
}

/** Whether both are the same line, with or without a newline. */
function isSameLine(a: string, b: string): boolean {
  return a.replace(/\n$/, "") === b.replace(/\n$/, "");
}
