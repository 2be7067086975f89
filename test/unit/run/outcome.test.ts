import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/domain/errors.ts";
import { closeObservers, closeRecords } from "../../../src/run/outcome.ts";
import { LedgerError } from "../../../src/records/ledger/ledger-error.ts";
import { RunState } from "../../../src/records/state/run-state.ts";

type Ledger = Parameters<typeof closeRecords>[0][number];

/** A record that closes like this. */
function record(close: () => Promise<void>, unwritten = ""): Ledger {
  return { path: "run_journal.jsonl", isGone: false, close, unwritten: () => unwritten };
}

const closes = (): Promise<void> => Promise.resolve();
const full = (): Promise<void> => Promise.reject(new LedgerError("write", "run_journal.jsonl", new Error("no room")));
const source = new Error("the source failed");

describe("the outcome of a run", () => {
  test("has the counts, and no error where all went well", async () => {
    const counts = new RunState();
    const outcome = await closeRecords([record(closes)], { reason: "done" }, counts);
    expect(outcome).toEqual({
      ...{ reason: "done", counts, error: undefined, isErrorNew: false, isRecorded: true },
      records: [{ type: "journal", path: "run_journal.jsonl", unwritten: [], isGone: false }],
    });
  });

  test("has the lines of a record that could not be written, and tells what nobody has told before", async () => {
    const outcome = await closeRecords([record(full, "a\nb\n")], { reason: "done" }, new RunState());
    expect(outcome).toMatchObject({ isErrorNew: true, isRecorded: false, records: [{ unwritten: ["a", "b"] }] });
    expect(outcome.error).toBeInstanceOf(LedgerError);
  });

  test("has what failed during the run, unless a record is not complete", async () => {
    const earlier = { reason: "source-failed", error: source } as const;
    expect(await closeRecords([record(closes)], earlier, new RunState())).toMatchObject({
      ...{ error: source, isErrorNew: false, isRecorded: true },
    });
    expect(await closeRecords([record(full)], earlier, new RunState())).toMatchObject({
      ...{ isErrorNew: true, isRecorded: false },
    });
  });
});

test("an observer that cannot finish is told of, and the others finish", async () => {
  const said: string[] = [];
  const finished: string[] = [];
  await closeObservers(
    [
      {
        name: "the log",
        observe: () => undefined,
        close: () => Promise.reject(new UserError("log-failed", "no room")),
      },
      { name: "the bar", observe: () => undefined, close: async () => void finished.push("the bar") },
      { name: "a list", observe: () => undefined },
    ],
    (message) => said.push(message),
  );
  expect(said).toEqual(["warning: the log has not been finished: no room"]);
  expect(finished).toEqual(["the bar"]);
});
