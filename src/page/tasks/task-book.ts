import type { TaskRow } from "../../domain/watch.ts";
import type { TaskList } from "../../web/api/answers.ts";
import { guessId, type IdMark } from "./guess-id.ts";
import type { TaskFilters } from "./task-filters.ts";

/** Rows that are asked for at once. */
export const PAGE_ROWS = 200;
/** Rows that are kept, at most: those nearest to where somebody looks. */
export const MOST_KEPT = 4000;
/** Questions for one place of a list, at most. */
const MOST_GUESSES = 40;

/** What a page of a list is asked for with. */
export interface PageQuestion {
  readonly cursor?: string | undefined;
  /** Only ids from here on. */
  readonly from?: number | undefined;
  /** Only ids up to this one. */
  readonly to?: number | undefined;
  /** Rows of the page; `PAGE_ROWS` when missing. */
  readonly limit?: number | undefined;
}

export type AskPage = (question: PageQuestion) => Promise<TaskList>;

/**
 * A list of tasks of any length, of which only a part is known.
 *
 * A list by id can be entered anywhere: the server tells how many there are before an id, which is its place. All others are read from their
 * beginning, a page after the other.
 *
 * The list may change between two answers. So all rows that are known of one by id have been read one page behind the other, beginning
 * with the one where it was entered last: among rows that stand together none is missing, and none is there twice.
 */
export class TaskBook {
  readonly #filters: Pick<TaskFilters, "from" | "to">;
  readonly #isOpen: boolean;
  readonly #ask: AskPage;
  readonly #rows = new Map<number, TaskRow>();
  /** What to ask with for the rows from this place on. */
  readonly #cursors = new Map<number, string>();
  #total: number | undefined;
  /** Places before this one have been seen. */
  #reached = 0;
  #hasMore = true;
  #idsEnd: number;
  #sight = { first: 0, end: PAGE_ROWS };

  /** @param idsEnd ids are below this, as far as anybody knows. */
  constructor(filters: TaskFilters, ask: AskPage, idsEnd: number) {
    this.#filters = filters;
    this.#isOpen = filters.sort === "id" && filters.text === "";
    this.#ask = ask;
    this.#idsEnd = filters.to === undefined ? idsEnd : filters.to + 1;
  }

