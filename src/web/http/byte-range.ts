/** Bytes from this one to before that one. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a `Range` header asks for (RFC 9110, 14.2).
 *
 * - undefined: all of it, since there is no such header, or one that may be ignored: of another unit, of several ranges, or malformed.
 * - `unsatisfiable`: nothing of it is there.
 *
 * @param size how many bytes there are.
 */
export function readRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const tail = Math.min(size, Number(last));
    return tail === 0 ? "unsatisfiable" : { from: size - tail, to: size };
  }
  const from = Number(first);
  const end = last === "" ? Infinity : Number(last);
  if (end < from) return undefined;
  return from >= size ? "unsatisfiable" : { from, to: Math.min(size, end + 1) };
}
