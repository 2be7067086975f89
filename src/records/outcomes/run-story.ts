import type { Diagnostic } from "../../domain/errors.ts";
import { isSuccess } from "../../domain/ending.ts";
import type { RunEnd } from "../../domain/events.ts";
import type { TaskResult } from "../../domain/result.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { readJournal } from "../journal/read.ts";
import type { OutcomeTable } from "./outcome-table.ts";

/** One run of those that have written to a journal, or what a status file lets see of one. Unix times in seconds. */
export interface Session {
  readonly jobId: string;
  readonly taskFile: string;
  /** Tasks of the list, where that is known. */
  readonly total: number | undefined;
  readonly started: number;
  /** When the last thing happened in it. */
  last: number;
  /** Why it ended; undefined for one that goes on, or whose driver has died. */
  reason: RunEnd | undefined;
}

/** An engine, from its joining to its end. */
interface EngineLife {
  readonly rank: number;
  readonly node: string;
  readonly slots: number;
  readonly from: number;
  /** Infinity for one of which no end is known. */
  to: number;
  lost: boolean;
}

/** What a journal tells of a run beside the outcomes of tasks. */
export interface RunStory {
  readonly sessions: readonly Session[];
  readonly engines: readonly EngineLife[];
  /** Starts of tasks that brought no outcome, and the seconds that they took, as far as they are known. */
  readonly wasted: { readonly attempts: number; readonly seconds: number };
  /** Tries that have failed and were followed by another, or were to be, and the seconds that they took. */
  readonly retries: {
    readonly tries: number;
    readonly seconds: number;
    /** Tasks that they were of, and those of them that have succeeded later. */
    readonly tasks: ReadonlySet<number>;
    readonly succeeded: ReadonlySet<number>;
  };
  /** Tasks that were cut short by the end of their run or engine, and not given out again since. */
  readonly cutShort: ReadonlySet<number>;
  /** Per-engine commands by what they were: when, line and command. */
  readonly perEngine: readonly { readonly when: "start" | "stop"; readonly line: number; readonly command: string }[];
}

/**
 * Reads a journal, and tells the table where its tasks ran.
 *
 * @throws UserError as `readJournal` does.
 */
export function readStory(
  path: string,
  table: OutcomeTable,
  firstEngine: number,
  onWarning: (warning: Diagnostic) => void,
): RunStory {
  const fold = new StoryFold(table, firstEngine);
  for (const entry of readJournal(path, onWarning)) fold.note(entry);
  return fold.story();
}

class StoryFold {
  readonly #table: OutcomeTable;
  readonly #firstEngine: number;
  readonly #sessions: Session[] = [];
  readonly #engines: EngineLife[] = [];
  /** Engines of the session by their ranks, as numbers in `#engines`. */
  #ranks = new Map<number, number>();
  readonly #perEngine = new Map<string, RunStory["perEngine"][number]>();
  #attempts = 0;
  #seconds = 0;
  readonly #cutShort = new Set<number>();
  #tries = 0;
  #triesSeconds = 0;
  readonly #retried = new Set<number>();
  readonly #succeededLater = new Set<number>();
  /** By task id: which try of a task without an outcome has failed last. */
  readonly #lastTries = new Map<number, number>();

  /** @param firstEngine number of the first engine here, for the table: engines of other runs have the numbers before. */
  constructor(table: OutcomeTable, firstEngine: number) {
    this.#table = table;
    this.#firstEngine = firstEngine;
  }

  /** Takes note of an entry. */
  note(entry: JournalEntry): void {
    const session = this.#sessions.at(-1);
    if (session !== undefined && entry.type !== "run-started") session.last = Math.max(session.last, entry.time);
    switch (entry.type) {
      case "run-started":
        this.#begin(entry);
        break;
      case "engine-joined": {
        const { rank, node, slots } = entry.engine;
        this.#ranks.set(rank, this.#engines.length);
        this.#engines.push({ rank, node, slots, from: entry.time, to: Infinity, lost: false });
        break;
      }
      case "engine-left":
      case "engine-lost":
        this.#end(entry.engine, entry.time, entry.type === "engine-lost");
        break;
      case "task-assigned":
        this.#cutShort.delete(entry.task.id);
        break;
      case "task-retrying":
        this.#retry(entry.result);
        break;
      case "task-finished":
        this.#place(entry.result);
        if (this.#lastTries.size > 0) this.#endRetries(entry.result);
        break;
      case "task-interrupted":
        this.#cutShort.add(entry.result.taskId);
        // The last try of a task that waited for its next one has been told of.
        if (this.#lastTries.get(entry.result.taskId) !== entry.result.attempt) this.#waste(entry.result);
        break;
      case "task-superseded":
        this.#waste(entry.result);
        break;
      case "per-engine-finished": {
        const { when, line, command } = entry.command;
        this.#perEngine.set(`${when} ${line}`, { when, line, command });
        break;
      }
      case "run-ended":
        this.#endSession(entry.time);
        if (session !== undefined) session.reason = entry.reason;
        break;
      default:
    }
  }

  story(): RunStory {
    return {
      sessions: this.#sessions,
      engines: this.#engines,
      wasted: { attempts: this.#attempts, seconds: this.#seconds },
      retries: {
        tries: this.#tries,
        seconds: this.#triesSeconds,
        tasks: this.#retried,
        succeeded: this.#succeededLater,
      },
      cutShort: this.#cutShort,
      perEngine: [...this.#perEngine.values()],
    };
  }

  #begin({ jobId, taskFile, total, time }: Extract<JournalEntry, { readonly type: "run-started" }>): void {
    // One whose driver has died has said nothing of its end.
    this.#endSession(this.#sessions.at(-1)?.last ?? time);
    this.#sessions.push({ jobId, taskFile, total, started: time, last: time, reason: undefined });
    this.#ranks = new Map();
    this.#perEngine.clear();
  }

  #endSession(time: number): void {
    for (const rank of this.#ranks.keys()) this.#end(rank, time, false);
  }

  #end(rank: number, time: number, lost: boolean): void {
    const engine = this.#engines[this.#ranks.get(rank) ?? -1];
    if (engine === undefined || engine.to !== Infinity) return;
    engine.to = time;
    engine.lost = lost;
  }

  #place({ taskId, start, engine, slot, usage }: TaskResult): void {
    const row = this.#table.startedAt(taskId, start);
    if (row < 0) return;
    if (usage !== undefined) this.#table.setUse(row, usage.cpu, usage.peak);
    const number = this.#ranks.get(engine);
    if (number !== undefined) this.#table.place(row, this.#firstEngine + number, slot);
  }

  #retry({ taskId, attempt, start, finish }: TaskResult): void {
    this.#tries++;
    this.#triesSeconds += Math.max(0, finish - start);
    this.#retried.add(taskId);
    this.#lastTries.set(taskId, attempt);
  }

  #endRetries({ taskId, ending }: TaskResult): void {
    if (this.#lastTries.delete(taskId) && isSuccess(ending)) this.#succeededLater.add(taskId);
  }

  #waste({ start, finish }: TaskResult): void {
    this.#attempts++;
    this.#seconds += Math.max(0, finish - start);
  }
}