  /** How many tasks there are; undefined when nobody knows. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Rows of the table: all of them where it can be entered anywhere, or those that have been reached and the next ones. */
  get count(): number {
    if (this.#isOpen && this.#total !== undefined) return this.#total;
    const next = this.#reached + (this.#hasMore ? PAGE_ROWS : 0);
    return this.#total === undefined ? next : Math.min(this.#total, next);
  }

  /** Whether the table does not have all rows yet. */
  get isCut(): boolean {
    return this.#hasMore && (this.#total === undefined || !this.#isOpen);
  }

  /** Rows that have come from the beginning on, whether they are kept or not. */
  get reached(): number {
    return this.#reached;
  }

  /** Whether the first page has come. */
  get hasBegun(): boolean {
    return this.#reached > 0 || !this.#hasMore;
  }

  rowAt(index: number): TaskRow | undefined {
    return this.#rows.get(index);
  }

  /** Rows in memory. */
  get kept(): number {
    return this.#rows.size;
  }

  /** Asks for what is missing of these rows. Resolves when they have come, as far as they are there. */
  async show(first: number, end: number): Promise<void> {
    this.#sight = { first, end };
    for (let pages = 0; pages < 4; pages++) {
      const missing = this.#firstMissing();
      if (missing === undefined) return;
      if (!(await this.#fetch(missing))) return;
    }
  }

  #firstMissing(): number | undefined {
    const end = this.hasBegun ? Math.min(this.#sight.end, this.count) : 1;
    for (let i = this.#sight.first; i < end; i++) if (!this.#rows.has(i)) return i;
    return this.hasBegun ? undefined : 0;
  }

  /** @returns whether anything has come. */
  async #fetch(index: number): Promise<boolean> {
    const isFirst = !this.hasBegun;
    if (isFirst || index === 0) return this.#begin(0, await this.#ask({ from: this.#filters.from }));
    const place = this.#nearestCursor(index);
    if (place !== undefined && (index - place < PAGE_ROWS || !this.#isOpen)) {
      const cursor = this.#cursors.get(place);
      const page = await this.#ask({ cursor });
      return this.#take(place, page);
    }
    return this.#isOpen ? this.#enter(index) : this.#begin(0, await this.#ask({ from: this.#filters.from }));
  }

  /** Where a page begins that is known how to be asked for, and that has this place in it, or comes before. */
  #nearestCursor(index: number): number | undefined {
    let nearest: number | undefined;
    for (const place of this.#cursors.keys()) if (place <= index && place > (nearest ?? -1)) nearest = place;
    return nearest;
  }

  /** Finds the place by its id: answers tell at which place the guessed id stands now, and how many there are in all. */
  async #enter(index: number): Promise<boolean> {
    const least = this.#filters.from ?? 0;
    let low: IdMark = { index: -1, id: least - 1 };
    let high: IdMark | undefined;
    let idsEnd = Math.max(this.#idsEnd, least + (this.#total ?? 0));
    for (let round = 0; round < MOST_GUESSES; round++) {
      const end = high ?? { index: this.#total ?? 0, id: idsEnd };
      const guess = guessId(index, low, end, round);
      const [place, page] = await Promise.all([this.#countBefore(guess), this.#ask({ from: guess })]);
      if (place === undefined || page.total === undefined) return false;
      this.#total = place + page.total;
      // There are fewer by now.
      if (index >= this.#total) return true;
      const last = page.tasks.at(-1);
      if (place <= index && index < place + page.tasks.length) return this.#begin(place, page);
      if (last === undefined || place > index) high = { index: place, id: guess };
      else low = { index: place + page.tasks.length - 1, id: last.id };
      // Ids may go on behind where anybody knew of.
      if (high === undefined && low.id >= idsEnd - 1) idsEnd = low.id * 2 + PAGE_ROWS;
      // What was told of one id does not go with what was told of another: the list has changed, and is entered anew.
      if ((high?.id ?? idsEnd) - low.id <= 1) return true;
    }
    return false;
  }

  /** How many come before an id. */
  async #countBefore(id: number): Promise<number | undefined> {
    const { from = 0 } = this.#filters;
    return id <= from ? 0 : (await this.#ask({ from: this.#filters.from, to: id - 1, limit: 1 })).total;
  }

  /** Takes a page that is behind none of those that are known. */
  #begin(place: number, page: TaskList): boolean {
    if (this.#isOpen) {
      this.#rows.clear();
      this.#cursors.clear();
      this.#total = page.total === undefined ? undefined : place + page.total;
    }
    return this.#take(place, page);
  }

  #take(place: number, page: TaskList): boolean {
    const end = place + page.tasks.length;
    if (this.#isOpen) this.#breakAt(end, page);
    else this.#total = page.total;
    if (page.cursor === undefined) this.#total = this.#isOpen ? end : (page.total ?? end);
    else if (this.#total !== undefined) this.#total = Math.max(this.#total, end + 1);
    for (const [i, row] of page.tasks.entries()) this.#rows.set(place + i, row);
    if (page.cursor !== undefined) this.#cursors.set(end, page.cursor);
    else if (end >= this.#reached) this.#hasMore = false;
    this.#reached = Math.max(this.#reached, end);
    const last = page.tasks.at(-1);
    if (last !== undefined) this.#idsEnd = Math.max(this.#idsEnd, last.id + 1);
    this.#forget();
    return page.tasks.length > 0;
  }

  /** Forgets what was known behind a page, where the page does not end with the row that it ended with before. */
  #breakAt(end: number, { cursor }: TaskList): void {
    if (cursor !== undefined && this.#cursors.get(end) === cursor) return;
    for (const index of [...this.#rows.keys()]) if (index >= end) this.#rows.delete(index);
    for (const index of [...this.#cursors.keys()]) if (index >= end) this.#cursors.delete(index);
  }

  #forget(): void {
    if (this.#rows.size <= MOST_KEPT) return;
    const middle = (this.#sight.first + this.#sight.end) / 2;
    const far = [...this.#rows.keys()].toSorted((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const index of far.slice(0, this.#rows.size - MOST_KEPT / 2)) this.#rows.delete(index);
    if (this.#isOpen && this.#cursors.size > MOST_KEPT) this.#cursors.clear();
  }
}
