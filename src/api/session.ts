import type { BegunRun } from "./begun-run.ts";
import { formatDiagnostic } from "../domain/errors.ts";
import type { RunObserver } from "../domain/events.ts";
import type { SubmitOptions } from "../domain/source.ts";
import { termsOfFields, type TermFields } from "../domain/terms/fields.ts";
import { mergeTerms } from "../domain/terms/task-terms.ts";
import { Messages } from "../faces/terminal/messages.ts";
import { refuseTooLittle } from "../node/process/least-resources.ts";
import { openRun } from "../run/open-run.ts";
import { readingOf } from "../run/reading.ts";
import type { Run } from "../run/run.ts";
import { hasKvs } from "../run/settings.ts";
import type { ObservedRun } from "../run/surroundings.ts";
import { VERSION } from "../cli/version.ts";
import type { Reading } from "../tasks/taskfile/parser.ts";
import { OpenList } from "../tasks/sources/open-list.ts";
import { quiet } from "./deferred.ts";
import { engineProgram } from "./engine-program.ts";
import { DisBatchError, type InItsWords, typed } from "./errors.ts";
import { EventReaders } from "./event-readers.ts";
import { failureOf, outcomeOf } from "./outcome-of.ts";
import type { Outcome } from "./outcome.ts";
import { Results } from "./results.ts";
import { readSettings, type ReadSettings } from "./read-settings.ts";
import type { DisBatcherSettings } from "./settings.ts";
import { SubmittedLines } from "./submitted-lines.ts";

/** A run inside this program, from its settings to its outcome. */
export class Session {
  readonly list: OpenList;
  readonly results: Results;
  readonly events = new EventReaders();
  readonly begun: Promise<BegunRun>;
  /** Rejects when the run fails. */
  readonly ended: Promise<Outcome>;
  readonly #reading: Reading;
  #run: Run | undefined;
  #isOver = false;
  /** What the run has failed by. */
  #error: unknown;
  /** The program has said that there are no more tasks. */
  #isComplete = false;
  /** How the program wants the run to end. */
  #stopping: "drain" | "now" | undefined;

  /** Begins it. @throws TypeError and DisBatchError for its settings. */
  constructor(settings: DisBatcherSettings) {
    const read = readSettings(settings);
    const { say, signal } = read;
    const { name } = read.run;
    this.#reading = readingOf(read.run);
    this.list = new OpenList({
      ...this.#reading,
      name,
      onWarning: (warning) => say?.(formatDiagnostic(warning)),
    });
    this.results = new Results((ids) => this.#opened.recall(ids));
    const begun = this.#begin(read);
    this.begun = quiet(begun.then(filesOfRun));
    const abort = (): void => void this.stop(true);
    this.ended = quiet(
      this.#conduct(begun, read.inItsWords).finally(() => signal?.removeEventListener("abort", abort)),
    );
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  }

  /** Tasks and barriers that have been submitted and have not finished. */
  get unfinished(): number {
    return this.list.ids - this.results.count;
  }

  submit(lines: string, how: SubmitOptions = {}): SubmittedLines {
    if (typeof lines !== "string") throw new TypeError("what is submitted must be a text: one or more lines");
    if (this.#isOver && !this.#isComplete) throw nothingMore(this.#error);
    try {
      return new SubmittedLines(this.list.submit(lines, how));
    } catch (error) {
      throw typed(error);
    }
  }

  /** Terms as text. @throws TypeError, and DisBatchError `bad-terms`. */
  termsOf(fields: TermFields): string | undefined {
    if (typeof fields !== "object" || fields === null || Array.isArray(fields))
      throw new TypeError("the terms of tasks must be an object");
    const { isResource = () => false, terms: run } = this.#reading;
    const read = termsOfFields(fields, isResource, mergeTerms(run, this.list.terms));
    if (read.kind === "terms") return read.terms?.text;
    throw new DisBatchError("bad-terms", `${read.message} (${read.hint})`);
  }

  /** There are no more tasks. */
  end(): Promise<Outcome> {
    this.#isComplete = true;
    this.#endList();
    return this.ended;
  }

  /** Ends the run; what runs may finish, unless it is to end now. */
  stop(now: boolean): Promise<Outcome> {
    if (now) this.#stopping = "now";
    else this.#stopping ??= "drain";
    this.#obey();
    return this.end();
  }

  get #opened(): Run {
    if (this.#run === undefined) throw new Error("the run has not begun, and something of it is wanted");
    return this.#run;
  }

  async #begin({ run: settings, args, program, say, inItsWords }: ReadSettings): Promise<Run> {
    try {
      refuseTooLittle();
      const run = await openRun(settings, {
        program: { command: program ?? engineProgram(), args, version: VERSION },
        env: process.env,
        list: this.list,
        observers: (begun) => {
          begun.finished.listen((one) => this.results.add(one));
          return say === undefined ? [this.events] : [this.events, messagesOf(begun, say)];
        },
        say: say ?? (() => undefined),
      });
      this.#run = run;
      this.#obey();
      return run;
    } catch (error) {
      throw typed(error, inItsWords);
    }
  }

  async #conduct(begun: Promise<Run>, inItsWords: InItsWords): Promise<Outcome> {
    try {
      const run = await begun;
      const ended = await run.outcome;
      // Another run may have its files then.
      await run.over;
      const outcome = outcomeOf(ended, run.files);
      const failure = failureOf(ended, outcome, this.#stopping !== undefined, inItsWords);
      if (failure !== undefined) throw failure;
      this.#close(undefined);
      return outcome;
    } catch (error) {
      this.#close(error);
      throw error;
    }
  }

  #close(error: unknown): void {
    this.#isOver = true;
    this.#error = error;
    this.#endList();
    this.results.close(error);
    this.events.end();
  }

  /** When that cannot be kept, whoever recovers the run has to say it again; this run ends all the same. */
  #endList(): void {
    try {
      this.list.end();
    } catch {
      // The run says itself that its records cannot be written.
    }
  }

  #obey(): void {
    if (this.#isOver || this.#stopping === undefined) return;
    if (this.#stopping === "now") this.#run?.terminate("stopped");
    else this.#run?.drain("stopped");
  }
}

/** What tells the program what the command line would show while the run goes on. */
function messagesOf({ counts, files, settings }: ObservedRun, tell: (message: string) => void): RunObserver {
  return new Messages({
    counts,
    utility: files.util,
    hasKvs: hasKvs(settings),
    byHand: "stop({ now: true })",
    tell,
  });
}

function nothingMore(cause: unknown): DisBatchError {
  const why = cause instanceof Error ? ` (${cause.message})` : "";
  return new DisBatchError("run-ended", `the run has ended: nothing can be submitted to it${why}`, { cause });
}

function filesOfRun({ files }: Run): BegunRun {
  const { prefix, status, tasks, journal, log } = files;
  return { prefix, statusFile: status, tasksFile: tasks, journal, log };
}
