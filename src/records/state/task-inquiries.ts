import { titleOf } from "../../domain/task.ts";
import {
  type EngineSlots,
  MOST_ROWS,
  type RunInquiries,
  type TaskDetail,
  type TaskPage,
  type TaskQuery,
} from "../../domain/watch.ts";
import { linesWith, type OutcomeLine, outcomeLines } from "../statusfile/outcome-lines.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import type { StatusText } from "../statusfile/status-text.ts";
import { isPresent } from "./engine-roll.ts";
import type { RunState } from "./run-state.ts";
import { CHUNK_TASKS, STATE } from "./task-chunk.ts";
import { formatCursor, parseCursor, unknownCursor } from "./task-cursor.ts";
import { TaskFilter } from "./task-filter.ts";
import { type FoundTasks, searchTable } from "./task-query.ts";
import { rowOf } from "./task-row.ts";

/** A place in what a text is searched in. */
type TextPlace = Omit<Extract<ReturnType<typeof parseCursor>, { readonly by: "line" }>, "by">;

/** Answers what is asked of a run's tasks: from the table of its state, and from its status file. */
export class TaskInquiries implements RunInquiries {
  readonly #state: RunState;
  readonly #file: StatusText;
  /** The table has not been told of lines before this place, in bytes. */
  readonly #toldFrom: number;
  readonly #patience: number;
  #earlierPlaced: Promise<void> | undefined;

  /**
   * @param toldFrom size of the status file when the run began, in bytes: lines behind it are told to the table as they are written.
   * @param patience milliseconds that a text is searched for; a page has what was found by then, and its cursor goes on from there.
   */
  constructor(state: RunState, file: StatusText, toldFrom: number, patience = Infinity) {
    this.#state = state;
    this.#file = file;
    this.#toldFrom = toldFrom;
    this.#patience = patience;
  }

