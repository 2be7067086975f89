import { Breather } from "../../domain/breather.ts";
import { encodeText } from "../../domain/bytes.ts";
import type { StatusText } from "./status-text.ts";

const TAB = 0x09;
const BLANK = 0x20;

/** The line of a task's outcome, as little of it as is needed to know the task. */
export interface OutcomeLine {
  readonly id: number;
  readonly failed: boolean;
  /** Where it begins in the file, in bytes, and where the next line does. */
  readonly offset: number;
  readonly next: number;
}

/** The lines of tasks' outcomes between two places of a status file, in order. Gives way to others meanwhile. */
export async function* outcomeLines(
  file: StatusText,
  from: number,
  to: number,
): AsyncGenerator<OutcomeLine[], void, void> {
  for await (const { bytes, offset } of file.blocks(from, to)) {
    const lines: OutcomeLine[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(0x0a, at) + 1;
      const line = outcomeAt(bytes, at, end, offset);
      if (line !== undefined) lines.push(line);
      at = end;
    }
    yield lines;
  }
}

/**
 * Lines among them that have this text somewhere in them, compared byte by byte.
 *
 * @param isEnough asked now and then, with the place before which all has been searched, in bytes: whether to end the search there.
 */
export async function* linesWith(
  text: string,
  file: StatusText,
  { from, to }: { readonly from: number; readonly to: number },
  isEnough: (searched: number) => boolean = () => false,
): AsyncGenerator<OutcomeLine, void, void> {
  const wanted = encodeText(text);
  if (wanted.includes(0x0a)) return;
  const breather = new Breather();
  for await (const { bytes, offset } of file.blocks(from, to)) {
    for (let hit = bytes.indexOf(wanted); hit >= 0;) {
      const start = hit === 0 ? 0 : bytes.lastIndexOf(0x0a, hit - 1) + 1;
      const end = bytes.indexOf(0x0a, hit) + 1;
      const line = outcomeAt(bytes, start, end, offset);
      if (line !== undefined) yield line;
      if (breather.isDue) await breather.rest();
      hit = end < bytes.length ? bytes.indexOf(wanted, end) : -1;
    }
    if (isEnough(offset + bytes.length)) return;
    if (breather.isDue) await breather.rest();
  }
}

/** @param base where the bytes begin in the file. */
function outcomeAt(bytes: Buffer, from: number, to: number, base: number): OutcomeLine | undefined {
  const kind = bytes[from + 3];
  if (bytes[from + 4] !== TAB || (kind !== BLANK && kind !== 0x53)) return undefined;
  let id = 0;
  let at = from + 5;
  for (; ; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    id = id * 10 + digit;
  }
  if (bytes[at] !== TAB || at === from + 5 || at - from > 20) return undefined;
  return { id, failed: bytes[from] === 0x52, offset: base + from, next: base + to };
}
