import { statSync } from "node:fs";
import type { Diagnostic } from "../../domain/errors.ts";
import type { RunEvent } from "../../domain/events.ts";
import type { OutputBlock } from "../../domain/output.ts";
import type { TaskResult } from "../../domain/result.ts";
import { removeFile } from "../../files/remove-file.ts";
import { JOURNAL_HEADER, type JournalEntry } from "../journal/entry.ts";
import { formatEvent } from "../journal/format.ts";
import { checkJournal, isWholeEntry, readJournal } from "../journal/read.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { OutputStore } from "../output/output-store.ts";
import { formatRecord } from "../statusfile/format.ts";
import { HEADER_LINE } from "../statusfile/record.ts";
import { type DriverProcess, recordOf } from "../statusfile/record-of.ts";
import { entriesOf } from "./entries-of.ts";
import type { JournaledRun } from "./journaled-run.ts";
import { RunFold } from "./run-fold.ts";
import { perEngineKey, StatusLines } from "./status-lines.ts";
import { findUndelivered, type Undelivered } from "./undelivered.ts";

/** The records of a run whose driver has died. */
export interface RunRecords {
  /** Beginning of the paths of all files of the run. */
  readonly prefix: string;
  readonly status: string;
  /** Size of the status file when the run began, in bytes: what stands before is of earlier runs. */
  readonly statusFrom: number;
  /** The columns are named in the first line of a new status file. */
  readonly statusHeader: boolean;
  readonly journal: string;
  /** Size of the journal when the run began, in bytes. */
  readonly journalFrom: number;
  /** The driver that began the run; it stands in the lines of barriers. */
  readonly driver: DriverProcess;
  /** The certificate of the run's engines, as PEM. */
  readonly engineCertificate: string;
  /** Opens what keeps the output of the run's tasks; undefined where nothing is kept. */
  readonly openOutput?: (() => OutputStore | undefined) | undefined;
}

/** Told what the records hold. */
export interface RecoveryListener {
  /** Every event of the run so far, in order, as `RunFold` tells them. */
  event(event: RunEvent): void;
  /** Something that was found cannot be used, such as lines of the journal that are none. */
  warning(warning: Diagnostic): void;
  /** A torn last line was dropped from one of the files. @param text says of which, and what it was. */
  dropped(text: string): void;
}

/** Lines that are held before they are written. */
const BATCH = 1000;

/**
 * Reads what a run had come to, and mends its records: last lines that are torn are dropped, and an outcome that stands in
 * the status file or in the journal, or was left behind by an engine, stands in both afterwards. Otherwise files are only
 * appended to, so that whoever is killed doing this can do it again.
 *
 * @throws UserError when a file cannot be read or is no record of a run, LedgerError when one cannot be written.
 */
export async function recoverRun(records: RunRecords, listener: RecoveryListener): Promise<JournaledRun> {
  const recovery = new RecordMender(records, listener);
  let failed = true;
  try {
    recovery.readJournal();
    recovery.addStatusLines();
    const taken = recovery.addUndelivered();
    failed = false;
    await recovery.close();
    await keepOutput(
      taken.flatMap(({ output }) => output),
      records,
    );
    // The end of the run tries again, and tells of those that stay.
    for (const { path } of taken) removeFile(path);
    return recovery.result();
  } finally {
    if (failed) await recovery.close().catch(() => undefined);
  }
}

/** Resolves when it is on the disk, as far as there is room for it. What comes twice is told apart by whoever reads it. */
async function keepOutput(output: readonly OutputBlock[], { openOutput }: RunRecords): Promise<void> {
  const store = output.length === 0 ? undefined : openOutput?.();
  if (store === undefined) return;
  for (const block of output) await new Promise<void>((done) => store.keep(block, done));
  await store.close();
}

class RecordMender {
  readonly #records: RunRecords;
  readonly #listener: RecoveryListener;
  readonly #lines: StatusLines;
  readonly #fold: RunFold;
  readonly #status: Ledger;
  readonly #journal: Ledger;
  readonly #journalFrom: number;
  #driver: DriverProcess;
  /** Records of the status file that the journal has, too. */
  #inBoth = 0;
  readonly #perEngineSeen = new Set<string>();
  #held = 0;

