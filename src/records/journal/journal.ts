import type { RunEvent } from "../../domain/events.ts";
import { JOURNAL_HEADER } from "./entry.ts";
import { formatEvent } from "./format.ts";
import { FreshStarts } from "./fresh-starts.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { LedgerRecord } from "../ledger/ledger-record.ts";

/** A task that runs longer than this, in seconds, has its start in the journal. */
const WORTH_A_LINE = 1;

/** Keeps the journal: every run event, as one line of JSON. The start of a task is one when the task has run for a second. */
export class Journal extends LedgerRecord {
  readonly #now: () => number;
  readonly #fresh = new FreshStarts();

  /** @param now Unix time in seconds, by the clock of the run's events. */
  constructor(ledger: Ledger, now: () => number) {
    super(ledger);
    this.#now = now;
    if (ledger.startedEmpty) ledger.write(JOURNAL_HEADER);
  }

  override handle(event: RunEvent): void {
    if (event.type === "task-started") return this.#fresh.add(event);
    this.#fresh.note(event);
    this.ledger.write(formatEvent(event));
  }

  override commit(): void {
    if (this.#fresh.isAny) this.#writeStarts(this.#now());
    super.commit();
  }

  /** Their lines have the time at which they are written, since lines are in the order of their times. */
  #writeStarts(time: number): void {
    for (const start of this.#fresh.takeUntil(time - WORTH_A_LINE)) this.ledger.write(formatEvent({ ...start, time }));
  }
}
