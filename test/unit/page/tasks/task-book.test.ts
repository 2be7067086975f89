import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskRow } from "../../../../src/domain/watch.ts";
import type { TaskList } from "../../../../src/web/api/answers.ts";
import { MOST_KEPT, PAGE_ROWS, type PageQuestion, TaskBook } from "../../../../src/page/tasks/task-book.ts";
import { filtersOf, type TaskFilters } from "../../../../src/page/tasks/task-filters.ts";

const ALL = filtersOf(new URLSearchParams());

/**
 * A server with tasks of these ids, in order, as they are when it is asked; without `counts` it tells no totals. A page that is
 * asked for behind another has the total that was counted for the first of them.
 */
function server(ids: readonly number[], counts = true) {
  const asked: PageQuestion[] = [];
  const below = (id: number): number => {
    let [low, high] = [0, ids.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ids[middle] ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const ask = (question: PageQuestion): Promise<TaskList> => {
    asked.push(question);
    const { from = 0, to = Infinity, limit = PAGE_ROWS, cursor } = question;
    const start = below(from);
    const end = below(to + 1);
    const [behind = -1, counted = end - start] = cursor?.split(" ").map(Number) ?? [];
    const first = Math.max(start, below(behind + 1));
    const page = ids.slice(first, Math.min(end, first + limit));
    const isMore = first + page.length < end;
    return Promise.resolve({
      tasks: page.map((id): TaskRow => ({ id, state: "succeeded", attempt: 1 })),
      truncated: isMore,
      total: counts ? counted : undefined,
      cursor: isMore ? `${page.at(-1)} ${counted}` : undefined,
    });
  };
  return { ask, asked };
}

async function opened(
  ids: readonly number[],
  filters: TaskFilters = ALL,
  counts = true,
  idsEnd = (ids.at(-1) ?? 0) + 1,
) {
  const { ask, asked } = server(ids, counts);
  const book = new TaskBook(filters, ask, idsEnd);
  await book.show(0, 30);
  return { book, asked };
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("a list of tasks", () => {
  test("by id is entered anywhere with one page, and one count, when ids have no gaps", async () => {
    const { book, asked } = await opened(upTo(1_000_000));
    expect(book.count).toBe(1_000_000);
    asked.length = 0;
    await book.show(654_321, 654_351);
    expect(asked.map(({ limit }) => limit)).toEqual([1, undefined]);
    for (let i = 654_321; i < 654_351; i++) expect(book.rowAt(i)?.id).toBe(i);
  });

  test("by id shows the right task at each place whatever ids are missing", async () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 3000 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.nat(), fc.nat(), async (steps, one, other) => {
        let id = 0;
        const ids = steps.map((step) => (id += step));
        const { book, asked } = await opened(ids);
        for (const place of [one % ids.length, other % ids.length, ids.length - 1]) {
          asked.length = 0;
          await book.show(place, place + 1);
          expect(book.rowAt(place)?.id).toBe(ids[place]);
          expect(asked.length).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("by id that has become longer meanwhile is entered at the right place, and has its new length", async () => {
    const ids = upTo(1000);
    const { book } = await opened(ids);
    ids.push(...upTo(500).map((i) => 1000 + i));
    await book.show(500, 530);
    expect(book.rowAt(510)?.id).toBe(510);
    expect(book.total).toBe(1500);
    await book.show(750, 780);
    expect(book.rowAt(770)?.id).toBe(770);
    expect(book.total).toBe(1500);
  });

  test("by id that has become shorter meanwhile has its new length where nothing is there any more", async () => {
    const ids = upTo(1000);
    const { book } = await opened(ids);
    ids.splice(300);
    await book.show(800, 830);
    expect(book).toMatchObject({ total: 300, count: 300 });
  });

  test("by id that changes all the time has no row twice, and leaves out none that was there all the time", async () => {
    const LAST = 4000;
    const step = fc.record({
      changes: fc.array(fc.nat(LAST), { maxLength: 300 }),
      to: fc.oneof(fc.integer({ min: -250, max: 250 }), fc.constant(0), fc.nat(LAST)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const ids = upTo(LAST).filter((i) => i % 3 !== 1);
        const { book } = await opened(ids, ALL, true, LAST);
        let place = 0;
        for (const { changes, to } of steps) {
          const there = new Set(ids);
          for (const i of changes) if (i % 3 !== 0 && !there.delete(i)) there.add(i);
          ids.splice(0, ids.length, ...[...there].toSorted((a, b) => a - b));
          place = Math.max(0, Math.min(book.count - 1, Math.abs(to) > 250 ? to : place + to));
          await book.show(place, place + 30);
          const shown = upTo(30).map((i) => book.rowAt(place + i)?.id);
          const known = shown.filter((id) => id !== undefined);
          expect(known.length).toBe(Math.max(0, Math.min(30, book.count - place)));
          expect(known).toEqual([...new Set(known)].toSorted((a, b) => a - b));
          // Those that are divisible by three are always there.
          const [first = 0, last = -1] = [known[0], known.at(-1)];
          const wanted = upTo(LAST).filter((id) => id % 3 === 0 && id >= first && id <= last);
          expect(known.filter((id) => id % 3 === 0)).toEqual(wanted);
          expect(place > 0 || first === 0).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("by id is entered also where all that is wanted stands at its end, and nobody knows where ids end", async () => {
    const ids = [...upTo(300), ...upTo(3000).map((i) => 900_000 + i * 3)];
    const { book } = await opened(ids, ALL, true, 0);
    await book.show(3200, 3230);
    expect(book.rowAt(3210)?.id).toBe(ids[3210]);
  });

  test("keeps few rows however much of it is looked at", async () => {
    const { book } = await opened(upTo(200_000));
    for (let at = 0; at < 60_000; at += 150) await book.show(at, at + 40);
    expect(book.kept).toBeLessThanOrEqual(MOST_KEPT);
    expect(book.rowAt(59_890)?.id).toBe(59_890);
    expect(book.rowAt(0)).toBeUndefined();
    await book.show(0, 30);
    expect(book.rowAt(0)?.id).toBe(0);
  });

  test("in another order is read a page after the other, and goes on when its end is looked at", async () => {
    const { book, asked } = await opened(upTo(1000), { ...ALL, sort: "newest" });
    expect(book).toMatchObject({ total: 1000, count: 2 * PAGE_ROWS, isCut: true });
    await book.show(150, 2 * PAGE_ROWS);
    expect(book).toMatchObject({ reached: 2 * PAGE_ROWS, count: 3 * PAGE_ROWS });
    for (let i = 0; i < 10; i++) await book.show(Math.max(0, book.count - 20), book.count);
    expect(book).toMatchObject({ count: 1000, isCut: false });
    expect(book.rowAt(999)?.id).toBe(999);
    expect(asked).toHaveLength(5);
  });

  test("in another order comes back to rows that were forgotten", async () => {
    const { book } = await opened(upTo(10_000), { ...ALL, sort: "newest" });
    while (book.isCut) await book.show(book.count - 20, book.count);
    expect(book.rowAt(5000)).toBeUndefined();
    await book.show(5000, 5030);
    expect(book.rowAt(5015)?.id).toBe(5015);
    expect(book.kept).toBeLessThanOrEqual(MOST_KEPT);
  });

  test("of a text has no total until its end was seen", async () => {
    const { book } = await opened(upTo(250), { ...ALL, text: "x" }, false);
    expect(book).toMatchObject({ total: undefined, isCut: true, count: 2 * PAGE_ROWS });
    await book.show(180, 230);
    expect(book).toMatchObject({ total: 250, isCut: false, count: 250 });
  });

  test("that is empty asks once", async () => {
    const { book, asked } = await opened([]);
    expect(book).toMatchObject({ total: 0, count: 0, isCut: false, hasBegun: true });
    await book.show(0, 30);
    expect(asked).toHaveLength(1);
  });
});
