import type { RunEvent } from "../../domain/events.ts";
import { COLUMN, readInteger } from "../statusfile/columns.ts";
import type { StatusLine } from "../statusfile/line-reader.ts";
import { parseRecord } from "../statusfile/parse.ts";
import type { StatusRecord } from "../statusfile/record.ts";
import type { RunState } from "../state/run-state.ts";

export function isBarrier({ kind }: Pick<StatusLine, "kind">): boolean {
  return kind === "barrier" || kind === "check-barrier";
}

export function idIn({ bytes, starts }: StatusLine): number {
  return readInteger(bytes, starts, COLUMN.id);
}

export function isFailed({ bytes, starts }: StatusLine): boolean {
  return readInteger(bytes, starts, COLUMN.returnCode) !== 0;
}

export function recordIn({ bytes, from, end }: StatusLine): StatusRecord | undefined {
  return parseRecord(bytes.subarray(from, end));
}

/** The barrier that the line says to have been passed, unless the state knows so. @param time of the line before, at the least. */
export function passedBarrier(
  line: StatusLine,
  state: RunState,
  time: number,
): Extract<RunEvent, { type: "barrier-passed" }> | undefined {
  const record = recordIn(line);
  if (record === undefined || record.id <= state.lastBarrier) return undefined;
  const check = line.kind === "check-barrier";
  const barrier = { kind: "barrier", id: record.id, line: record.line, check, text: record.command } as const;
  const failed = check && state.failedSinceBarrier > 0;
  return { type: "barrier-passed", time: Math.max(time, record.finish), barrier, since: record.start, failed };
}
