import { Breather } from "../../domain/breather.ts";
import type { TaskQuery } from "../../domain/watch.ts";
import { isBefore, Selection } from "./selection.ts";
import { CHUNK_TASKS, STATE, STATE_BITS, type TaskChunk } from "./task-chunk.ts";
import { formatCursor, parseCursor, type Sort, unknownCursor } from "./task-cursor.ts";
import type { TaskFilter } from "./task-filter.ts";
import type { TaskTable } from "./task-table.ts";

/** The ids of a page, before anybody has read what stands in their lines. */
export interface FoundTasks {
  readonly ids: readonly number[];
  readonly total?: number | undefined;
  readonly cursor?: string | undefined;
}

/** What the table is searched for. */
export interface TableSearch extends Pick<TaskQuery, "sort" | "cursor"> {
  readonly filter: TaskFilter;
  readonly limit: number;
  /** Ids of tasks are below this. */
  readonly idsEnd: number;
  /** A further condition where all that are wanted are tasks that the table has the text of. */
  readonly isWanted?: ((id: number) => boolean) | undefined;
}

/** A sort key of tasks that have none: they come last, by id. */
const KEYLESS = -Infinity;

/**
 * Finds the tasks of a page in the table, and gives way to others meanwhile. Tasks that change while it searches may be counted
 * as they were or as they are.
 *
 * @throws UserError `cursor-unknown`.
 */
export async function searchTable(table: TaskTable, search: TableSearch): Promise<FoundTasks> {
  const scan = new TableScan(table, search);
  await scan.run();
  return scan.result();
}

class TableScan {
  readonly #table: TaskTable;
  readonly #search: TableSearch;
  readonly #sort: Sort;
  readonly #limit: number;
  /** One more than the page has: whether there is another page. */
  readonly #first: Selection;
  /** The page begins behind this. */
  readonly #behind: { readonly key: number; readonly id: number } | undefined;
  /** How many there are, when an earlier page has counted them. */
  readonly #counted: number | undefined;
  readonly #breather = new Breather();
  #total = 0;

  constructor(table: TaskTable, search: TableSearch) {
    const { sort = "id", cursor, limit } = search;
    this.#table = table;
    this.#search = search;
    this.#sort = sort;
    this.#limit = limit;
    this.#first = new Selection(limit + 1);
    if (cursor === undefined) return;
    const behind = parseCursor(cursor);
    if (behind.by !== "key" || behind.sort !== sort) throw unknownCursor();
    this.#behind = behind;
    this.#counted = sort === "id" ? behind.total : undefined;
  }

  async run(): Promise<void> {
    if (this.#search.filter.isOfOpenTasks) return this.#scanOpen();
    const { filter, idsEnd } = this.#search;
    const to = Math.min(filter.to, idsEnd);
    // Who asks for the next page by id needs nothing of what comes before, nor once more a count.
    let at = this.#counted === undefined ? filter.from : Math.max(filter.from, (this.#behind?.id ?? -1) + 1);
    while (at < to && !(this.#counted !== undefined && this.#first.isFull)) {
      const chunk = this.#table.chunkOf(at);
      const next = chunk === undefined ? this.#table.nextKnown(at) : at - (at % CHUNK_TASKS) + CHUNK_TASKS;
      const end = Math.min(to, next);
      if (chunk === undefined) this.#takeUnseen(at, end);
      else this.#takeChunk(chunk, at, end);
      at = end;
      if (this.#breather.isDue) await this.#breather.rest();
    }
  }

  result(): FoundTasks {
    const ranked = this.#first.inOrder();
    const page = ranked.slice(0, this.#limit);
    const last = page.at(-1);
    const total = this.#counted ?? this.#total;
    const isMore = ranked.length > page.length && last !== undefined;
    const cursor = isMore ? formatCursor({ by: "key", sort: this.#sort, ...last, total }) : undefined;
    return { ids: page.map(({ id }) => id), total, cursor };
  }

  #scanOpen(): void {
    const { filter, isWanted } = this.#search;
    for (const { id } of this.#table.open.values()) {
      const chunk = this.#table.chunkOf(id);
      if (chunk === undefined || !filter.wants(id, this.#table) || isWanted?.(id) === false) continue;
      this.#total++;
      this.#offer(this.#keyOf(chunk, id % CHUNK_TASKS), id);
    }
  }

  #takeChunk(chunk: TaskChunk, from: number, to: number): void {
    const { filter } = this.#search;
    const base = from - (from % CHUNK_TASKS);
    for (let row = from - base; row < to - base; row++) {
      if (!filter.matches(chunk, row)) continue;
      this.#total++;
      this.#offer(this.#keyOf(chunk, row), base + row);
    }
  }

  /** Tasks that nothing has been said of, of which there may be more than anybody can look at one by one. */
  #takeUnseen(from: number, to: number): void {
    if (!this.#search.filter.wantsUnseen) return;
    this.#total += to - from;
    const key = this.#sort === "id" ? 0 : KEYLESS;
    const behind = this.#behind;
    const first = behind?.key === key ? Math.max(from, behind.id + 1) : from;
    for (let id = first; id < Math.min(to, first + this.#limit + 1); id++) this.#offer(key, id);
  }

  #offer(key: number, id: number): void {
    const behind = this.#behind;
    if (behind === undefined || isBefore(behind.key, behind.id, key, id)) this.#first.offer(key, id);
  }

  #keyOf(chunk: TaskChunk, row: number): number {
    const state = (chunk.state[row] ?? 0) & STATE_BITS;
    const start = chunk.start[row] ?? 0;
    switch (this.#sort) {
      case "id":
        return 0;
      case "newest":
        return start === 0 ? KEYLESS : start;
      case "age":
        return state === STATE.running ? -start : KEYLESS;
      case "duration":
        return state >= STATE.succeeded && start !== 0 ? (chunk.duration[row] ?? 0) : KEYLESS;
      default:
        return this.#sort satisfies never;
    }
  }
}
