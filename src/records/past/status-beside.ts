import type { RunEvent } from "../../domain/events.ts";
import { laterCounts } from "../statusfile/counting.ts";
import { COLUMN, readSeconds } from "../statusfile/columns.ts";
import type { StatusLine } from "../statusfile/line-reader.ts";
import { NodeNames } from "../statusfile/node-names.ts";
import { CHUNK_TASKS, STATE } from "../state/task-chunk.ts";
import { hasOutcome, type JournalFold } from "./journal-fold.ts";
import { idIn, isBarrier, isFailed, passedBarrier } from "./line-facts.ts";
import { outcomeOfLine } from "./outcome-of-line.ts";

/** No engine. */
const NONE = -1;
/** Seconds that the journal has to tell what a line of the status file tells: both are written at the same time. */
const PATIENCE = 2;
/** Lines that wait for the journal before others are let wait, too. */
const MANY_WAITING = 4096;

/** A line that tells of what the journal has not told yet. */
interface WaitingLine {
  readonly id: number;
  readonly isBarrier: boolean;
  /** Where it begins in the status file, in bytes. */
  readonly offset: number;
  /** From when on the journal is not waited for, Unix time in seconds. */
  readonly due: number;
}

/**
 * Adds what only the status file tells to the state that the journal has come to: where lines stand, and outcomes that the journal
 * does not have. While both grow, a line may come before what the journal says of it: it is told when the journal has not said
 * so for a while.
 */
export class StatusBeside {
  readonly #fold: JournalFold;
  readonly #lineAt: (offset: number, take: (line: StatusLine) => void) => void;
  readonly #now: () => number;
  readonly #names = new NodeNames();
  /** Time of the latest line that was told, Unix time in seconds: lines are in order, though calendars of hosts may not be. */
  #time = 0;
  /** In the order of the file. */
  #waiting: WaitingLine[] = [];
  /** Tasks without an outcome whose lines tell of a failure. */
  readonly #failedAhead = new Set<number>();
  /** Skipped tasks whose lines had been seen before the journal told of them. */
  readonly #skipped: number[] = [];

  /**
   * @param lineAt hands out the line that begins there in the status file, if one does.
   * @param now Unix time in seconds.
   */
  constructor(
    fold: JournalFold,
    lineAt: (offset: number, take: (line: StatusLine) => void) => void,
    now: () => number,
  ) {
    this.#fold = fold;
    this.#lineAt = lineAt;
    this.#now = now;
    fold.onOutcome = (id, failed, skipped) => this.#expect(id, failed, skipped);
  }

