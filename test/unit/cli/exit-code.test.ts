import { expect, test } from "vitest";
import { exitCodeOf } from "../../../src/cli/exit-code.ts";
import { UserError } from "../../../src/domain/errors.ts";
import type { RunEnd } from "../../../src/domain/events.ts";

const mistake = new UserError("unknown-directive", "line 2");
const unreadable = new UserError("unreadable", "no such disk", { exitCode: 3 });

test.each<[RunEnd, boolean, boolean, unknown, number]>([
  ["done", false, false, undefined, 0],
  ["done", false, true, undefined, 0],
  ["done", true, false, undefined, 0],
  ["done", true, true, undefined, 1],
  ["check-failed", true, false, undefined, 1],
  ["failed-fast", true, false, undefined, 1],
  ["interrupted", false, false, undefined, 130],
  ["interrupted", true, true, undefined, 130],
  ["terminated", false, false, undefined, 143],
  ["no-engines", false, false, undefined, 3],
  ["record-failed", false, false, new Error("full"), 3],
  ["source-failed", false, false, mistake, 2],
  ["source-failed", true, true, unreadable, 3],
  ["source-failed", false, false, new Error("a bug"), 3],
])("a run that ended as %s (tasks failed: %j, -e: %j, error: %s) has the exit code %i", (...row) => {
  const [reason, anyFailed, wantsExitCode, error, code] = row;
  expect(exitCodeOf(reason, anyFailed, wantsExitCode, error)).toBe(code);
});
