import { describe, expect, test } from "vitest";
import { failureOf, outcomeOf } from "../../../src/api/outcome-of.ts";
import { UserError } from "../../../src/domain/errors.ts";
import { RunState } from "../../../src/records/state/run-state.ts";
import { filesOfRun } from "../../../src/run/files/run-files.ts";
import type { RunOutcome } from "../../../src/run/outcome.ts";

function ended(more: Partial<RunOutcome>): RunOutcome {
  const none = { error: undefined, isErrorNew: false, isRecorded: true, records: [] };
  return { reason: "done", counts: new RunState(), ...none, ...more };
}

function told(more: Partial<RunOutcome>, isStopped = false) {
  const run = ended(more);
  const outcome = outcomeOf(run, filesOfRun("P"));
  return { outcome, failure: failureOf(run, outcome, isStopped, (message) => message.replaceAll("-s", "hosts")) };
}

describe("what programs are told of a run that has ended", () => {
  test("has a reason, and how many tasks were not run", () => {
    const counts = new RunState();
    counts.openList = { isEnded: true, ids: 6, tasks: 5 };
    counts.succeeded = 2;
    counts.interrupted = 1;
    expect(told({ counts })).toMatchObject({ outcome: { reason: "done", exitCode: 0, notRun: 2 }, failure: undefined });
    expect(told({ reason: "stopped" }, true).failure).toBeUndefined();
    expect(told({ reason: "stopped" }).failure).toMatchObject({ code: "stopped" });
  });

  test("is not done when its records do not have all of it", () => {
    expect(told({ isRecorded: false, error: new Error("no space") })).toMatchObject({
      outcome: { reason: "record-failed", exitCode: 3 },
      failure: { code: "record-failed", message: expect.stringContaining("(no space)") },
    });
  });

  test("has the code of what is wrong with the tasks", () => {
    const error = new UserError("resume-mismatch", "another list; name -s");
    expect(told({ reason: "source-failed", error }).failure).toMatchObject({
      code: "resume-mismatch",
      message: "the run ended early: the tasks could not be read to the end (another list; name hosts)",
      outcome: { reason: "source-failed" },
    });
    expect(told({ reason: "source-failed", error: new Error("bug") }).failure).toMatchObject({ code: "source-failed" });
  });

  test("says of each host why it has no engine", () => {
    const counts = new RunState();
    for (const node of ["a", "b"]) counts.unreachable.note(node, "no route");
    expect(told({ reason: "no-engines", counts }).failure?.message).toBe(
      "the run ended early: no engine is left to run tasks (a, b: no route)",
    );
  });
});