  /** Whether so many lines wait that no more should be read before the journal has been. */
  get isFull(): boolean {
    if (this.#waiting.length >= MANY_WAITING) this.#waiting = this.#waiting.filter((line) => !this.#isTold(line));
    return this.#waiting.length >= MANY_WAITING;
  }

  /** A line that nobody has read before. */
  take(line: StatusLine): void {
    if (isBarrier(line)) return this.#takeBarrier(line);
    if (line.kind !== "task" && line.kind !== "skipped") return;
    const id = idIn(line);
    if (hasOutcome(this.#fold.state.table.stateOf(id))) return this.#place(line, id);
    const finish = readSeconds(line.bytes, line.starts, COLUMN.finish);
    const isOfThisRun = line.kind === "task" && !this.#isOfEarlier(finish);
    this.#placeAhead(line, id, isOfThisRun);
    if (isOfThisRun) this.#await(id, false, line.offset, finish);
  }

  /**
   * The journal has been read to its end: what it still does not tell is told now, where it had its time.
   *
   * @param isAll whether nothing is waited for any more.
   * @returns whether anything was.
   */
  settle(isAll: boolean): boolean {
    const skipped = this.#skipped.splice(0);
    for (const id of skipped) this.#tellSkipped(id);
    let hasTold = skipped.length > 0;
    if (this.#waiting.length === 0) return hasTold;
    const now = this.#now();
    const later: WaitingLine[] = [];
    for (const waiting of this.#waiting) {
      const { id, offset, due } = waiting;
      // One that the journal has told has its place already.
      if (this.#isTold(waiting)) continue;
      if (isAll || due <= now) {
        this.#lineAt(offset, (line) => this.#tell(line, id));
        hasTold = true;
      } else later.push(waiting);
    }
    this.#waiting = later;
    return hasTold;
  }

  /** The journal tells the outcome of a task: a line that was seen before may not be the one of it. */
  #expect(id: number, failed: boolean, skipped: boolean): void {
    const { table } = this.#fold.state;
    if (table.lineOf(id) === undefined) return;
    if (failed !== this.#failedAhead.has(id)) table.placeLine(id, -1);
    else if (skipped) this.#skipped.push(id);
    if (this.#failedAhead.size > 0) this.#failedAhead.delete(id);
  }

  #takeBarrier(line: StatusLine): void {
    const id = idIn(line);
    const finish = readSeconds(line.bytes, line.starts, COLUMN.finish);
    if (id > this.#fold.state.lastBarrier && !this.#isOfEarlier(finish)) this.#await(id, true, line.offset, finish);
  }

  #await(id: number, barrier: boolean, offset: number, finish: number): void {
    // What was written long ago is in the journal, or never will be.
    const due = Math.min(finish, this.#now()) + PATIENCE;
    this.#waiting.push({ id, isBarrier: barrier, offset, due });
  }

  /** The task has its outcome. */
  #place(line: StatusLine, id: number): void {
    const { table } = this.#fold.state;
    if (isFailed(line) !== this.#hasFailed(id)) return;
    table.placeLine(id, line.offset);
    // The journal does not tell where a skipped task has run.
    if (table.stateOf(id) === STATE.skipped) table.handle(this.#skippedBy(line));
  }

  /** The task has no outcome yet, and may be told to have this one. */
  #placeAhead(line: StatusLine, id: number, isOfThisRun: boolean): void {
    const { table } = this.#fold.state;
    const failed = isFailed(line);
    const isFirst = table.lineOf(id) === undefined;
    if (!isOfThisRun && !isFirst && !laterCounts(this.#failedAhead.has(id), failed)) return;
    table.placeLine(id, line.offset);
    if (failed) this.#failedAhead.add(id);
    else if (!isFirst) this.#failedAhead.delete(id);
  }

  #tell(line: StatusLine, id: number): void {
    if (isBarrier(line)) return this.#tellBarrier(line);
    const { state } = this.#fold;
    if (hasOutcome(state.table.stateOf(id))) return this.#place(line, id);
    const chunk = state.table.chunkOf(id);
    const [attempt, engine] = [chunk?.attempt[id % CHUNK_TASKS], chunk?.engine[id % CHUNK_TASKS]];
    const { task, result } = outcomeOfLine(line, this.#names.nameIn(line), {
      attempt: attempt || 1,
      engine: (engine ?? 0) - 1,
    });
    this.#time = Math.max(this.#time, state.started ?? 0, result.finish);
    state.handle({ type: "task-finished", time: this.#time, task, result });
    state.table.placeLine(task.id, line.offset);
  }

  #tellBarrier(line: StatusLine): void {
    const { state, barriers } = this.#fold;
    const event = passedBarrier(line, state, this.#time);
    if (event === undefined) return;
    this.#time = event.time;
    barriers.add(event);
    state.handle(event);
  }

  #tellSkipped(id: number): void {
    const { table } = this.#fold.state;
    const offset = table.lineOf(id);
    if (offset !== undefined) this.#lineAt(offset, (line) => table.handle(this.#skippedBy(line)));
  }

  #skippedBy(line: StatusLine): Extract<RunEvent, { type: "task-skipped" }> {
    const { task, result } = outcomeOfLine(line, this.#names.nameIn(line), { attempt: 0, engine: NONE });
    const previous = { ...result, alreadyRecorded: true };
    return { type: "task-skipped", time: this.#time, skipped: { kind: "skipped", task, previous } };
  }

  #isTold({ id, isBarrier: barrier }: WaitingLine): boolean {
    const { state } = this.#fold;
    return barrier ? id <= state.lastBarrier : hasOutcome(state.table.stateOf(id));
  }

  #hasFailed(id: number): boolean {
    return this.#fold.state.table.chunkOf(id)?.code[id % CHUNK_TASKS] !== 0;
  }

  /** Whether what has ended then is of a run before, in the same file. */
  #isOfEarlier(finish: number): boolean {
    return finish !== 0 && finish < (this.#fold.state.started ?? 0);
  }
}
