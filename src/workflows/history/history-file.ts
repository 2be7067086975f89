import { existsSync } from "node:fs";
import { Ledger } from "../../records/ledger/ledger.ts";
import { LedgerRecord } from "../../records/ledger/ledger-record.ts";
import { type Decision, GatheredDecisions } from "./gathered-decisions.ts";
import { HISTORY_HEADER, linesOf } from "./lines.ts";
import type { HistoryRecord } from "./record.ts";

/** Permissions: the document may be one that nobody else may read. */
const FOR_ITS_USER = 0o600;
/** Names of instances that are held before they are written. */
const MOST_HELD = 1000;
/** What was decided about an instance is held for no longer than this, in milliseconds. */
const HELD_FOR = 200;

/** Keeps the history of a workflow: `PREFIX_workflow.jsonl`. One process at a time writes it, which holds the lock of the run. */
export class HistoryFile extends LedgerRecord {
  readonly #decisions = new GatheredDecisions();
  #timer: NodeJS.Timeout | undefined;

  /**
   * Makes the file, or goes on with it; a torn end is dropped.
   *
   * @throws UserError `record-unusable` when that cannot be.
   */
  static open(path: string): HistoryFile {
    const ledger = existsSync(path) ? Ledger.append(path) : Ledger.create(path, undefined, FOR_ITS_USER);
    if (ledger.startedEmpty) ledger.write(HISTORY_HEADER);
    return new HistoryFile(ledger);
  }

  /** Events are no lines: what a workflow is and what it grows by is told by its source. */
  handle(): void {}

  /** Writes records; what rests on them may be done when this returns. @throws LedgerError when they cannot be written. */
  append(...records: readonly HistoryRecord[]): void {
    this.#writeDecisions();
    this.#write(records);
    this.commit();
  }

  /**
   * Keeps what was decided about an instance: together with others, within a moment. Nothing rests on it.
   *
   * @param name of the instance.
   */
  decided(decision: Decision, name: () => string): void {
    this.#decisions.add(decision, name);
    if (this.#decisions.size >= MOST_HELD) this.#writeDecisions();
    else if (this.#decisions.size > 0) this.#timer ??= setTimeout(() => this.#writeNow(), HELD_FOR).unref();
  }

  override close(): Promise<void> {
    this.#writeDecisions();
    return super.close();
  }

  /** They are in the file after the next commit. */
  #writeDecisions(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#write(this.#decisions.take());
  }

  #write(records: readonly HistoryRecord[]): void {
    for (const record of records) for (const line of linesOf(record)) this.ledger.write(line);
  }

  #writeNow(): void {
    this.#writeDecisions();
    try {
      this.commit();
    } catch {
      // The next commit of the run's records meets the same, and says so.
    }
  }
}
