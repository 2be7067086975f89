import type { FinishedTask } from "../domain/finished-task.ts";
import type { Outcome } from "./outcome.ts";
import { refuseNoSettings } from "./read-settings.ts";
import { Session } from "./session.ts";
import type { DisBatcherSettings } from "./settings.ts";

/** Lines are taken from the list while fewer tasks than this have no result. */
const WINDOW = 10_000;

/** Settings of a run of a list. */
export interface RunOptions extends DisBatcherSettings {
  /** Told of each result, in the order of finishing; the next one waits for what it returns. What it throws stops the run. */
  readonly onResult?: ((result: FinishedTask) => void | Promise<void>) | undefined;
}

/**
 * Runs all tasks of a list.
 *
 * @param tasks lines of a task file. A list that is made as it is read is read no further than some 10,000 tasks ahead of the results.
 * @returns what came of the run.
 * @throws DisBatchError as `done()` of a DisBatcher; of a line that is refused, when all has ended that ran. Its place is the line of the
 *   whole list.
 * @throws what the list or `onResult` throws, when all has ended that ran.
 */
export async function run(options: RunOptions, tasks: Iterable<string> | AsyncIterable<string>): Promise<Outcome> {
  refuseNoSettings(options);
  const { onResult, ...settings } = options;
  const lines = iteratorOf(tasks);
  if (onResult !== undefined && typeof onResult !== "function") throw new TypeError("onResult must be a function");
  const session = new Session(settings);
  try {
    const submitting = submitAll(session, lines);
    await (onResult === undefined ? submitting : Promise.all([submitting, tellAll(session, onResult)]));
  } catch (error) {
    await session.stop(true).catch(() => undefined);
    throw error;
  }
  return session.ended;
}

async function submitAll(session: Session, lines: AnyIterator): Promise<void> {
  const { list, results } = session;
  let wake: (end: IteratorReturnResult<undefined>) => void = () => undefined;
  const ended = session.ended.catch(() => undefined).then(() => wake(END));
  try {
    // A run may end by itself.
    while (!list.isEnded) {
      const step = lines.next();
      // Whoever makes the lines may never make another.
      const next = await new Promise<IteratorResult<string, unknown>>((resolve, reject) => {
        wake = resolve;
        Promise.resolve(step).then(resolve, reject);
      });
      if (next.done === true || list.isEnded) break;
      session.submit(next.value, { from: "tasks" });
      while (session.unfinished >= WINDOW && !list.isEnded) await results.grown();
    }
  } finally {
    // Such a one may never return, either.
    Promise.resolve(lines.return?.()).catch(() => undefined);
  }
  session.end().catch(() => undefined);
  await ended;
}

async function tellAll({ results }: Session, onResult: NonNullable<RunOptions["onResult"]>): Promise<void> {
  for await (const result of results.inOrder()) await onResult(result);
}

type AnyIterator = Iterator<string> | AsyncIterator<string>;

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

function iteratorOf(tasks: Iterable<string> | AsyncIterable<string>): AnyIterator {
  // A text is a list of its letters.
  if (typeof tasks === "object" && tasks !== null) {
    if (Symbol.asyncIterator in tasks) return tasks[Symbol.asyncIterator]();
    if (Symbol.iterator in tasks) return tasks[Symbol.iterator]();
  }
  throw new TypeError("tasks must be a list of lines, or something that yields lines");
}
