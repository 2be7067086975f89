import type { Command } from "commander";
import type { DriverLine } from "../control/driver-line.ts";
import { TaskWaiter } from "../control/task-waiter.ts";
import { UserError } from "../domain/errors.ts";
import { EXIT, type ExitCode } from "../domain/exit-codes.ts";
import type { FinishedTask } from "../domain/finished-task.ts";
import type { IdRange } from "../domain/run-results.ts";
import { openPastRun } from "../records/past/past-run.ts";
import { findRun } from "../run/files/find-run.ts";
import type { RunFiles } from "../run/files/run-files.ts";
import { type Program, programName } from "../run/program-name.ts";
import { newCommand, readCommandLine } from "./command-line.ts";
import { idRange } from "./id-range.ts";
import { print, show } from "./standard-output.ts";
import { OUT_OF_REACH } from "./with-run.ts";

/** The operands of `disbatch wait`. */
export function describeWait(): Command {
  return newCommand("disbatch wait")
    .description(
      "Prints what came of tasks, a line of JSON for each as it finishes, those first that have finished. Exit code 1 when one of them failed.",
    )
    .usage("PREFIX [ID...]")
    .argument("<PREFIX>", "the run: its prefix, any file of it, or its folder")
    .argument(
      "[ID...]",
      "numbers of tasks, or ranges of them such as 10-20 (default: all, until the run ends)",
      idRange,
    );
}

/** Does what `disbatch wait` is asked for. @throws UserError, with exit code 3 for a run that has ended without these tasks. */
export async function startWait({ args, command }: Program): Promise<ExitCode> {
  const described = describeWait();
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [prefix, ...ids] = described.args;
  const files = findRun(prefix, process.cwd());
  return waitFor(files, programName(command, process.env), ids.length === 0 ? undefined : ids.map(idRange));
}

/**
 * Prints what comes of tasks as they finish.
 *
 * @param line of the run, when it has been called already.
 * @returns exit code 1 when one of them has failed.
 * @throws UserError as `TaskWaiter` does.
 */
export async function waitFor(
  files: RunFiles,
  words: readonly string[],
  ranges: readonly IdRange[] | undefined,
  line?: DriverLine,
): Promise<ExitCode> {
  let anyFailed = false;
  const lines = new Printer();
  const take = (finished: FinishedTask): void => {
    anyFailed ||= !finished.succeeded;
    lines.add(`${JSON.stringify(finished)}\n`);
  };
  const waiter = new TaskWaiter({ contact: files.contact, words, ranges, take, records: () => pastResults(files) });
  try {
    // Nobody waits when nobody reads.
    void lines.unread.then(() => waiter.stop());
    await waiter.wait(line);
    await lines.done();
  } catch (error) {
    await lines.done();
    if (!(error instanceof UserError)) throw error;
    const exitCode = OUT_OF_REACH.has(error.code) ? EXIT.unfinished : error.exitCode;
    throw new UserError(error.code, `${files.prefix}: ${error.message}`, { exitCode, cause: error });
  }
  return anyFailed ? EXIT.failed : EXIT.done;
}

async function pastResults(files: RunFiles) {
  const run = await openPastRun(files);
  const { results, state } = run;
  return {
    knownEnd: results.knownEnd,
    isFinished: (id: number) => results.isFinished(id),
    finished: (ids: readonly number[]) => results.finished(ids),
    isDone: state.reason === "done",
    close: () => run.close(),
  };
}

/** Prints lines in their order, many at once when they come fast. */
class Printer {
  /** Resolves when nothing more can be printed, since nobody reads it or for another reason. */
  readonly unread: Promise<void>;
  #text = "";
  #printing: Promise<void> = Promise.resolve();
  #isUnread: () => void = () => undefined;
  #failure: unknown;

  constructor() {
    this.unread = new Promise((resolve) => (this.#isUnread = resolve));
  }

  add(line: string): void {
    if (this.#text === "") this.#printing = this.#printing.then(() => this.#print());
    this.#text += line;
  }

  /** Resolves when all has been printed. @throws UserError as `print` does. */
  async done(): Promise<void> {
    await this.#printing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #print(): Promise<void> {
    const text = this.#text;
    this.#text = "";
    try {
      if (text !== "" && !(await print(text))) this.#isUnread();
    } catch (error) {
      this.#failure = error;
      this.#isUnread();
    }
  }
}
