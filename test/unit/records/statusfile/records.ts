import * as fc from "fast-check";
import { NO_LEAK } from "../../../../src/domain/result.ts";
import { formatRecord } from "../../../../src/records/statusfile/format.ts";
import type { StatusRecord } from "../../../../src/records/statusfile/record.ts";

/** A record of a task that went well and leaked nothing. */
export function record(changes: Partial<StatusRecord> = {}): StatusRecord {
  return {
    kind: "task",
    id: 0,
    line: 1,
    repeatIndex: -1,
    node: "n1",
    pid: 4711,
    returnCode: 0,
    start: 1700000000.25,
    finish: 1700000001.5,
    output: NO_LEAK,
    error: NO_LEAK,
    command: "true",
    ...changes,
  };
}

/** The content of a status file of these records. */
export function statusFile(...records: ReadonlyArray<Partial<StatusRecord>>): string {
  return records.map((changes) => `${formatRecord(record(changes))}\n`).join("");
}

const count = fc.nat();
const leak = fc.oneof(
  fc.constant(NO_LEAK),
  fc.record({ bytes: fc.integer({ min: 1, max: 1e12 }), snippet: fc.string({ unit: "binary", maxLength: 90 }) }),
);
/** Times as a status file can show them: to the millisecond. */
const seconds = fc.integer({ min: 0, max: 4e12 }).map((milliseconds) => milliseconds / 1000);

/** Commands: plain ones, ones with tabs and line breaks, and ones of any bytes. */
export const anyCommand = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
  fc
    .array(fc.constantFrom("a", "'", '"', "\\", "\t", "\n", "\r", "é", "\udcff", "\udc80"))
    .map((parts) => parts.join("")),
);

/** Any record that a run can write. */
export const anyRecord: fc.Arbitrary<StatusRecord> = fc.record({
  kind: fc.constantFrom("task", "per-engine", "skipped", "superseded", "barrier", "check-barrier"),
  id: count,
  line: count,
  repeatIndex: fc.integer({ min: -1 }),
  node: fc.stringMatching(/^[a-z0-9.-]{1,20}$/),
  pid: fc.integer({ min: -1, max: 4194304 }),
  returnCode: fc.integer({ min: -100, max: 255 }),
  start: seconds,
  finish: seconds,
  output: leak,
  error: leak,
  command: anyCommand,
});
