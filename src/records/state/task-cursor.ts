import { parseJson } from "../../domain/json.ts";
import { UserError } from "../../domain/errors.ts";

/** Where a page ended. */
export type TaskCursor =
  /** Behind the task of this sort key and id. `total` was how many there were, when that was known. */
  | { readonly by: "key"; readonly sort: Sort; readonly key: number; readonly id: number; readonly total: number }
  /**
   * At this place in the status file, up to where it reached when the first page was asked for. Before that the tasks without an
   * outcome are to be shown from id `open` on; undefined when all have been.
   */
  | { readonly by: "line"; readonly from: number; readonly to: number; readonly open: number | undefined };

const SORTS = ["id", "newest", "age", "duration"] as const;
export type Sort = (typeof SORTS)[number];

/** More than the longest cursor there is. */
const LONGEST = 200;

/** The cursor as others keep it, who are not to look into it. */
export function formatCursor(cursor: TaskCursor): string {
  // JSON has no infinite numbers.
  const parts =
    cursor.by === "line"
      ? ["line", cursor.from, cursor.to, cursor.open ?? null]
      : [cursor.sort, Number.isFinite(cursor.key) ? cursor.key : null, cursor.id, cursor.total];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** @throws UserError `cursor-unknown` when it is none. */
export function parseCursor(text: string): TaskCursor {
  const cursor = text.length > LONGEST ? undefined : cursorOf(parseJson(Buffer.from(text, "base64url").toString()));
  if (cursor === undefined) throw unknownCursor();
  return cursor;
}

/** Told to those who give a cursor that is none of this query. */
export function unknownCursor(): UserError {
  return new UserError(
    "cursor-unknown",
    "the cursor is not one of this list: ask for its first page, without a cursor",
  );
}

function cursorOf(value: unknown): TaskCursor | undefined {
  if (!Array.isArray(value)) return undefined;
  const [first, second, third, fourth]: unknown[] = value;
  if (first === "line") {
    const open = fourth === null ? undefined : fourth;
    if (!isWhole(second) || !isWhole(third) || (open !== undefined && !isWhole(open))) return undefined;
    return { by: "line", from: second, to: third, open };
  }
  const sort = SORTS.find((one) => one === first);
  const key = second === null ? -Infinity : second;
  if (sort === undefined || typeof key !== "number" || !isWhole(third) || !isWhole(fourth)) return undefined;
  return { by: "key", sort, key, id: third, total: fourth };
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
