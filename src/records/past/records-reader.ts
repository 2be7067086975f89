import { existsSync } from "node:fs";
import { type Diagnostic, UserError } from "../../domain/errors.ts";
import { openOwnFile } from "../../files/own-file.ts";
import type { JournalEntry } from "../journal/entry.ts";
import { unreadableJournal } from "../journal/read.ts";
import { foreignLines } from "../ledger/foreign-lines.ts";
import type { RunState } from "../state/run-state.ts";
import {
  type LineCount,
  NAME_A_STATUS_FILE,
  refuseOther,
  type StatusLine,
  StatusLineReader,
} from "../statusfile/line-reader.ts";
import { openStatusFile, unreadableStatusFile } from "../statusfile/open-status-file.ts";
import { StatusText } from "../statusfile/status-text.ts";
import type { BarrierSpans } from "./barrier-spans.ts";
import { GrowingFile, PIECE } from "./growing-file.ts";
import { JournalFold } from "./journal-fold.ts";
import { JournalLines } from "./journal-lines.ts";
import type { PastRecords } from "./past-records.ts";
import { StatusAlone } from "./status-alone.ts";
import { StatusBeside } from "./status-beside.ts";

/** Status files that have been replaced, and stay open for those who still read them. */
const MOST_OLD = 4;
/** A state that was wrong is told anew only when so many times as much time has passed as that takes. */
const CALM = 20;

/** The journal, as far as it has been read, and what the status file adds. */
interface Journaled {
  readonly file: GrowingFile;
  readonly lines: JournalLines;
  fold: JournalFold;
  beside: StatusBeside;
  /** Whether there has been more than one run in it: their lines in the status file are told apart once it has been read. */
  hasSeveral: boolean;
}

/** The status file, read from its beginning on, and here and there; it is open once. */
interface StatusRead {
  readonly file: GrowingFile;
  readonly text: StatusText;
}

/** Where a run stands by what has been read of its records. */
export interface ReadRun {
  readonly state: RunState;
  readonly barriers: BarrierSpans;
}

/** Reads the records of a run piece by piece, and goes on where it has stopped when they have grown. */
export class RecordsReader {
  readonly #records: PastRecords;
  readonly #now: () => number;
  #status: StatusRead;
  #lines = new StatusLineReader();
  #journaled: Journaled | undefined;
  #alone = new StatusAlone();
  /** Why the journal is not read. */
  #problem: Diagnostic | undefined;
  /** Files that have been replaced, the latest last. */
  readonly #old: StatusRead[] = [];
  /** Milliseconds, by the clock that never goes back: when the state was last told anew, and how long that took. */
  #retold = { at: -Infinity, took: 0 };
  /** Becomes larger with whatever is read, and whatever is told of it later. */
  revision = 0;
  /** Whether all has been read that there was when it was last begun at the beginning. */
  isWhole = false;

  /** @param now Unix time in seconds. @throws UserError as `openPastRun` does. */
  constructor(records: PastRecords, now: () => number) {
    this.#records = records;
    this.#now = now;
    this.#status = openStatus(records.status);
    this.#journaled = this.#openJournal();
  }

  get run(): ReadRun {
    return this.#journaled?.fold ?? this.#alone;
  }

  /** What the journal tells; undefined where none is read. */
  get journal(): JournalFold | undefined {
    return this.#journaled?.fold;
  }

  /** The time up to which is known what has happened, Unix time in seconds. */
  get time(): number {
    // Nothing in a file without a task tells of a time.
    return this.#journaled?.fold.time ?? this.#alone.time ?? this.#status.file.written;
  }

  /** The status file, to be read here and there. */
  get text(): StatusText {
    return this.#status.text;
  }