  constructor(records: RunRecords, listener: RecoveryListener) {
    this.#records = records;
    this.#listener = listener;
    this.#driver = records.driver;
    checkJournal(records.journal);
    this.#status = Ledger.append(records.status);
    this.#journal = Ledger.append(records.journal, { isWhole: isWholeEntry });
    for (const { dropped } of [this.#status, this.#journal]) if (dropped !== undefined) listener.dropped(dropped);
    // What was torn when the run began may have been dropped only now.
    this.#journalFrom = Math.min(records.journalFrom, statSync(records.journal).size);
    this.#lines = new StatusLines(records.status, Math.min(records.statusFrom, statSync(records.status).size));
    this.#fold = new RunFold(this.#lines);
    if (this.#status.startedEmpty && records.statusHeader) this.#status.write(HEADER_LINE);
    if (this.#journal.startedEmpty) this.#journal.write(JOURNAL_HEADER);
  }

  /** Brings to the status file what only the journal has. */
  readJournal(): void {
    const onWarning = (warning: Diagnostic): void => this.#listener.warning(warning);
    for (const entry of readJournal(this.#records.journal, onWarning, { from: this.#journalFrom })) {
      const event = this.#take(entry);
      if (event !== undefined) this.#recordUnlessThere(event);
    }
  }

  /** Brings to the journal what only the status file has. */
  addStatusLines(): void {
    if (this.#inBoth === this.#lines.size) return;
    const wanted = {
      id: (id: number) => !this.#fold.settled(id),
      perEngine: (key: string) => !this.#perEngineSeen.has(key),
    };
    this.#lines.eachOf(wanted, (record) => {
      for (const entry of entriesOf(record, this.#fold)) this.#journalize(entry);
    });
  }

  /** Brings to both what engines have left, unless another engine has the task by now. @returns the files. */
  addUndelivered(): Undelivered[] {
    const files = findUndelivered({
      prefix: this.#records.prefix,
      certificate: this.#records.engineCertificate,
      isWanted: (engineId) => this.#fold.knowsEngine(engineId),
      warning: (warning) => this.#listener.warning(warning),
    });
    for (const { engineId, results } of files) {
      for (const result of results) if (this.#isWanted(engineId, result)) this.#addResult(result);
    }
    return files;
  }

  /** Resolves when everything is on the disk. */
  async close(): Promise<void> {
    try {
      await this.#status.close();
    } finally {
      await this.#journal.close();
    }
  }

  result(): JournaledRun {
    return this.#fold.result();
  }

  #take(entry: JournalEntry): RunEvent | undefined {
    if (entry.type === "run-recovered") this.#driver = { node: entry.host, pid: entry.pid };
    const event = this.#fold.take(entry);
    if (event !== undefined) this.#listener.event(event);
    return event;
  }

  #recordUnlessThere(event: RunEvent): void {
    if (event.type === "task-skipped") return this.#note(this.#lines.now(event.skipped.task.id));
    const record = recordOf(event, this.#driver);
    if (record === undefined) return;
    const there = record.kind === "per-engine" ? this.#hasCommand(perEngineKey(record)) : this.#lines.now(record.id);
    this.#note(there);
    if (!there) this.#write(this.#status, formatRecord(record));
  }

  #hasCommand(key: string): boolean {
    this.#perEngineSeen.add(key);
    return this.#lines.hasPerEngine(key);
  }

  #note(inBoth: boolean): void {
    if (inBoth) this.#inBoth++;
  }

  #journalize(entry: JournalEntry): RunEvent | undefined {
    const event = this.#take(entry);
    if (event !== undefined) this.#write(this.#journal, formatEvent(event));
    return event;
  }

  /** The task has no outcome, and is this engine's or waits for its next start, and this is no try that is known to have failed. */
  #isWanted(engineId: string, { taskId, attempt }: TaskResult): boolean {
    const open = this.#fold.openTask(taskId);
    if (open === undefined || open.assignment.attempt < attempt) return false;
    const { engine, assignment, failedAttempt } = open;
    if (attempt <= failedAttempt) return false;
    return engine === undefined || (engine.id === engineId && assignment.attempt === attempt);
  }

  #addResult(result: TaskResult): void {
    const event = this.#journalize(this.#fold.entryOf(result));
    const record = event === undefined ? undefined : recordOf(event, this.#driver);
    if (record !== undefined) this.#write(this.#status, formatRecord(record));
  }

  #write(ledger: Ledger, line: string): void {
    ledger.write(line);
    if (++this.#held % BATCH === 0) ledger.commit();
  }
}