  /**
   * With a text, tasks without an outcome come first, by id, and then the others in the order of their lines; there is no total, and a
   * page may have few tasks or none though it has a cursor. `sort` counts where only assigned, running or interrupted tasks are wanted.
   *
   * @throws UserError `cursor-unknown`.
   */
  async tasks(query: TaskQuery): Promise<TaskPage> {
    const limit = Math.min(MOST_ROWS, Math.max(1, Math.floor(query.limit) || 1));
    const { ids, total, cursor } = await this.#find(query, limit);
    const records = await this.recordsOf(ids);
    return { rows: ids.map((id) => rowOf(this.#state.table, id, records.get(id))), total, cursor };
  }

  async task(id: number): Promise<TaskDetail | undefined> {
    const { table, total } = this.#state;
    const isId = Number.isSafeInteger(id) && id >= 0 && id < table.idsEnd(total);
    if (!isId || table.stateOf(id) === STATE.barrier) return undefined;
    const records = await this.recordsOf([id]);
    return { row: rowOf(table, id, records.get(id)), attempts: table.attempts.of(id) };
  }

  slots(): Promise<readonly EngineSlots[]> {
    // Ranks may be missing where a journal lacks a line.
    const present = this.#state.engines.flatMap((tally) => (isPresent(tally) ? tally : []));
    const slots = present.map(({ engine, tasks }) => {
      return { rank: engine.rank, tasks: [...tasks.values()].toSorted((a, b) => a.slot - b.slot) };
    });
    return Promise.resolve(slots);
  }

  #find(query: TaskQuery, limit: number): Promise<FoundTasks> {
    const { table, total } = this.#state;
    const { text = "", sort, cursor } = query;
    const filter = new TaskFilter(query, table);
    const isWanted = (id: number): boolean => {
      const task = table.open.get(id);
      return task !== undefined && titleOf(task).includes(text);
    };
    if (text === "" || filter.isOfOpenTasks)
      return searchTable(table, { filter, sort, cursor, limit, idsEnd: table.idsEnd(total), isWanted });
    return this.#findText(text, filter, cursor, limit);
  }

  async #findText(text: string, filter: TaskFilter, cursor: string | undefined, limit: number): Promise<FoundTasks> {
    await this.#placeEarlier();
    const place = cursor === undefined ? { from: 0, to: this.#file.size, open: 0 } : placeOf(cursor);
    const ids = this.#openWith(text, filter, place);
    const isMoreOpen = ids.length > limit;
    if (isMoreOpen) return { ids: ids.slice(0, limit), cursor: cursorAt({ ...place, open: ids[limit] }) };
    const end = performance.now() + this.#patience;
    let left: number | undefined;
    const isEnough = (searched: number): boolean => {
      if (performance.now() < end) return false;
      left = searched;
      return true;
    };
    for await (const line of linesWith(text, this.#file, place, isEnough)) {
      if (!this.#counts(line) || !filter.wants(line.id, this.#state.table)) continue;
      ids.push(line.id);
      if (ids.length >= limit) return { ids, cursor: cursorAt({ ...place, from: line.next, open: undefined }) };
    }
    if (left === undefined || left >= place.to) return { ids };
    return { ids, cursor: cursorAt({ ...place, from: left, open: undefined }) };
  }

  /** Tasks without an outcome whose commands have the text in them, by id. */
  #openWith(text: string, filter: TaskFilter, { open }: TextPlace): number[] {
    const { table } = this.#state;
    if (open === undefined) return [];
    const ids: number[] = [];
    for (const task of table.open.values())
      if (task.id >= open && titleOf(task).includes(text) && filter.wants(task.id, table)) ids.push(task.id);
    return ids.toSorted((a, b) => a - b);
  }

  /** Whether the line is the one that counts of its task. */
  #counts({ id, offset }: OutcomeLine): boolean {
    const { table } = this.#state;
    return table.lineOf(id) === offset && hasOutcome(table.stateOf(id));
  }

  /** By task id: what the lines of these tasks say. */
  async recordsOf(ids: readonly number[]): Promise<ReadonlyMap<number, StatusRecord>> {
    const { table } = this.#state;
    const ended = ids.filter((id) => hasOutcome(table.stateOf(id)));
    if (ended.some((id) => table.lineOf(id) === undefined)) await this.#placeEarlier();
    const records = new Map<number, StatusRecord>();
    const lines = await this.#file.records(ended.flatMap((id) => table.lineOf(id) ?? []));
    for (const id of ended) {
      const record = lines.get(table.lineOf(id) ?? -1);
      // Somebody may have changed the file.
      if (record?.id === id && (record.kind === "task" || record.kind === "skipped")) records.set(id, record);
    }
    return records;
  }

  /** Finds the lines that were there when the run began: of tasks that it skips, or that it had done before its driver died. */
  #placeEarlier(): Promise<void> {
    return (this.#earlierPlaced ??= this.#readEarlier());
  }

  async #readEarlier(): Promise<void> {
    if (this.#toldFrom === 0) return;
    for await (const lines of outcomeLines(this.#file, 0, this.#toldFrom))
      for (const line of lines) if (this.#isPlaceOf(line)) this.#state.table.placeLine(line.id, line.offset);
  }

  /** Of several lines the last one counts that tells the same outcome as the table. */
  #isPlaceOf({ id, failed }: OutcomeLine): boolean {
    const { table } = this.#state;
    if (!hasOutcome(table.stateOf(id)) || (table.lineOf(id) ?? 0) > this.#toldFrom) return false;
    return failed === (table.chunkOf(id)?.code[id % CHUNK_TASKS] !== 0);
  }
}

function hasOutcome(state: number): boolean {
  return state === STATE.succeeded || state === STATE.failed || state === STATE.skipped;
}

function placeOf(cursor: string): TextPlace {
  const place = parseCursor(cursor);
  if (place.by !== "line") throw unknownCursor();
  return place;
}

function cursorAt({ from, to, open }: TextPlace): string {
  return formatCursor({ by: "line", from, to, open });
}