  get warnings(): Diagnostic[] {
    const { status, journal = "" } = this.#records;
    const { foreign = 0, firstForeign = 0 } = this.#journaled?.lines ?? {};
    return [
      ...(this.#problem === undefined ? [] : [this.#problem]),
      ...(foreign === 0 ? [] : [foreignLines("journal", journal, firstForeign, foreign)]),
      ...foreignIn(status, this.#lines),
    ];
  }

  /** How much has been read, from 0 to 1. */
  get progress(): number {
    const files = [this.#status.file, ...(this.#journaled === undefined ? [] : [this.#journaled.file])];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return size === 0 ? 1 : Math.min(1, files.reduce((sum, { offset }) => sum + offset, 0) / size);
  }

  /** Whether the first lines of the status file are of another kind. */
  get looksForeign(): boolean {
    const lines = new StatusLineReader();
    const chunk = this.#status.file.next();
    if (chunk !== undefined) lines.read(chunk, () => undefined);
    this.#status.file.rewind();
    return lines.lines > 0 && lines.foreign === lines.lines;
  }

  /**
   * Reads all that there is, a piece at a time: whoever calls may give way to others in between.
   *
   * @throws UserError `status-file-unreadable`, `no-status-file`.
   */
  *read(): Generator<void, void, void> {
    try {
      this.#renew();
      if (this.#journaled === undefined) yield* this.#readAlone();
      else yield* this.#readBoth();
      const tail = this.#lines.lines === 0 ? this.#status.file.tail() : undefined;
      if (tail !== undefined && tail.bytes.length > 0) this.#lines.read(tail, () => undefined);
      this.#status.file.rest();
      this.#journaled?.file.rest();
    } catch (error) {
      throw error instanceof UserError ? error : unreadableStatusFile(this.#records.status, error);
    }
    refuseOther(this.#records.status, this.#lines, NAME_A_STATUS_FILE);
    this.isWhole = true;
  }

  /** Nobody writes any more: what only one of the files tells counts as it stands. */
  settle(): void {
    this.#journaled?.beside.settle(true);
    this.revision++;
  }

  close(): void {
    for (const { text } of [...this.#old, this.#status]) text.close();
    this.#journaled?.file.close();
  }

  /** Begins anew where files are not the same any more. */
  #renew(): void {
    if (!this.#status.file.isSame) {
      const status = openStatus(this.#records.status);
      this.#old.push(this.#status);
      if (this.#old.length > MOST_OLD) this.#old.shift()?.text.close();
      this.#status = status;
      return this.#begin();
    }
    const hasAppeared = this.#journaled === undefined && this.#problem === undefined && this.#hasJournal();
    if (hasAppeared || this.#journaled?.file.isSame === false) this.#begin();
  }

  #begin(): void {
    this.#journaled?.file.close();
    this.isWhole = false;
    this.#problem = undefined;
    this.#journaled = this.#openJournal();
    this.#readStatusAnew();
    this.#alone = new StatusAlone();
  }

  #readStatusAnew(): void {
    this.#status.file.rewind();
    this.#lines = new StatusLineReader();
    this.revision++;
  }

  #hasJournal(): boolean {
    const { journal } = this.#records;
    return journal !== undefined && existsSync(journal);
  }

  #openJournal(): Journaled | undefined {
    const { journal } = this.#records;
    if (journal === undefined || !this.#hasJournal()) return undefined;
    try {
      const file = new GrowingFile(journal, openOwnFile(journal));
      return { file, lines: new JournalLines(journal), ...this.#newFold(), hasSeveral: false };
    } catch (error) {
      this.#problem = problemOf(journal, unreadableJournal(journal, error));
      return undefined;
    }
  }

  #newFold(): Pick<Journaled, "fold" | "beside"> {
    const fold = new JournalFold();
    return { fold, beside: new StatusBeside(fold, (offset, take) => this.#lineAt(offset, take), this.#now) };
  }

  #lineAt(offset: number, take: (line: StatusLine) => void): void {
    const line = this.#status.file.lineAt(offset);
    if (line !== undefined) new StatusLineReader().read(line, take);
  }

  *#readAlone(): Generator<void, void, void> {
    for (;;) {
      const from = performance.now();
      yield* this.#readStatus((line) => this.#alone.take(line));
      const { isWrong, corrections } = this.#alone;
      if (!isWrong || from - this.#retold.at < CALM * this.#retold.took) break;
      this.#alone = new StatusAlone(corrections);
      this.#readStatusAnew();
      this.#retold = { at: performance.now(), took: performance.now() - from };
    }
    if (this.#alone.settle(this.#status.file.written)) this.revision++;
  }

  /** The journal, the status file as far as it is, and what the journal has got meanwhile. */
  *#readBoth(): Generator<void, void, void> {
    const journaled = this.#journaled;
    if (journaled === undefined) return;
    try {
      yield* this.#readJournal(journaled);
      yield* this.#readStatus((line) => journaled.beside.take(line));
      yield* this.#readJournal(journaled);
      if (journaled.beside.settle(journaled.fold.state.phase === "ended")) this.revision++;
    } catch (error) {
      if (this.#journaled === undefined) throw error;
      const { journal = "" } = this.#records;
      this.#problem = problemOf(journal, error instanceof UserError ? error : unreadableJournal(journal, error));
      journaled.file.close();
      this.#journaled = undefined;
      this.#readStatusAnew();
      yield* this.#readAlone();
    }
  }

  *#readJournal(journaled: Journaled): Generator<void, void, void> {
    const { file, lines } = journaled;
    const pace = file.size / this.#status.file.size;
    for (let chunk = file.next(); chunk !== undefined; chunk = file.next()) {
      lines.read(chunk, (entry) => this.#take(journaled, entry));
      this.revision++;
      yield;
      yield* this.#keepUp(journaled, pace);
    }
  }

  /**
   * The status file is read at the same pace, so that what is known of a task is known at the same time; a piece behind, since a line
   * that comes before what the journal says of it has to wait.
   *
   * @param pace bytes of the journal to one of the status file.
   */
  *#keepUp({ file, beside, hasSeveral }: Journaled, pace: number): Generator<void, void, void> {
    if (hasSeveral) return;
    while (!beside.isFull && (this.#status.file.offset + 2 * PIECE) * pace < file.offset) {
      const chunk = this.#status.file.next();
      if (chunk === undefined) return;
      this.#lines.read(chunk, (line) => beside.take(line));
      this.revision++;
      yield;
    }
  }

  #take(journaled: Journaled, entry: JournalEntry): void {
    if (entry.type === "run-started" && journaled.fold.isBegun) {
      Object.assign(journaled, this.#newFold(), { hasSeveral: true });
      this.#readStatusAnew();
    }
    journaled.fold.take(entry);
  }

  *#readStatus(take: (line: StatusLine) => void): Generator<void, void, void> {
    for (let chunk = this.#status.file.next(); chunk !== undefined; chunk = this.#status.file.next()) {
      this.#lines.read(chunk, take);
      this.revision++;
      yield;
    }
  }
}

function openStatus(path: string): StatusRead {
  const file = new GrowingFile(path, openStatusFile(path));
  return { file, text: new StatusText(file.fd) };
}

function problemOf(journal: string, { code, message }: UserError): Diagnostic {
  const place = { file: journal, line: 1, column: 1 };
  return { code, severity: "warning", place, message: `${message}; only the status file is read` };
}

function foreignIn(path: string, { foreign, firstForeign }: LineCount): Diagnostic[] {
  return foreign === 0 ? [] : [foreignLines("status file", path, firstForeign, foreign)];
}
