/** A list that is read a page after the other, of which some pages are read again while it changes. Pure. */

import type { InstanceList } from "../../web/api/answers.ts";

export interface InstancePage {
  readonly rows: InstanceList["instances"];
  /** What to ask with for the page behind it; undefined where there is none. */
  readonly next: string | undefined;
}

/** All rows, in their order. */
export function rowsOf(pages: readonly InstancePage[]): InstanceList["instances"] {
  return pages.flatMap(({ rows }) => rows);
}

/** The pages with one that was read anew. Those behind it stay where it ends as before: elsewhere rows would be missing, or stand there twice. */
export function withPage(pages: readonly InstancePage[], number: number, page: InstancePage): readonly InstancePage[] {
  const isSame = page.next !== undefined && pages[number]?.next === page.next;
  return [...pages.slice(0, number), page, ...(isSame ? pages.slice(number + 1) : [])];
}

/** Numbers of the pages of which rows are in sight; of the last one where the list has become shorter than that. */
export function pagesInSight(pages: readonly InstancePage[], { first, end }: { first: number; end: number }): number[] {
  const numbers: number[] = [];
  let begin = 0;
  for (const [number, { rows }] of pages.entries()) {
    const after = begin + rows.length;
    if (begin < Math.max(end, 1) && first < Math.max(after, 1)) numbers.push(number);
    begin = after;
  }
  return numbers.length === 0 ? [Math.max(0, pages.length - 1)] : numbers;
}
